#include "input_reader.h"

#include <stdexcept>

#include "item/failure.h"
#include "item/scan.h"

namespace conformance {

InputReader::InputReader(const papy::PlanInput& input, const std::string& base,
                         const papy::Resolver& resolver, const papy_host* host)
    : input_(input), call_(host, &never_, std::uint64_t{1} << 30) {
  const auto worker = resolver(input.source);
  if (!worker) throw std::runtime_error(worker.error().text);
  auto opened = papy::Instance::open(
      **worker, {.host = host, .args = input.source.args, .piper = input.name, .base = base});
  if (!opened) throw std::runtime_error(opened.error().text);
  instance_ = std::move(*opened);
}

InputReader::Items InputReader::read(std::uint64_t wanted) {
  papy_status status = PAPY_OK;
  while (status != PAPY_END && out_.size() < wanted) {
    call_->piper = input_.name.c_str();
    call_->args = {input_.source.args.data(), input_.source.args.size()};
    call_->tasklet = place_;
    call_->wanted = wanted - out_.size();
    call_.bind(&out_);
    status = instance_.worker().call(instance_.state(), call_.raw());
    call_.unbind();
    const std::uint8_t* const end = out_.cursor();
    for (const std::uint8_t* at = out_.item_begin(); at < end; ++place_) {
      at = papy::end_of_value(at, end);
      if (at == nullptr) throw std::runtime_error("the source gives what is no msgpack");
      out_.close_item(papy::ItemKind::value, at);
    }
    if (status < 0) add_failure();
  }
  return {out_.finish(), status == PAPY_END};
}

void InputReader::add_failure() {
  papy::Failure failure{input_.name, input_.source.name(), "error", call_.code(),
                        call_.text(PAPY_ERROR)};
  failure.place = place_++;
  out_.add({papy::ItemKind::failure, papy::bytes_of(papy::encode(failure))});
}

}  // namespace conformance
