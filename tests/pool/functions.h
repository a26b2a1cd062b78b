#pragma once

#include <papy/plugin.h>

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "item/batch.h"
#include "workflow/plan.h"

namespace papy::test {

using Call = std::function<papy_status(papy_call*)>;

/// A function of a plugin, written in a test: what its C entries do is said with lambdas.
///
///     Function twice{.call = [](papy_call* call) { return emit(call, 2 * number(call)); }};
///     twice.use("twice");      // for a plan
///     twice.open()             // for an evaluator
///
/// A library of them needs no file: their addresses travel as the args.
struct Function {
  Call call = [](papy_call*) { return PAPY_OK; };
  Call flush = nullptr;
  std::function<papy_status(papy_call*, papy_range*)> call_many = nullptr;
  std::function<papy_status(const papy_open*)> open = nullptr;
  std::function<void()> close = nullptr;
  std::function<papy_status(papy_call*, bool ok)> finish = nullptr;
  std::uint64_t size = 0;
  papy_flags flags = 0;

  FunctionUse use(std::string name) const;
};

/// The entries of a Function. Lives for ever.
const papy_worker* worker_of(const Function& function);
/// What a plan's uses name.
Result<const papy_worker*> resolve(const FunctionUse& use);

/// msgpack.
std::string packed(std::int64_t value);
std::string packed(std::string_view value);
std::int64_t number(const papy_value& value);
inline std::int64_t number(const papy_call* call, std::uint32_t at = 0) {
  return number(call->inputs[at]);
}
/// The sum of the inbox.
std::int64_t sum(const papy_call* call);

papy_status emit(papy_call* call, std::int64_t value);
papy_status emit(papy_call* call, std::string_view value);
/// Says why and returns `status`.
papy_status fails(papy_call* call, papy_status status, std::int32_t code, std::string_view text);

/// A batch from words: numbers, "-" for a gap, "!text" for a failure of piper "before".
Batch batch(std::string_view words);
/// Its items as such words; failures as "!piper kind: message".
std::string words(const Batch& batch);
std::string words(const ItemView& item);

}  // namespace papy::test
