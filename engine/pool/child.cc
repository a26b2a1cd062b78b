#include "pool/child.h"

#include <cstring>
#include <type_traits>

namespace papy {
namespace {

enum class Kind : std::uint32_t { start = 1, signal = 2 };

class Writer {
 public:
  template <typename T>
  void number(T value) {
    static_assert(std::is_integral_v<T> || std::is_enum_v<T>);
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  void text(const std::string& value) {
    number(static_cast<std::uint32_t>(value.size()));
    bytes_ += value;
  }
  void limit(const std::optional<std::uint64_t>& value) {
    number<std::uint8_t>(value ? 1 : 0);
    number(value.value_or(0));
  }
  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

// Reads what Writer wrote. Once something is missing, everything is zero and `whole` false.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  template <typename T>
  T number() {
    T value{};
    const std::string_view from = take(sizeof value);
    if (whole_) std::memcpy(&value, from.data(), sizeof value);
    return value;
  }
  std::string text() { return std::string(take(number<std::uint32_t>())); }
  std::optional<std::uint64_t> limit() {
    const bool is_set = number<std::uint8_t>() != 0;
    const auto value = number<std::uint64_t>();
    return is_set ? std::optional(value) : std::nullopt;
  }
  bool whole() const { return whole_; }
  bool at_end() const { return whole_ && bytes_.empty(); }

 private:
  std::string_view take(std::size_t size) {
    if (size > bytes_.size()) whole_ = false;
    if (!whole_) return {};
    const std::string_view taken = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return taken;
  }

  std::string_view bytes_;
  bool whole_ = true;
};

void write(Writer& to, const Child& child) {
  to.number(Kind::start);
  to.number(child.number);
  to.text(child.program);
  to.number(static_cast<std::uint32_t>(child.argv.size()));
  for (const std::string& word : child.argv) to.text(word);
  to.number(static_cast<std::uint32_t>(child.env.size()));
  for (const auto& [name, value] : child.env) {
    to.text(name);
    to.text(value);
  }
  to.limit(child.limits.memory);
  to.limit(child.limits.open_files);
  to.limit(child.limits.cpu_time);
  to.text(child.directory);
}

void write(Writer& to, const ChildSignal& signal) {
  to.number(Kind::signal);
  to.number(signal.number);
  to.number(signal.signal);
}

Child read_child(Reader& from) {
  Child child;
  child.number = from.number<std::uint32_t>();
  child.program = from.text();
  for (auto left = from.number<std::uint32_t>(); left > 0 && from.whole(); --left)
    child.argv.push_back(from.text());
  for (auto left = from.number<std::uint32_t>(); left > 0 && from.whole(); --left) {
    std::string name = from.text();
    child.env.emplace_back(std::move(name), from.text());
  }
  child.limits.memory = from.limit();
  child.limits.open_files = from.limit();
  child.limits.cpu_time = from.limit();
  child.directory = from.text();
  return child;
}

ChildSignal read_signal(Reader& from) {
  ChildSignal signal;
  signal.number = from.number<std::uint32_t>();
  signal.signal = from.number<std::int32_t>();
  return signal;
}

}  // namespace

std::string encode(const ChildOrder& order) {
  Writer to;
  std::visit([&to](const auto& each) { write(to, each); }, order);
  return to.take();
}

std::optional<ChildOrder> decode_order(std::string_view bytes) {
  Reader from(bytes);
  std::optional<ChildOrder> order;
  switch (from.number<Kind>()) {
    case Kind::start:
      order = read_child(from);
      break;
    case Kind::signal:
      order = read_signal(from);
      break;
  }
  return from.at_end() ? order : std::nullopt;
}

}  // namespace papy
