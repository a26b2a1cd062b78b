#include "pool/saved_state.h"

#include <string_view>

#include "item/batch.h"
#include "item/pack.h"
#include "item/scan.h"

namespace papy {
namespace {

bool has_state(const OpenFunction& function) { return (function.worker->flags & PAPY_SERIAL) != 0; }

/// What one function saves, as one msgpack value; empty: nothing that could be used.
std::string saved_by(const OpenFunction& function, PluginCall& call) {
  if (function.worker->save == nullptr || function.worker->load == nullptr) return {};
  BatchBuilder out;
  call->inputs = nullptr;
  call->n_inputs = call->places = 0;
  call.bind(&out);
  const papy_status status =
      call.guarded([&] { return function.worker->save(function.state, call.raw()); });
  if (!call.unbind() || call.out_of_room() || status != PAPY_OK) return {};
  const Bytes written{out.item_begin(), static_cast<std::size_t>(out.cursor() - out.item_begin())};
  return is_one_value(written) ? std::string(text_of(written)) : std::string();
}

}  // namespace

std::optional<std::string> save_state(const std::vector<OpenFunction>& chain, PluginCall& call) {
  std::string state;
  Packer out(state);
  out.array(chain.size());
  for (const OpenFunction& function : chain) {
    if (!has_state(function)) {
      out.nil();
      continue;
    }
    const std::string saved = saved_by(function, call);
    if (saved.empty() || state.size() + saved.size() > kMaxSavedState) return std::nullopt;
    out.raw(saved);
  }
  return state;
}

Result<void> load_state(const std::vector<OpenFunction>& chain, Bytes saved) {
  const auto unfit = error("a saved state that does not fit its functions");
  if (!is_one_value(saved)) return unfit;
  Unpacker in(saved);
  const auto n = in.array();
  if (!n || *n != chain.size()) return unfit;
  for (const OpenFunction& function : chain) {
    const Bytes bytes = in.any();
    if (!has_state(function)) continue;
    const papy_value value{bytes.data(), bytes.size()};
    if (function.worker->load == nullptr) return unfit;
    if (function.worker->load(function.state, &value) != PAPY_OK)
      return error(function.use->name() + " could not load the state that it saved");
  }
  return {};
}

}  // namespace papy
