#include "pool/opening.h"

#include <limits>
#include <optional>
#include <string_view>
#include <utility>

#include "item/pack.h"
#include "item/scan.h"

namespace papy {
namespace {

// Writing.

void write(Packer& out, const FunctionUse& use) {
  out.map(6);
  out.text("plugin");
  out.text(use.plugin);
  out.text("library");
  out.text(use.library);
  out.text("function");
  out.text(use.function);
  out.text("args");
  if (use.args.empty()) {
    out.map(0);
  } else {
    out.raw(use.args);
  }
  out.text("flags");
  out.natural(use.flags);
  out.text("has_flush");
  out.boolean(use.has_flush);
}

void write_time(Packer& out, std::string_view name, const std::optional<Duration>& time) {
  out.text(name);
  if (time) {
    out.natural(static_cast<std::uint64_t>(time->count()));
  } else {
    out.nil();
  }
}

void write(Packer& out, const PlanPiper& piper) {
  out.map(17);
  out.text("name");
  out.text(piper.name);
  out.text("worker");
  out.array(piper.worker.size());
  for (const FunctionUse& use : piper.worker) write(out, use);
  out.text("width");
  out.natural(piper.from.size());
  out.text("join");
  out.text(piper.join == Join::first ? "first" : "all");
  out.text("consume");
  out.natural(piper.consume);
  out.text("consume_rest");
  out.text(piper.rest == Rest::fail ? "fail" : piper.rest == Rest::drop ? "drop" : "keep");
  out.text("produce");
  if (piper.produce.any) {
    out.text("any");
  } else {
    out.natural(piper.produce.n);
  }
  out.text("repeat");
  out.boolean(piper.produce.repeat);
  out.text("spawn");
  out.natural(piper.spawn);
  out.text("serial");
  out.boolean(piper.serial);
  out.text("has_flush");
  out.boolean(piper.has_flush);
  out.text("attempts");
  out.natural(piper.retries.attempts);
  out.text("retry_errors");
  out.boolean(piper.retries.on_error);
  out.text("retry_timeouts");
  out.boolean(piper.retries.on_timeout);
  out.text("on_error");
  out.text(piper.on_error == OnError::skip   ? "skip"
           : piper.on_error == OnError::stop ? "stop"
                                             : "fail");
  write_time(out, "timeout_ns", piper.timeout);
  write_time(out, "deadline_ns", piper.deadline);
}

// Reading. What is missing keeps its default, what is not known is passed over.

/// Calls `read(key)` for each key of a map; `read` takes the value or says false, and the value is
/// passed over. False: this is not a map with texts for keys.
template <typename Read>
bool each_key(Unpacker& in, Read read) {
  const auto n = in.map();
  if (!n) return false;
  for (std::uint32_t i = 0; i < *n; ++i) {
    const auto key = in.text();
    if (!key) return false;
    if (read(*key)) continue;
    if (in.done()) return false;
    in.any();
  }
  return true;
}

template <typename Target, typename Source>
bool take(Target& target, const std::optional<Source>& source) {
  if (!source) return false;
  target = Target(*source);
  return true;
}

bool take_number(std::uint32_t& target, const std::optional<std::uint64_t>& source) {
  if (!source || *source > std::numeric_limits<std::uint32_t>::max()) return false;
  target = static_cast<std::uint32_t>(*source);
  return true;
}

bool take_time(std::optional<Duration>& target, Unpacker& in) {
  const auto ns = in.integer();
  if (ns) target = Duration(*ns);
  return ns.has_value();
}

bool read_function(Unpacker& in, FunctionUse& use) {
  return each_key(in, [&](std::string_view key) {
    if (key == "plugin") return take(use.plugin, in.text());
    if (key == "library") return take(use.library, in.text());
    if (key == "function") return take(use.function, in.text());
    if (key == "args") {
      use.args = text_of(in.any());
      return true;
    }
    if (key == "flags") return take_number(use.flags, in.natural());
    if (key == "has_flush") return take(use.has_flush, in.boolean());
    return false;
  });
}

bool read_worker(Unpacker& in, PlanPiper& piper) {
  const auto n = in.array();
  for (std::uint32_t i = 0; n && i < *n; ++i) {
    if (!read_function(in, piper.worker.emplace_back())) return false;
  }
  return n.has_value();
}

/// More inputs than a piper can have.
constexpr std::uint32_t kWidest = 1 << 20;

bool read_piper(Unpacker& in, PlanPiper& piper) {
  bool whole = true;
  const bool map = each_key(in, [&](std::string_view key) {
    if (key == "name") return take(piper.name, in.text());
    if (key == "worker") return whole = read_worker(in, piper);
    if (key == "width") {
      std::uint32_t width = 0;
      if (!take_number(width, in.natural()) || width > kWidest) return false;
      piper.from.assign(width, 0);
      return true;
    }
    if (key == "join") {
      const auto word = in.text();
      if (word == "first") piper.join = Join::first;
      return word.has_value();
    }
    if (key == "consume") return take_number(piper.consume, in.natural());
    if (key == "consume_rest") {
      const auto word = in.text();
      if (word == "fail") piper.rest = Rest::fail;
      if (word == "drop") piper.rest = Rest::drop;
      return word.has_value();
    }
    if (key == "produce") {
      if (take_number(piper.produce.n, in.natural())) return true;
      piper.produce.any = in.text() == "any";
      return piper.produce.any;
    }
    if (key == "repeat") return take(piper.produce.repeat, in.boolean());
    if (key == "spawn") return take_number(piper.spawn, in.natural());
    if (key == "serial") return take(piper.serial, in.boolean());
    if (key == "has_flush") return take(piper.has_flush, in.boolean());
    if (key == "attempts") return take_number(piper.retries.attempts, in.natural());
    if (key == "retry_errors") return take(piper.retries.on_error, in.boolean());
    if (key == "retry_timeouts") return take(piper.retries.on_timeout, in.boolean());
    if (key == "on_error") {
      const auto word = in.text();
      if (word == "skip") piper.on_error = OnError::skip;
      if (word == "stop") piper.on_error = OnError::stop;
      return word.has_value();
    }
    if (key == "timeout_ns") return take_time(piper.timeout, in);
    if (key == "deadline_ns") return take_time(piper.deadline, in);
    return false;
  });
  return map && whole && !piper.worker.empty() && !piper.from.empty();
}

}  // namespace

Opening opening_of(const Plan& plan, const Group& group) {
  Opening opening;
  for (const PiperId p : group.pipers) {
    opening.pipers.push_back(plan.pipers[p]);
    const PlanPool& pool = plan.pools[plan.pipers[p].pool];
    opening.skips_late = pool.skip;
    opening.share = pool.share();
  }
  return opening;
}

std::string encode(const Opening& opening) {
  std::string text;
  Packer out(text);
  out.map(3);
  out.text("skips_late");
  out.boolean(opening.skips_late);
  out.text("share");
  out.natural(opening.share);
  out.text("pipers");
  out.array(opening.pipers.size());
  for (const PlanPiper& piper : opening.pipers) write(out, piper);
  return text;
}

Result<Opening> decode_opening(Bytes bytes) {
  Opening opening;
  bool whole = is_one_value(bytes);
  Unpacker in(bytes);
  whole = whole && each_key(in, [&](std::string_view key) {
            if (key == "skips_late") return take(opening.skips_late, in.boolean());
            if (key == "share") return take_number(opening.share, in.natural());
            if (key != "pipers") return false;
            const auto n = in.array();
            for (std::uint32_t i = 0; n && whole && i < *n; ++i)
              whole = read_piper(in, opening.pipers.emplace_back());
            return n.has_value();
          });
  if (!whole || opening.pipers.empty()) return error("an opening that is not one");
  return opening;
}

}  // namespace papy
