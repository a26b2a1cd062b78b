#include "run/run_id.h"

#include <fmt/format.h>
#include <time.h>

#include <random>

namespace papy {
namespace {

struct Moment {
  tm utc{};
  int milliseconds = 0;
};

Moment moment(std::chrono::system_clock::time_point time) {
  using std::chrono::floor, std::chrono::milliseconds, std::chrono::seconds;
  const auto whole = floor<seconds>(time);
  const time_t seconds_since_1970 = std::chrono::system_clock::to_time_t(whole);
  Moment found;
  gmtime_r(&seconds_since_1970, &found.utc);
  found.milliseconds = static_cast<int>(floor<milliseconds>(time - whole).count());
  return found;
}

}  // namespace

std::string run_id(std::chrono::system_clock::time_point began, std::uint32_t random) {
  const auto [utc, milliseconds] = moment(began);
  return fmt::format("{:04}{:02}{:02}-{:02}{:02}{:02}.{:03}-{:06x}", utc.tm_year + 1900,
                     utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec, milliseconds,
                     random & 0xffffffu);
}

std::string new_run_id() {
  return run_id(std::chrono::system_clock::now(), std::random_device{}());
}

std::string utc_text(std::chrono::system_clock::time_point time) {
  const auto [utc, milliseconds] = moment(time);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", utc.tm_year + 1900,
                     utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec,
                     milliseconds);
}

}  // namespace papy
