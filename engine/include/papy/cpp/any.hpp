// papy/cpp/any.hpp - values of any type, as the msgpack that they are. MIT licence.
#ifndef PAPY_CPP_ANY_HPP
#define PAPY_CPP_ANY_HPP

#include <optional>
#include <papy/cpp/codec.hpp>
#include <string>
#include <utility>
#include <vector>

namespace papy {

/// One msgpack value of any type, borrowed: passed on as it is, looked into when wanted.
class any {
 public:
  any() = default;  ///< nil
  explicit any(bytes data) : data_(data) {}
  explicit any(const papy_value& value)
      : data_(static_cast<const std::uint8_t*>(value.data), value.size) {}

  bytes data() const { return data_; }
  papy::kind kind() const { return reader(data_).next(); }
  bool is_nil() const { return kind() == papy::kind::nil; }
  /// The value as a T; throws bad_value when it is none.
  template <class T>
  T as() const {
    reader in(data_);
    return detail::read<T>(in);
  }
  /// The values of a list. Throws bad_value when it is none.
  std::vector<any> list() const {
    reader in(data_);
    std::vector<any> values(in.list());
    for (any& value : values) value = any(in.any());
    return values;
  }
  /// Keys and values of a map, in their order. Throws bad_value when it is none.
  std::vector<std::pair<any, any>> map() const {
    reader in(data_);
    std::vector<std::pair<any, any>> pairs(in.map());
    for (auto& [key, value] : pairs) {
      key = any(in.any());
      value = any(in.any());
    }
    return pairs;
  }
  /// The value of the first such key of a map, if there is one. Throws bad_value when it is no map.
  std::optional<any> field(std::string_view name) const {
    reader in(data_);
    for (std::size_t n = in.map(); n > 0; --n) {
      const bool is_it = in.next() == papy::kind::text ? in.text() == name : (in.skip(), false);
      const bytes value = in.any();
      if (is_it) return any(value);
    }
    return std::nullopt;
  }

 private:
  static constexpr std::uint8_t kNil[1] = {0xc0};
  bytes data_{kNil};
};

/// One msgpack value of any type with memory of its own.
class packed {
 public:
  packed() : data_(1, '\xc0') {}  ///< nil
  explicit packed(any value)
      : data_(reinterpret_cast<const char*>(value.data().data()), value.data().size()) {}
  /// Requires: exactly one msgpack value.
  explicit packed(std::string data) : data_(std::move(data)) {}

  bytes data() const { return {reinterpret_cast<const std::uint8_t*>(data_.data()), data_.size()}; }
  const std::string& text() const { return data_; }
  any view() const { return any(data()); }
  template <class T>
  T as() const {
    return view().as<T>();
  }
  friend bool operator==(const packed&, const packed&) = default;
  friend auto operator<=>(const packed&, const packed&) = default;

 private:
  std::string data_;
};

template <>
struct codec<any> {
  static constexpr detail::plain_type names{"any", "{}"};
  static any read(reader& in) { return any(in.any()); }
  static void write(writer& out, const any& value) { out.raw(value.data()); }
};

template <>
struct codec<packed> {
  static constexpr detail::plain_type names{"any", "{}"};
  static packed read(reader& in) { return packed(any(in.any())); }
  static void write(writer& out, const packed& value) { out.raw(value.data()); }
};

namespace detail {

/// A call that writes into a text: for values that are made outside of a call.
struct text_call : papy_call {
  text_call() : papy_call{} {
    struct_size = sizeof(papy_call);
    papy_call::grow = [](papy_call* call, std::size_t room) {
      auto* self = static_cast<text_call*>(call);
      const auto used = static_cast<std::size_t>(self->cur - self->begin());
      self->text.resize(2 * used + room);
      self->cur = self->begin() + used;
      self->end = self->begin() + self->text.size();
      return self->cur;
    };
    papy_call::emit_owned = [](papy_call* call, const void* data, std::size_t size,
                               void (*release)(void*), void* owner) {
      writer out(call);
      out.raw({static_cast<const std::uint8_t*>(data), size});
      out.put_back();
      release(owner);
      return papy_status{PAPY_OK};
    };
    cur = end = begin();
  }
  text_call(const text_call&) = delete;
  std::string take() {
    text.resize(static_cast<std::size_t>(cur - begin()));
    return std::move(text);
  }
  std::uint8_t* begin() { return reinterpret_cast<std::uint8_t*>(text.data()); }
  std::string text;
};

}  // namespace detail

/// A value as msgpack.
template <class T>
packed pack(const T& value) {
  detail::text_call call;
  writer out(&call);
  detail::write(out, value);
  out.put_back();
  return packed(call.take());
}

}  // namespace papy

#endif  // PAPY_CPP_ANY_HPP
