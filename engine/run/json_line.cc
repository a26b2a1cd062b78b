#include "run/json_line.h"

#include <fmt/format.h>

#include <iterator>

#include "item/json.h"
#include "item/scan.h"

namespace papy {

void JsonLine::key(std::string_view name) {
  if (out_.size() > 1) out_.push_back(',');
  out_.push_back('"');
  out_.append(name).append("\":");
}

JsonLine& JsonLine::text(std::string_view name, std::string_view value) {
  key(name);
  append_json_text(out_, value);
  return *this;
}

JsonLine& JsonLine::natural(std::string_view name, std::uint64_t value) {
  key(name);
  out_.append(fmt::format_int(value).c_str());
  return *this;
}

JsonLine& JsonLine::integer(std::string_view name, std::int64_t value) {
  key(name);
  out_.append(fmt::format_int(value).c_str());
  return *this;
}

JsonLine& JsonLine::seconds(std::string_view name, double value) {
  key(name);
  fmt::format_to(std::back_inserter(out_), "{:.6f}", value);
  return *this;
}

JsonLine& JsonLine::boolean(std::string_view name, bool value) {
  return raw(name, value ? "true" : "false");
}

JsonLine& JsonLine::raw(std::string_view name, std::string_view json) {
  key(name);
  out_.append(json);
  return *this;
}

std::string JsonLine::object() {
  out_.push_back('}');
  std::string done = std::move(out_);
  clear();
  return done;
}

std::string JsonLine::take() { return object() + '\n'; }

std::string to_json(const Failure& failure) {
  std::string inbox = "[";
  for (const std::string& value : failure.inbox) {
    if (inbox.size() > 1) inbox.push_back(',');
    // What another process sent may be anything.
    if (is_one_value(bytes_of(value))) {
      append_json(inbox, bytes_of(value));
    } else {
      inbox.append("null");
    }
  }
  inbox.push_back(']');
  JsonLine line;
  line.text("piper", failure.piper)
      .text("function", failure.function)
      .text("kind", failure.kind)
      .integer("code", failure.code)
      .text("message", failure.message)
      .natural("place", failure.place)
      .natural("attempts", failure.attempts)
      .natural("hops", failure.hops)
      .raw("inbox", inbox);
  if (!failure.causes.empty()) {
    std::string causes = "[";
    for (const Failure& cause : failure.causes) {
      if (causes.size() > 1) causes.push_back(',');
      causes.append(to_json(cause));
    }
    line.raw("causes", causes + "]");
  }
  return line.object();
}

}  // namespace papy
