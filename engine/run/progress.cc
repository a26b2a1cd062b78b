#include "run/progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "run/units.h"

namespace papy {
namespace {

constexpr Duration kWindow = std::chrono::seconds(10);

std::uint64_t items_read(const Snapshot& snapshot) {
  std::uint64_t sum = 0;
  for (const auto& input : snapshot.inputs) sum += input.items;
  return sum;
}

OutputCount sum_of(const std::vector<OutputCount>& outputs) {
  OutputCount sum;
  for (const OutputCount& count : outputs) {
    sum.written += count.written;
    sum.failed += count.failed;
    sum.gaps += count.gaps;
  }
  return sum;
}

std::string seconds_text(Duration duration) {
  const auto whole = std::chrono::ceil<std::chrono::seconds>(duration).count();
  if (whole < 60) return fmt::format("{}s", whole);
  if (whole < 3600) return fmt::format("{}m{:02}s", whole / 60, whole % 60);
  return fmt::format("{}h{:02}m", whole / 3600, whole / 60 % 60);
}

/// Bytes that fill `columns` columns, one a code point.
std::string cut(const std::string& text, std::size_t columns) {
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    if ((text[at] & 0xc0) == 0x80) continue;
    if (columns-- == 0) break;
  }
  return text.substr(0, at);
}

std::size_t columns(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

}  // namespace

void Progress::see(const Snapshot& now) {
  now_ = now;
  marks_.push_back({now.elapsed, items_read(now)});
  while (marks_.size() > 2 && marks_[1].elapsed + kWindow <= now.elapsed) marks_.pop_front();
}

double Progress::rate() const {
  const Mark &first = marks_.front(), &last = marks_.back();
  const auto span = static_cast<double>((last.elapsed - first.elapsed).count());
  return span <= 0 ? 0 : static_cast<double>(last.items - first.items) * 1e9 / span;
}

std::optional<Duration> Progress::left() const {
  std::uint64_t to_read = 0;
  for (const auto& input : now_.inputs) {
    if (input.ended) continue;
    if (!input.size) return std::nullopt;
    to_read += *input.size - std::min(*input.size, input.items);
  }
  const double rate_now = rate();
  if (to_read == 0 || rate_now <= 0) return std::nullopt;
  const double seconds = std::min(static_cast<double>(to_read) / rate_now, 1e9);
  return Duration(static_cast<Duration::rep>(seconds * 1e9));
}

std::string Progress::line(int width) const {
  const Snapshot& now = now_;
  const OutputCount out = sum_of(now.outputs);
  std::string text =
      fmt::format("read {} ({}/s)  written {}", short_number(static_cast<double>(items_read(now))),
                  short_number(rate()), short_number(static_cast<double>(out.written)));
  if (now.failures > 0)
    text += fmt::format("  {} failed", short_number(static_cast<double>(now.failures)));
  if (const auto time = left()) text += fmt::format("  {} left", seconds_text(*time));
  const auto limit = static_cast<std::size_t>(std::max(width, 0));
  for (PiperId p = 0; p < now.pipers.size(); ++p) {
    const std::string more = fmt::format("  {} {}", plan_.pipers[p].name,
                                         short_number(static_cast<double>(now.pipers[p].in)));
    const std::size_t mark = p + 1 < now.pipers.size() ? 3 : 0;  // " ..."
    if (columns(text) + columns(more) + mark + (mark > 0 ? 1 : 0) > limit) {
      if (columns(text) + 4 <= limit) text += " ...";
      break;
    }
    text += more;
  }
  return cut(text, limit);
}

}  // namespace papy
