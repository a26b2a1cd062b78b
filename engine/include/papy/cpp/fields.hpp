// papy/cpp/fields.hpp - the list of fields that makes a struct a msgpack map. MIT licence.
#ifndef PAPY_CPP_FIELDS_HPP
#define PAPY_CPP_FIELDS_HPP

#include <string_view>
#include <tuple>

namespace papy::detail {

template <class C, class T>
struct field {
  using type = T;
  std::string_view name;
  T C::*member;
};

template <class C, class T>
constexpr field<C, T> make_field(std::string_view name, T C::*member) {
  return {name, member};
}

/// "ns::record" -> "record"
constexpr std::string_view last_name(std::string_view name) {
  const auto colon = name.rfind(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

template <class... Fields>
struct field_list {
  std::string_view name;
  std::tuple<Fields...> fields;
};

template <class... Fields>
constexpr field_list<Fields...> make_fields(std::string_view name, std::tuple<Fields...> fields) {
  return {last_name(name), fields};
}

template <class T>
concept has_fields = requires {
  papy_fields(static_cast<const T*>(nullptr));
};

template <class T>
constexpr auto fields_of() {
  return papy_fields(static_cast<const T*>(nullptr));
}

}  // namespace papy::detail

// PAPY_DETAIL_EACH(m, a, x, y, z): m(a, x) m(a, y) m(a, z). Up to 256 of them.
#define PAPY_DETAIL_PARENS ()
#define PAPY_DETAIL_EXPAND(...) \
  PAPY_DETAIL_EXPAND3(PAPY_DETAIL_EXPAND3(PAPY_DETAIL_EXPAND3(PAPY_DETAIL_EXPAND3(__VA_ARGS__))))
#define PAPY_DETAIL_EXPAND3(...) \
  PAPY_DETAIL_EXPAND2(PAPY_DETAIL_EXPAND2(PAPY_DETAIL_EXPAND2(PAPY_DETAIL_EXPAND2(__VA_ARGS__))))
#define PAPY_DETAIL_EXPAND2(...) \
  PAPY_DETAIL_EXPAND1(PAPY_DETAIL_EXPAND1(PAPY_DETAIL_EXPAND1(PAPY_DETAIL_EXPAND1(__VA_ARGS__))))
#define PAPY_DETAIL_EXPAND1(...) __VA_ARGS__
#define PAPY_DETAIL_EACH(macro, a, ...) \
  __VA_OPT__(PAPY_DETAIL_EXPAND(PAPY_DETAIL_EACH_NEXT(macro, a, __VA_ARGS__)))
#define PAPY_DETAIL_EACH_NEXT(macro, a, x, ...) \
  macro(a, x) __VA_OPT__(PAPY_DETAIL_EACH_AGAIN PAPY_DETAIL_PARENS(macro, a, __VA_ARGS__))
#define PAPY_DETAIL_EACH_AGAIN() PAPY_DETAIL_EACH_NEXT

#define PAPY_DETAIL_FIELD(type, name) ::papy::detail::make_field(#name, &type::name),

/// Makes a struct a value: a map with these fields by name. Stands behind the struct, in its
/// namespace.
///
///     struct record { std::string name, sequence; std::optional<std::string> quality; };
///     PAPY_FIELDS(record, name, sequence, quality)
///
/// Reading takes the fields in any order and passes over keys that it does not know; a field that
/// is missing is an error unless it is a std::optional.
#define PAPY_FIELDS(type, ...)                                                        \
  [[maybe_unused]] constexpr auto papy_fields(const type*) {                          \
    return ::papy::detail::make_fields(                                               \
        #type, ::std::tuple{PAPY_DETAIL_EACH(PAPY_DETAIL_FIELD, type, __VA_ARGS__)}); \
  }

#endif  // PAPY_CPP_FIELDS_HPP
