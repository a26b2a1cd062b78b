#include "functions.h"

#include <map>
#include <mutex>
#include <sstream>

#include "item/failure.h"
#include "item/pack.h"
#include "item/scan.h"

namespace papy::test {
namespace {

Bytes bytes_of_value(const papy_value& value) {
  return {static_cast<const std::uint8_t*>(value.data), value.size};
}

const Function& at(void* state) { return *static_cast<const Function*>(state); }

papy_status do_open(const papy_open* open, void** state) {
  const auto address = Unpacker(bytes_of_value(open->args)).natural().value();
  auto* const function = reinterpret_cast<Function*>(address);
  *state = function;
  return function->open ? function->open(open) : papy_status{PAPY_OK};
}

papy_status do_call(void* state, papy_call* call) { return at(state).call(call); }
papy_status do_flush(void* state, papy_call* call) { return at(state).flush(call); }
papy_status do_call_many(void* state, papy_call* call, papy_range* range) {
  return at(state).call_many(call, range);
}
papy_status do_finish(void* state, papy_call* call, std::int32_t ok) {
  return at(state).finish(call, ok != 0);
}
void do_close(void* state) { at(state).close(); }
std::uint64_t do_size(void* state) { return at(state).size; }

}  // namespace

FunctionUse Function::use(std::string name) const {
  FunctionUse use;
  use.plugin = "test";
  use.function = std::move(name);
  Packer(use.args).natural(reinterpret_cast<std::uintptr_t>(this));
  use.flags = flags;
  use.has_flush = flush != nullptr;
  return use;
}

const papy_worker* worker_of(const Function& function) {
  static std::mutex mutex;
  static std::map<unsigned, papy_worker> workers;
  const unsigned key = (function.flush != nullptr ? 1u : 0u) |
                       (function.call_many != nullptr ? 2u : 0u) |
                       (function.finish != nullptr ? 4u : 0u) |
                       (function.close != nullptr ? 8u : 0u) | function.flags << 8;
  const std::lock_guard lock(mutex);
  const auto [known, fresh] = workers.try_emplace(key);
  papy_worker& worker = known->second;
  if (!fresh) return &worker;  // somebody may be reading it
  worker.struct_size = sizeof worker;
  worker.name = "test";
  worker.flags = function.flags;
  worker.open = do_open;
  worker.call = do_call;
  worker.size = do_size;
  worker.flush = function.flush ? do_flush : nullptr;
  worker.call_many = function.call_many ? do_call_many : nullptr;
  worker.finish = function.finish ? do_finish : nullptr;
  worker.close = function.close ? do_close : nullptr;
  return &worker;
}

Result<const papy_worker*> resolve(const FunctionUse& use) {
  const auto address = Unpacker(bytes_of(use.args)).natural();
  if (!address) return error("there is no function '" + use.function + "'");
  return worker_of(*reinterpret_cast<const Function*>(*address));
}

std::string packed(std::int64_t value) {
  std::string bytes;
  Packer(bytes).integer(value);
  return bytes;
}

std::string packed(std::string_view value) {
  std::string bytes;
  Packer(bytes).text(value);
  return bytes;
}

std::int64_t number(const papy_value& value) {
  return Unpacker(bytes_of_value(value)).integer().value();
}

std::int64_t sum(const papy_call* call) {
  std::int64_t total = 0;
  for (std::uint32_t i = 0; i < call->n_inputs; ++i) total += number(call, i);
  return total;
}

papy_status emit(papy_call* call, std::int64_t value) {
  const std::string bytes = packed(value);
  return call->emit(call, bytes.data(), bytes.size());
}

papy_status emit(papy_call* call, std::string_view value) {
  const std::string bytes = packed(value);
  return call->emit(call, bytes.data(), bytes.size());
}

papy_status fails(papy_call* call, papy_status status, std::int32_t code, std::string_view text) {
  call->error(call, code, text.data(), text.size());
  return status;
}

Batch batch(std::string_view all) {
  BatchBuilder out;
  std::istringstream in{std::string(all)};
  for (std::string word; in >> word;) {
    if (word == "-") {
      out.add({ItemKind::gap, {}});
    } else if (word[0] == '!') {
      Failure failure{.piper = "before", .kind = "error", .message = word.substr(1)};
      out.add({ItemKind::failure, bytes_of(encode(failure))});
    } else {
      out.add({ItemKind::value, bytes_of(packed(std::int64_t{std::stoll(word)}))});
    }
  }
  return out.finish();
}

std::string words(const ItemView& item) {
  if (item.kind == ItemKind::gap) return "-";
  if (item.kind == ItemKind::failure) {
    const Failure failure = decode_failure(item.bytes);
    return "!" + failure.piper + " " + failure.kind + ": " + failure.message;
  }
  Unpacker in(item.bytes);
  if (const auto integer = in.integer()) return std::to_string(*integer);
  if (const auto text = in.text()) return "'" + std::string(*text) + "'";
  return "?";
}

std::string words(const Batch& batch) {
  std::string all;
  for (std::uint32_t i = 0; i < batch.size(); ++i) {
    if (i > 0) all += ' ';
    all += words(batch.item(i));
  }
  return all;
}

}  // namespace papy::test
