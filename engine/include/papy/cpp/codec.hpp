// papy/cpp/codec.hpp - which C++ types are which msgpack values. MIT licence.
#ifndef PAPY_CPP_CODEC_HPP
#define PAPY_CPP_CODEC_HPP

#include <array>
#include <concepts>
#include <cstddef>
#include <optional>
#include <papy/cpp/fields.hpp>
#include <papy/cpp/reader.hpp>
#include <papy/cpp/text.hpp>
#include <papy/cpp/writer.hpp>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace papy {

/// How values of type T are read, written and named. A specialisation of your own makes a type of
/// yours an item:
///
///     template <> struct papy::codec<point> {
///       static point read(papy::reader& in);                        // or none: write only
///       static void write(papy::writer& out, const point& value);   // or none: read only
///       template <class Out> static constexpr void type(Out& out) { papy::detail::put_text(out,
///       "point"); } template <class Out> static constexpr void schema(Out& out) {
///       papy::detail::put_text(out, "{}"); }
///     };
template <class T>
struct codec {};

namespace detail {

template <class T>
concept readable = requires(reader& in) {
  { codec<T>::read(in) } -> std::same_as<T>;
};
template <class T>
concept writable = requires(writer& out, const T& value) {
  codec<T>::write(out, value);
};

/// `read` with a compile error that says what is wrong.
template <class T>
T read(reader& in) {
  static_assert(
      readable<T>,
      "papy: this type cannot be read from an item; give it PAPY_FIELDS or a papy::codec");
  if constexpr (readable<T>) return codec<T>::read(in);
}
template <class T>
void write(writer& out, const T& value) {
  static_assert(
      writable<T>,
      "papy: this type cannot be written as an item; give it PAPY_FIELDS or a papy::codec");
  if constexpr (writable<T>) codec<T>::write(out, value);
}

/// A codec's two texts when they are constant.
struct plain_type {
  std::string_view type, schema;
};

template <class T, class Out>
constexpr void put_type(Out& out) {
  if constexpr (requires { codec<T>::names; }) {
    put_text(out, codec<T>::names.type);
  } else if constexpr (requires { codec<T>::type(out); }) {
    codec<T>::type(out);
  } else {
    put_text(out, "any");
  }
}
template <class T, class Out>
constexpr void put_schema(Out& out) {
  if constexpr (requires { codec<T>::names; }) {
    put_text(out, codec<T>::names.schema);
  } else if constexpr (requires { codec<T>::schema(out); }) {
    codec<T>::schema(out);
  } else {
    put_text(out, "{}");
  }
}

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

/// Adds the place to what is wrong with the value that `reading` reads.
template <class Reading>
decltype(auto) at_field(std::string_view name, Reading&& reading) {
  try {
    return reading();
  } catch (bad_value& wrong) {
    wrong.in("." + std::string(name));
    throw;
  }
}
template <class Reading>
decltype(auto) at_index(std::size_t i, Reading&& reading) {
  try {
    return reading();
  } catch (bad_value& wrong) {
    wrong.in("[" + std::to_string(i) + "]");
    throw;
  }
}

}  // namespace detail

template <>
struct codec<bool> {
  static constexpr detail::plain_type names{"bool", R"({"type":"boolean"})"};
  static bool read(reader& in) { return in.boolean(); }
  static void write(writer& out, bool value) { out.boolean(value); }
};

template <std::integral T>
requires(!std::same_as<T, bool> && sizeof(T) <= 8) struct codec<T> {
  static constexpr std::string_view kName = "int";
  static T read(reader& in) { return in.integer<T>(); }
  static void write(writer& out, T value) {
    if constexpr (std::signed_integral<T>) {
      out.integer(value);
    } else {
      out.natural(value);
    }
  }
  template <class Out>
  static constexpr void type(Out& out) {
    detail::put_text(out, kName);
  }
  template <class Out>
  static constexpr void schema(Out& out) {
    detail::put_text(out, R"({"type":"integer")");
    if constexpr (!std::same_as<T, std::int64_t>) {
      detail::put_text(out, R"(,"minimum":)");
      detail::put_number(out, std::numeric_limits<T>::min());
      detail::put_text(out, R"(,"maximum":)");
      detail::put_number(out, std::numeric_limits<T>::max());
    }
    out.put('}');
  }
};

template <std::floating_point T>
struct codec<T> {
  static constexpr detail::plain_type names{"float", R"({"type":"number"})"};
  static T read(reader& in) { return static_cast<T>(in.real()); }
  static void write(writer& out, T value) { out.real(static_cast<double>(value)); }
};

template <>
struct codec<std::string_view> {  ///< a view into the item: no copy
  static constexpr detail::plain_type names{"string", R"({"type":"string"})"};
  static std::string_view read(reader& in) { return in.text(); }
  static void write(writer& out, std::string_view value) { out.text(value); }
};

template <>
struct codec<std::string> {
  static constexpr detail::plain_type names = codec<std::string_view>::names;
  static std::string read(reader& in) { return std::string(in.text()); }
  static void write(writer& out, const std::string& value) { out.text(value); }
};

template <>
struct codec<const char*> {
  static constexpr detail::plain_type names = codec<std::string_view>::names;
  static void write(writer& out, const char* value) { out.text(value); }
};

template <std::size_t N>
struct codec<char[N]> : codec<const char*> {};  ///< a literal

template <>
struct codec<bytes> {  ///< a view into the item: no copy
  static constexpr detail::plain_type names{"bytes", "{}"};
  static bytes read(reader& in) { return in.binary(); }
  static void write(writer& out, bytes value) { out.binary(value); }
};

template <>
struct codec<std::span<const std::byte>> {
  static constexpr detail::plain_type names = codec<bytes>::names;
  static std::span<const std::byte> read(reader& in) { return std::as_bytes(in.binary()); }
  static void write(writer& out, std::span<const std::byte> value) {
    out.binary({reinterpret_cast<const std::uint8_t*>(value.data()), value.size()});
  }
};

template <class T>
requires std::same_as<T, std::uint8_t> || std::same_as<T, std::byte>
struct codec<std::vector<T>> {  ///< bytes, not a list of numbers
  static constexpr detail::plain_type names = codec<bytes>::names;
  static std::vector<T> read(reader& in) {
    const bytes value = in.binary();
    const T* from = reinterpret_cast<const T*>(value.data());
    return std::vector<T>(from, from + value.size());
  }
  static void write(writer& out, const std::vector<T>& value) {
    out.binary({reinterpret_cast<const std::uint8_t*>(value.data()), value.size()});
  }
};

/// std::vector, std::list, std::set ...: a list.
template <class T>
requires requires(T& list, typename T::value_type value) {
  list.insert(list.end(), std::move(value));
  list.begin();
  list.size();
} &&(!requires { typename T::mapped_type; }) struct codec<T> {
  using element = typename T::value_type;
  static T read(reader& in) requires detail::readable<element> {
    const std::size_t n = in.list();
    T list;
    if constexpr (requires { list.reserve(n); }) list.reserve(n);
    for (std::size_t i = 0; i < n; ++i) {
      list.insert(list.end(), detail::at_index(i, [&] { return codec<element>::read(in); }));
    }
    return list;
  }
  static void write(writer& out, const T& list) requires detail::writable<element> {
    out.list(list.size());
    for (const auto& value : list) codec<element>::write(out, value);
  }
  template <class Out>
  static constexpr void type(Out& out) {
    detail::put_text(out, "list<");
    detail::put_type<element>(out);
    out.put('>');
  }
  template <class Out>
  static constexpr void schema(Out& out) {
    detail::put_text(out, R"({"type":"array","items":)");
    detail::put_schema<element>(out);
    out.put('}');
  }
};

/// std::map, std::unordered_map: a map. A key that comes twice is an error.
template <class T>
requires requires(T& map, typename T::key_type key, typename T::mapped_type value) {
  map.emplace(std::move(key), std::move(value)).second;
}
struct codec<T> {
  using key = typename T::key_type;
  using value = typename T::mapped_type;
  static T read(reader& in) requires detail::readable<key> && detail::readable<value> {
    T map;
    for (std::size_t n = in.map(); n > 0; --n) {
      const bytes name = reader(in).any();
      key k = codec<key>::read(in);
      const auto read_value = [&] { return codec<value>::read(in); };
      value v = detail::kind_of(name[0]) == kind::text
                    ? detail::at_field(reader(name).text(), read_value)
                    : read_value();
      if (!map.emplace(std::move(k), std::move(v)).second) throw bad_value("a key comes twice");
    }
    return map;
  }
  static void write(writer& out,
                    const T& map) requires detail::writable<key> && detail::writable<value> {
    out.map(map.size());
    for (const auto& [k, v] : map) {
      codec<key>::write(out, k);
      codec<value>::write(out, v);
    }
  }
  template <class Out>
  static constexpr void type(Out& out) {
    detail::put_text(out, "map<");
    detail::put_type<key>(out);
    detail::put_text(out, ", ");
    detail::put_type<value>(out);
    out.put('>');
  }
  template <class Out>
  static constexpr void schema(Out& out) {
    detail::put_text(out, R"({"type":"object","additionalProperties":)");
    detail::put_schema<value>(out);
    out.put('}');
  }
};

/// nil or a value.
template <class T>
struct codec<std::optional<T>> {
  static std::optional<T> read(reader& in) requires detail::readable<T> {
    if (in.nil()) return std::nullopt;
    return codec<T>::read(in);
  }
  static void write(writer& out, const std::optional<T>& value) requires detail::writable<T> {
    if (value.has_value()) {
      codec<T>::write(out, *value);
    } else {
      out.nil();
    }
  }
  template <class Out>
  static constexpr void type(Out& out) {
    detail::put_type<T>(out);
    out.put('?');
  }
  template <class Out>
  static constexpr void schema(Out& out) {
    detail::put_text(out, R"({"anyOf":[{"type":"null"},)");
    detail::put_schema<T>(out);
    detail::put_text(out, "]}");
  }
};

namespace detail {

/// Tuples and the like: a list of known length.
template <class Tuple, class... Ts>
struct tuple_codec {
  static Tuple read(reader& in) requires(readable<Ts>&&...) {
    const std::size_t n = in.list();
    if (n != sizeof...(Ts)) {
      throw bad_value("expected a list of " + std::to_string(sizeof...(Ts)) + ", got one of " +
                      std::to_string(n));
    }
    return read_each(in, std::index_sequence_for<Ts...>());
  }
  template <std::size_t... I>
  static Tuple read_each([[maybe_unused]] reader& in, std::index_sequence<I...>) {
    return Tuple{at_index(I, [&] { return codec<Ts>::read(in); })...};
  }
  static void write(writer& out, const Tuple& value) requires(writable<Ts>&&...) {
    out.list(sizeof...(Ts));
    std::apply([&](const auto&... one) { (codec<Ts>::write(out, one), ...); }, value);
  }
  template <class Out>
  static constexpr void type(Out& out) {
    [[maybe_unused]] std::size_t i = 0;
    put_text(out, "tuple<");
    ((put_text(out, i++ == 0 ? "" : ", "), put_type<Ts>(out)), ...);
    out.put('>');
  }
  template <class Out>
  static constexpr void schema(Out& out) {
    [[maybe_unused]] std::size_t i = 0;
    put_text(out, R"({"type":"array","items":[)");
    ((put_text(out, i++ == 0 ? "" : ","), put_schema<Ts>(out)), ...);
    put_text(out, R"(],"minItems":)");
    put_number(out, sizeof...(Ts));
    put_text(out, R"(,"maxItems":)");
    put_number(out, sizeof...(Ts));
    out.put('}');
  }
};

template <class T, std::size_t... I>
auto array_codec(std::index_sequence<I...>)
    -> tuple_codec<std::array<T, sizeof...(I)>, std::enable_if_t<(I >= 0), T>...>;

}  // namespace detail

template <class... Ts>
struct codec<std::tuple<Ts...>> : detail::tuple_codec<std::tuple<Ts...>, Ts...> {};
template <class A, class B>
struct codec<std::pair<A, B>> : detail::tuple_codec<std::pair<A, B>, A, B> {};
template <class T, std::size_t N>
struct codec<std::array<T, N>> : decltype(detail::array_codec<T>(std::make_index_sequence<N>())) {};

/// Structs with PAPY_FIELDS: a map by field name.
template <detail::has_fields T>
struct codec<T> {
  static constexpr auto kList = detail::fields_of<T>();
  static constexpr std::size_t kSize = std::tuple_size_v<decltype(kList.fields)>;

  static T read(reader& in) {
    T value{};
    bool seen[kSize]{};
    const std::size_t n = in.map();
    for (std::size_t i = 0; i < n; ++i) {
      if (in.next() != kind::text) in.wrong("a field name");
      read_field(in, in.text(), i, value, seen, std::make_index_sequence<kSize>());
    }
    check(seen, std::make_index_sequence<kSize>());
    return value;
  }
  static void write(writer& out, const T& value) {
    out.map(kSize);
    std::apply(
        [&](const auto&... field) {
          ((out.text(field.name), detail::write(out, value.*(field.member))), ...);
        },
        kList.fields);
  }
  template <class Out>
  static constexpr void type(Out& out) {
    detail::put_text(out, kList.name);
    std::size_t i = 0;
    out.put('{');
    each([&]<class F>(const F& field) {
      detail::put_text(out, i++ == 0 ? "" : ", ");
      detail::put_text(out, field.name);
      detail::put_text(out, ": ");
      detail::put_type<typename F::type>(out);
    });
    out.put('}');
  }
  template <class Out>
  static constexpr void schema(Out& out) {
    std::size_t i = 0;
    detail::put_text(out, R"({"type":"object","properties":{)");
    each([&]<class F>(const F& field) {
      detail::put_text(out, i++ == 0 ? "" : ",");
      detail::put_json_string(out, field.name);
      out.put(':');
      detail::put_schema<typename F::type>(out);
    });
    detail::put_text(out, R"(},"required":[)");
    i = 0;
    each([&]<class F>(const F& field) {
      if (detail::is_optional<typename F::type>) return;
      detail::put_text(out, i++ == 0 ? "" : ",");
      detail::put_json_string(out, field.name);
    });
    detail::put_text(out, "]}");
  }

 private:
  template <class Visit>
  static constexpr void each(Visit visit) {
    std::apply([&](const auto&... field) { (visit(field), ...); }, kList.fields);
  }
  /// Reads the value behind `name`; tries the field at position `i` first, as that is the order of
  /// writing.
  template <std::size_t... I>
  static void read_field(reader& in, std::string_view name, std::size_t i, T& value, bool* seen,
                         std::index_sequence<I...>) {
    if (((I == i && read_if<I>(in, name, value, seen)) || ...)) return;
    if (((I != i && read_if<I>(in, name, value, seen)) || ...)) return;
    in.skip();
  }
  template <std::size_t I>
  static bool read_if(reader& in, std::string_view name, T& value, bool* seen) {
    constexpr auto field = std::get<I>(kList.fields);
    if (name != field.name) return false;
    if (seen[I]) throw bad_value("the field '" + std::string(name) + "' comes twice");
    seen[I] = true;
    value.*(field.member) =
        detail::at_field(name, [&] { return detail::read<typename decltype(field)::type>(in); });
    return true;
  }
  template <std::size_t... I>
  static void check(const bool* seen, std::index_sequence<I...>) {
    (check_one<typename std::tuple_element_t<I, decltype(kList.fields)>::type>(
         seen[I], std::get<I>(kList.fields).name),
     ...);
  }
  template <class F>
  static void check_one(bool seen, std::string_view name) {
    if (!seen && !detail::is_optional<F>)
      throw bad_value("the field '" + std::string(name) + "' is missing");
  }
};

}  // namespace papy

#endif  // PAPY_CPP_CODEC_HPP
