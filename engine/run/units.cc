#include "run/units.h"

#include <fmt/format.h>

#include <cmath>

namespace papy {
namespace {

/// With three figures: 1.23, 12.3, 123.
std::string three_figures(double value) {
  const int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  return fmt::format("{:.{}f}", value, decimals);
}

}  // namespace

std::string duration_text(Duration duration) {
  const auto ns = static_cast<double>(duration.count());
  if (ns < 999.5) return fmt::format("{} ns", duration.count());
  if (ns < 999.5e3) return three_figures(ns / 1e3) + " us";
  if (ns < 999.5e6) return three_figures(ns / 1e6) + " ms";
  const double seconds = ns / 1e9;
  if (seconds < 99.95) return three_figures(seconds) + " s";
  const auto whole = static_cast<std::uint64_t>(std::llround(seconds));
  if (whole < 3600) return fmt::format("{}m{:02}s", whole / 60, whole % 60);
  return fmt::format("{}h{:02}m", whole / 3600, whole / 60 % 60);
}

std::string short_number(double number) {
  if (number < 999.5) return fmt::format("{:.0f}", number);
  for (const char unit : {'k', 'M', 'G'}) {
    number /= 1000;
    if (number < 99.95) return fmt::format("{:.1f}{}", number, unit);
    if (number < 999.5) return fmt::format("{:.0f}{}", number, unit);
  }
  return fmt::format("{:.1f}T", number / 1000);
}

std::string counted(std::uint64_t n, const char* noun) {
  return fmt::format("{} {}{}", n, noun, n == 1 ? "" : "s");
}

}  // namespace papy
