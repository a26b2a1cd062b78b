#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "base/text.h"
#include "cli/each.h"
#include "workflow/scalar.h"

namespace papy {
namespace {

/// Bytes of a program's stderr that are shown, the last ones.
constexpr std::uint64_t kMostErrors = 64 << 20;

/// What `--halt` means for run.max_failures; empty: nothing.
Result<std::string> max_failures(std::string_view halt) {
  if (halt == "never" || halt == "0") return std::string();
  constexpr std::string_view kSoon = "soon,fail=";
  if (halt.starts_with(kSoon)) {
    const std::string_view count = halt.substr(kSoon.size());
    std::uint32_t n = 0;
    const char* const end = count.data() + count.size();
    const auto read = std::from_chars(count.data(), end, n);
    const bool is_share = read.ec == std::errc() && std::string_view(read.ptr, end) == "%";
    if (is_share && n <= 100) return fmt::format("{}%", n);
    if (read.ec == std::errc() && read.ptr == end && n > 0) return fmt::format("{}", n - 1);
  }
  return error(
      fmt::format("--halt wants never, soon,fail=N or soon,fail=N%, not {} (programs that "
                  "run are left to their end)",
                  in_quotes(halt)));
}

/// A time as documents write it, from seconds or a number with a unit.
Result<std::string> time_limit(const std::string& text) {
  double seconds = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, seconds);
  const bool is_number = read.ec == std::errc() && read.ptr == end && std::isfinite(seconds);
  if (is_number && seconds > 0 && seconds < 1e9)
    return fmt::format("{}ms", static_cast<std::uint64_t>(std::ceil(seconds * 1000)));
  if (!is_number && parse_duration(text)) return text;
  return error(
      fmt::format("--timeout wants seconds, or a time as 500ms or 2m, not {}", in_quotes(text)));
}

/// A text as YAML, which no reference is looked for in.
std::string yaml_text(std::string_view text) {
  std::string quoted = "\"";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"' || c == '\\') {
      quoted.push_back('\\');
      quoted.push_back(c);
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      quoted += fmt::format("\\x{:02x}", static_cast<unsigned>(c));
    } else {
      if (text.substr(i).starts_with("${")) quoted.push_back('$');
      quoted.push_back(c);
    }
  }
  return quoted + "\"";
}

std::string yaml_list(const std::vector<std::string>& texts) {
  std::string list;
  for (const std::string& text : texts) list += (list.empty() ? "" : ", ") + yaml_text(text);
  return "[" + list + "]";
}

std::string source(const EachSettings& settings) {
  if (settings.arg_file)
    return "{source: io.read_lines, args: {path: " + yaml_text(*settings.arg_file) + "}}";
  if (settings.lists.empty()) return "{source: io.stdin}";
  std::string lists;
  for (const auto& list : settings.lists) lists += (lists.empty() ? "" : ", ") + yaml_list(list);
  return "{source: script.items, args: {lists: [" + lists + "]}}";
}

/// What script.run is to run. Without a command an item is one itself, and stays one word: the
/// shell reads it as it would read a line of a file.
std::string command(const EachSettings& settings) {
  if (settings.command.empty()) return "argv: " + yaml_list({settings.shell, "-c", "{}"});
  std::string text = "shell: " + yaml_text(settings.command);
  if (settings.shell != "/bin/sh") text += ", interpreter: " + yaml_text(settings.shell);
  return text;
}

std::string run_piper(const EachSettings& settings, const std::string& timeout) {
  std::string piper = "    worker: script.run\n    from: items\n    pool: jobs\n";
  if (!timeout.empty()) piper += "    timeout: " + timeout + "\n";
  if (settings.retries > 1) {
    piper +=
        fmt::format("    retries: {{attempts: {}, when: [error, timeout]}}\n", settings.retries);
  }
  piper += "    args: {" + command(settings) + ", emit: record, stdout: bytes";
  piper += fmt::format(", most_errors: {}", kMostErrors);
  if (settings.retries > 1) piper += fmt::format(", tries: {}", settings.retries);
  if (settings.dry_run) piper += ", dry: true";
  return piper + "}\n";
}

std::string print_args(const EachSettings& settings) {
  std::string args;
  if (settings.tag) args += ", tag: true";
  if (settings.joblog) args += ", joblog: " + yaml_text(*settings.joblog);
  if (settings.results) args += ", results: " + yaml_text(*settings.results);
  return args.empty() ? "" : ", args: {" + args.substr(2) + "}";
}

}  // namespace

Result<std::string> each_document(const EachSettings& settings) {
  const auto failures = max_failures(settings.halt);
  if (!failures) return tl::unexpected(failures.error());
  std::string timeout;
  if (!settings.timeout.empty()) {
    const auto limit = time_limit(settings.timeout);
    if (!limit) return tl::unexpected(limit.error());
    timeout = *limit;
  }
  std::string text = "version: 1\nname: each\n";
  text += fmt::format("pools:\n  jobs: {{type: thread, workers: {}, ordered: {}, batch: 1}}\n",
                      settings.jobs, settings.keep_order);
  text += "inputs:\n  items: " + source(settings) + "\n";
  text += "pipers:\n  run:\n" + run_piper(settings, timeout);
  text += "  checked: {worker: script.check, from: run}\n";
  text += "outputs:\n  shown: {sink: script.print, from: run" + print_args(settings) + "}\n";
  text += "  ended: {sink: core.discard, from: checked}\n";
  if (!failures->empty()) text += "run: {max_failures: " + *failures + "}\n";
  if (find_bad_utf8(text) != std::string_view::npos)
    return error("the command or an item is not UTF-8: give such items by stdin or --arg-file");
  return text;
}

}  // namespace papy
