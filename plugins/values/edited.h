#pragma once

#include <charconv>
#include <papy/cpp/any.hpp>
#include <papy/cpp/error.hpp>
#include <string>
#include <string_view>

namespace papy::values {

/// Writes `item` with one of its fields set to what `write_value` writes; everything else stays as
/// it is, in its order. A field that is not there comes last; maps on the way to it are made. An
/// empty path is the item itself. Throws papy::bad_value when there is something else than a map on
/// the way, papy::fail when there is a list that has no such place.
template <class Write>
void write_edited(writer& to, any item, std::string_view path, const Write& write_value) {
  if (path.empty()) return write_value(to);
  const auto point = path.find('.');
  const std::string_view key = path.substr(0, point);
  const std::string_view rest = point == path.npos ? std::string_view() : path.substr(point + 1);
  const auto write_child = [&](any child) { write_edited(to, child, rest, write_value); };
  if (item.kind() == kind::list) {
    const std::vector<any> values = item.list();
    std::size_t index = values.size();
    std::from_chars(key.data(), key.data() + key.size(), index);
    if (index >= values.size()) {
      throw fail("there is no place '" + std::string(key) + "' in a list of " +
                 std::to_string(values.size()));
    }
    to.list(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      i == index ? write_child(values[i]) : to.raw(values[i].data());
    }
    return;
  }
  reader in(item.data());
  if (item.kind() != kind::map) in.wrong("a map for the field '" + std::string(key) + "'");
  const bool is_new = !item.field(key).has_value();
  const std::size_t n = in.map();
  to.map(n + (is_new ? 1 : 0));
  bool set = false;
  for (std::size_t i = 0; i < n; ++i) {
    const any name(in.any());
    const any value(in.any());
    to.raw(name.data());
    const bool is_it = !set && name.kind() == kind::text && name.as<std::string_view>() == key;
    set = set || is_it;
    is_it ? write_child(value) : to.raw(value.data());
  }
  if (!is_new) return;
  static constexpr std::uint8_t kEmptyMap[1] = {0x80};
  to.text(key);
  write_child(any(bytes(kEmptyMap)));
}

/// What a function returns that changes one field of its item and keeps the others.
///
///     values::Edited<std::string> shout(any item) { return {item, "name", "R1"}; }
///
/// Borrows the item and the path.
template <class T>
struct Edited {
  any item;
  std::string_view path;
  T value;
};

}  // namespace papy::values

template <class T>
struct papy::codec<papy::values::Edited<T>> {
  static constexpr papy::detail::plain_type names{"any", "{}"};
  static void write(writer& to, const papy::values::Edited<T>& edited) {
    papy::values::write_edited(to, edited.item, edited.path,
                               [&](writer& at) { papy::codec<T>::write(at, edited.value); });
  }
};
