#include "pool/output_port.h"

#include <algorithm>
#include <utility>

namespace papy {

OutputPort::OutputPort(OutputId output, const Plan& plan, Desk& desk, const CallSettings& settings)
    : output_(output),
      plan_(plan.outputs[output]),
      base_(plan.base),
      desk_(desk),
      settings_(settings),
      call_(settings.host, settings.cancelled, settings.max_item) {}

Result<void> OutputPort::open(const Resolver& resolver) {
  auto fresh = open_port("output", plan_.name, plan_.sink, resolver, settings_.host, base_);
  if (!fresh) return tl::unexpected(fresh.error());
  instance_ = std::move(*fresh);
  return {};
}

void OutputPort::run() {
  call_->piper = plan_.name.c_str();
  call_->args = {plan_.sink.args.data(), plan_.sink.args.size()};
  call_->width = call_->places = call_->consume = 1;
  while (true) {
    const Desk::Load load = desk_.collect(output_);
    if (load.over) return;
    if (load.parts.empty()) {
      thread_.park();
      continue;
    }
    OutputCount count;
    const Time began = desk_.now();
    const bool ok = std::all_of(load.parts.begin(), load.parts.end(),
                                [&](const Flow::Part& part) { return write(part, &count); });
    if (!ok)
      desk_.give_up(nullptr, "output '" + plan_.name + "': " + plan_.sink.name() + ": " + failed_);
    count.busy = desk_.now() - began;
    desk_.delivered(output_, count);
    if (!ok) return;
  }
}

/// Hands values to the sink. False: it could not write one; failed_ says why.
bool OutputPort::write(const Flow::Part& part, OutputCount* count) {
  const Slice& slice = part.items;
  const papy_worker& sink = instance_.worker();
  const std::uint8_t* const payload = slice.batch.payload();
  const std::uint32_t* const off = slice.batch.offsets();
  const bool plain = slice.batch.kinds() == nullptr;
  papy_value input{};
  call_.bind(&scratch_);
  call_->inputs = &input;
  call_->n_inputs = 1;
  Place place = part.first;
  for (std::uint32_t i = slice.from; i < slice.to; ++i, ++place) {
    if (!plain && pass_over(slice.batch.item(i), place, count)) continue;
    input = {payload + off[i], off[i + 1] - off[i]};
    call_->tasklet = place;
    call_.forget_error();
    const papy_status status = sink.call(instance_.state(), call_.raw());
    if (status != PAPY_OK && status != PAPY_SKIP) {
      failed_ = call_.text(status);
      failed_code_ = call_.code();
      break;
    }
    ++count->written;
  }
  call_.unbind();
  scratch_.rewind();
  return failed_.empty();
}

/// Deals with an item that is not for the sink. False: it is.
bool OutputPort::pass_over(ItemView item, Place place, OutputCount* count) {
  switch (item.kind) {
    case ItemKind::gap:
      ++count->gaps;
      return true;
    case ItemKind::failure:
      ++count->failed;
      desk_.failure_arrived(output_, place, decode_failure(item.bytes));
      return true;
    case ItemKind::value:
      break;
  }
  return false;
}

Result<void> OutputPort::finish(bool ok) {
  if (!instance_) return {};
  const papy_worker& sink = instance_.worker();
  if (sink.finish == nullptr) return {};
  call_.bind(&scratch_);
  const papy_status status =
      sink.finish(instance_.state(), call_.raw(), ok && failed_.empty() ? 1 : 0);
  call_.unbind();
  if (status == PAPY_OK || !failed_.empty()) return {};
  failed_ = call_.text(status);
  failed_code_ = call_.code();
  return error("output '" + plan_.name + "': " + plan_.sink.name() + ": " + failed_);
}

}  // namespace papy
