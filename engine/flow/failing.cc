#include "flow/failing.h"

#include <fmt/format.h>

#include <algorithm>

namespace papy {

std::uint32_t places_of_failure(const Produce& produce) { return produce.any ? 1 : produce.n; }

bool becomes_gap(const PlanPiper& piper, std::string_view kind, bool pool_skips_late) {
  return piper.on_error == OnError::skip ||
         (pool_skips_late && (kind == "timeout" || kind == "deadline"));
}

std::string reason_to_stop(const PlanPiper& piper, std::uint64_t tasklet,
                           std::string_view message) {
  return fmt::format("piper '{}' failed at item {} and says on_error: stop: {}", piper.name,
                     tasklet, message);
}

Duration backoff_before(const Retries& retries, std::uint32_t attempt) {
  const Duration longest = std::max<Duration>(retries.backoff, std::chrono::minutes(1));
  Duration wait = retries.backoff;
  for (std::uint32_t i = 2; i < attempt && wait < longest; ++i) wait *= 2;
  return std::min(wait, longest);
}

std::string limit_text(Duration limit) {
  struct Unit {
    const char* name;
    std::int64_t ns;
  };
  constexpr Unit kUnits[] = {{"h", 3'600'000'000'000}, {"m", 60'000'000'000}, {"s", 1'000'000'000},
                             {"ms", 1'000'000},        {"us", 1'000},         {"ns", 1}};
  std::string text;
  std::int64_t left = limit.count();
  for (const Unit& unit : kUnits) {
    if (left < unit.ns) continue;
    text += fmt::format("{}{}{}", text.empty() ? "" : " ", left / unit.ns, unit.name);
    left %= unit.ns;
  }
  return text.empty() ? "0s" : text;
}

}  // namespace papy
