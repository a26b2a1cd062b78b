#include "cli/call_function.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <optional>

#include "base/text.h"
#include "cli/named_function.h"
#include "cli/print.h"
#include "item/json.h"
#include "item/scan.h"
#include "plugin/host.h"
#include "plugin/instance.h"
#include "plugin/library.h"
#include "pool/call.h"
#include "pool/crash_note.h"

namespace papy {
namespace {

constexpr std::uint64_t kMaxItem = 1ull << 30;

/// One opened function and the call that it is called with.
class Caller final : public CrashPlace {
 public:
  Caller(const Instance& function, const FunctionUse& use, const papy_host* host,
         std::uint64_t limit)
      : function_(function), name_(use.name()), left_(limit), call_(host, &cancelled_, kMaxItem) {
    call_->piper = "call";
    call_->args = {use.args.data(), use.args.size()};
    call_->attempt = 1;
  }

  /// A worker or a sink on one inbox. Each returns kOk to go on, or the exit code.
  int evaluate(const std::vector<std::string>& inbox);
  /// A source, until it has given as much as was asked for; what fails counts as given.
  int read();
  /// What a SERIAL worker says after its last item, or a sink's end.
  int finish(bool ok);

  /// It said that it has no more, or cannot go on.
  bool has_enough() const { return ended_; }

  void describe(CrashText& text) const override { text << name_ << " (call " << calls_ << ")"; }

 private:
  using Entry = papy_status (*)(void* state, papy_call* call);
  int call(Entry entry);
  int print_emitted();

  const Instance& function_;
  const std::string name_;
  std::uint64_t left_;
  std::atomic<bool> cancelled_{false};
  PluginCall call_;
  BatchBuilder out_;
  bool ended_ = false;
  std::uint64_t calls_ = 0;
};

int Caller::call(Entry entry) {
  const CrashWatch watch(*this);
  call_.bind(&out_);
  call_->tasklet = calls_++;
  const papy_status status = entry(function_.state(), call_.raw());
  if (!call_.unbind()) return fail(kFindings, name_ + " wrote beyond the end of its output");
  if (status < 0 || status > PAPY_END) {
    out_.rewind();
    ended_ = status == PAPY_FATAL;
    const std::string code = call_.code() == 0 ? "" : fmt::format(" {}", call_.code());
    return fail(kFindings, fmt::format("{}: {}{}: {}", name_, failure_kind(status), code,
                                       printable(call_.text(status))));
  }
  ended_ = status == PAPY_END;
  if (status == PAPY_SKIP) fmt::print(stderr, "note: {} skipped this item\n", name_);
  return print_emitted();
}

int Caller::print_emitted() {
  std::string text;
  const std::uint8_t* at = out_.item_begin();
  while (at < out_.cursor()) {
    const std::uint8_t* const end = end_of_value(at, out_.cursor());
    if (end == nullptr) {
      ended_ = true;  // what it would give next is not to be believed
      return fail(kFindings, name_ + " gave what is not valid msgpack");
    }
    append_json(text, {at, end});
    text += '\n';
    left_ -= left_ > 0 ? 1 : 0;
    at = end;
  }
  out_.rewind();
  return print(text);
}

int Caller::evaluate(const std::vector<std::string>& inbox) {
  std::vector<papy_value> values;
  for (const std::string& item : inbox) values.push_back({item.data(), item.size()});
  call_->inputs = values.data();
  call_->n_inputs = call_->width = static_cast<std::uint32_t>(values.size());
  call_->places = call_->consume = 1;
  return call(function_.worker().call);
}

int Caller::read() {
  int worst = kOk;
  while (left_ > 0 && !ended_) {
    call_->wanted = left_;
    const int code = call(function_.worker().call);
    if (code != kOk && code != kFindings) return code;
    if (code == kFindings) --left_;
    worst = std::max(worst, code);
  }
  return worst;
}

int Caller::finish(bool ok) {
  const papy_worker& worker = function_.worker();
  if (worker.kind == PAPY_WORKER && worker.flush != nullptr) return ok ? call(worker.flush) : kOk;
  if (worker.kind != PAPY_SINK || worker.finish == nullptr) return kOk;
  call_.bind(&out_);
  const papy_status status = worker.finish(function_.state(), call_.raw(), ok ? 1 : 0);
  call_.unbind();
  if (status >= 0 || !ok) return kOk;
  return fail(kFindings, fmt::format("{}: {}", name_, printable(call_.text(status))));
}

/// The items that were given, one after the other.
class Items {
 public:
  explicit Items(const std::vector<std::string>& words) : words_(words) {}

  /// The next item as JSON text.
  std::optional<std::string> next() {
    if (!words_.empty()) {
      return at_ < words_.size() ? std::optional(words_[at_++]) : std::nullopt;
    }
    for (std::string line; std::getline(std::cin, line);) {
      ++at_;
      if (line.find_first_not_of(" \t\r") != std::string::npos) return line;
    }
    return std::nullopt;
  }
  /// Where the last one stood: "item 2", "stdin:7".
  std::string place() const {
    return fmt::format("{}{}", words_.empty() ? "stdin:" : "item ", at_);
  }

 private:
  const std::vector<std::string>& words_;
  std::size_t at_ = 0;
};

/// One inbox of all items, for functions of several inputs.
int call_with_all(Caller& caller, Items& items, const FunctionInfo& info) {
  std::vector<std::string> inbox;
  while (const auto text = items.next()) {
    auto item = from_json(*text);
    if (!item) return fail(kUsage, items.place() + ": " + item.error().text);
    inbox.push_back(std::move(*item));
  }
  if (inbox.size() < info.inputs_min || (info.inputs_max != 0 && inbox.size() > info.inputs_max)) {
    return fail(kUsage, fmt::format("{} takes {}{} inputs, {} given", info.name, info.inputs_min,
                                    info.inputs_max == 0 ? " or more"
                                    : info.inputs_max > info.inputs_min
                                        ? fmt::format(" to {}", info.inputs_max)
                                        : "",
                                    inbox.size()));
  }
  return caller.evaluate(inbox);
}

/// Each item alone. Goes on after a failure, as a run does.
int call_with_each(Caller& caller, Items& items) {
  int worst = kOk;
  while (!caller.has_enough()) {
    const auto text = items.next();
    if (!text) break;
    auto item = from_json(*text);
    if (!item) return fail(kUsage, items.place() + ": " + item.error().text);
    const int code = caller.evaluate({std::move(*item)});
    if (code != kOk && code != kFindings) return code;
    worst = std::max(worst, code);
  }
  return worst;
}

int call_with_items(Caller& caller, const CallWords& words, const FunctionInfo& info) {
  if (info.kind == FunctionKind::source) {
    if (!words.items.empty()) return fail(kUsage, info.name + " is a source: it takes no items");
    return caller.read();
  }
  Items items(words.items);
  const int code = info.kind == FunctionKind::worker && info.inputs_max != 1
                       ? call_with_all(caller, items, info)
                       : call_with_each(caller, items);
  const int finished = code == kOk || code == kFindings ? caller.finish(code == kOk) : kOk;
  return std::max(code, finished);
}

}  // namespace

int call_function(const CallWords& words) {
  std::error_code failed;
  const std::string cwd = std::filesystem::current_path(failed).string();
  PluginFinder finder = words.plugins.finder();
  PluginCatalog catalog(finder);
  Loaded loaded;
  const auto function = find_function(words.function, words.args, catalog, cwd, &loaded);
  fmt::print(stderr, "{}", findings_text(loaded, Level::warning, colour_of_stderr()));
  if (!function) return fail(kUsage, function.error().text);
  const Host host(PAPY_VERSION, {.log = [](int, std::string_view text) {
                    fmt::print(stderr, "{}: {}\n", "log", text);
                  }});
  note_crashes();
  const ExitWatch loading;
  Libraries libraries(host.raw());
  const auto library = libraries.open(function->use.library);
  if (!library) return fail(kUsage, library.error().text);
  const auto worker = (*library)->worker(function->use.function);
  if (!worker) return fail(kUsage, worker.error().text);
  const ExitWatch calling;
  const auto instance = Instance::open(
      **worker, {.host = host.raw(), .args = function->use.args, .piper = "call", .base = cwd});
  if (!instance) return fail(kFindings, printable(instance.error().text));
  Caller caller(*instance, function->use, host.raw(), words.limit);
  return call_with_items(caller, words, function->info);
}

}  // namespace papy
