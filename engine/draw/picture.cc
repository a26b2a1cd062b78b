#include "draw/picture.h"

#include <fmt/format.h>

#include <algorithm>

namespace papy {
namespace {

std::string plural(std::uint64_t n, const char* word, const char* words) {
  return fmt::format("{} {}", n, n == 1 ? word : words);
}

std::string about(const PlanPool& pool) {
  return pool.type == PoolType::thread ? plural(pool.slots, "thread", "threads")
                                       : plural(pool.slots, "process", "processes");
}

std::string notes_text(const PlanPiper& piper) {
  std::vector<std::string> notes;
  if (piper.join == Join::first) notes.emplace_back("first of its inputs");
  if (piper.spawn > 1) notes.push_back(fmt::format("spawn {}", piper.spawn));
  if (piper.serial) notes.emplace_back("serial");
  return fmt::format("{}", fmt::join(notes, ", "));
}

std::string rate_text(const Produce& produce) {
  if (produce.any) return "any";
  return fmt::format("{}{}", produce.repeat ? "1 x " : "", produce.n);
}

/// What of a stream of `produce` goes into place `i` of the piper's inbox.
std::string arrow_text(const PlanPiper& piper, std::size_t i, const Produce& produce) {
  std::string text;
  if (piper.from.size() > 1) text = std::to_string(i + 1);
  if (produce == Produce{} && piper.consume == 1) return text;
  return fmt::format("{}{}{} → {}", text, text.empty() ? "" : ": ", rate_text(produce),
                     piper.consume);
}

/// A colour by its hue (degrees), saturation and lightness.
std::string colour(double hue, double saturation, double lightness) {
  const auto part = [&](double shift) {
    const double k = shift + hue / 30 - 12 * static_cast<int>((shift + hue / 30) / 12);
    const double a = saturation * std::min(lightness, 1 - lightness);
    const double value = lightness - a * std::max(-1.0, std::min({k - 3, 9 - k, 1.0}));
    return static_cast<int>(255 * value + 0.5);
  };
  return fmt::format("#{:02x}{:02x}{:02x}", part(0), part(8), part(4));
}

}  // namespace

std::vector<std::string> Picture::Box::lines() const {
  return notes.empty() ? std::vector{name, function} : std::vector{name, function, notes};
}

Picture picture_of(const Plan& plan) {
  using Kind = Picture::Box::Kind;
  Picture picture;
  picture.title = plan.name;
  std::vector<std::optional<std::size_t>> number_of_pool(plan.pools.size());
  for (PoolId p = 0; p < plan.pools.size(); ++p) {
    if (plan.pools[p].name.empty()) continue;  // that of the pipers that name none
    number_of_pool[p] = picture.pools.size();
    picture.pools.push_back({plan.pools[p].name, about(plan.pools[p])});
  }
  for (const PlanInput& input : plan.inputs)
    picture.boxes.push_back({Kind::input, input.name, input.source.name(), {}, {}});
  const auto produce_of = [&](StreamId stream) {
    return stream < plan.inputs.size() ? Produce{}
                                       : plan.pipers[stream - plan.inputs.size()].produce;
  };
  for (PiperId p = 0; p < plan.pipers.size(); ++p) {
    const PlanPiper& piper = plan.pipers[p];
    picture.boxes.push_back({Kind::piper, piper.name, piper.worker_name(), notes_text(piper),
                             number_of_pool[piper.pool]});
    for (std::size_t i = 0; i < piper.from.size(); ++i) {
      picture.arrows.push_back({piper.from[i], plan.stream_of_piper(p),
                                arrow_text(piper, i, produce_of(piper.from[i]))});
    }
  }
  for (const PlanOutput& output : plan.outputs) {
    const Produce produce = produce_of(output.from);
    picture.arrows.push_back({output.from, picture.boxes.size(),
                              produce == Produce{} ? std::string() : rate_text(produce)});
    picture.boxes.push_back({Kind::output, output.name, output.sink.name(), {}, {}});
  }
  return picture;
}

/// Hues a golden angle apart: any number of pools, neighbours far from each other.
std::string colour_of_pool(std::size_t pool) {
  const double turn = 205 + 137.508 * static_cast<double>(pool);
  return colour(turn - 360 * static_cast<int>(turn / 360), 0.75, 0.86);
}

}  // namespace papy
