// papy/cpp/args.hpp - a struct that is a function's arguments, checked and documented. MIT licence.
#ifndef PAPY_CPP_ARGS_HPP
#define PAPY_CPP_ARGS_HPP

#include <algorithm>
#include <array>
#include <concepts>
#include <optional>
#include <papy/cpp/codec.hpp>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <vector>

namespace papy {

/// Stands for the default of an argument that must be given.
struct required_t {
  template <class T>
  constexpr operator T() const {  // NOLINT: implicit, so that it can be a member's initializer
    return T{};
  }
};
inline constexpr required_t required;

/// The path of a file. Relative ones are relative to the document.
struct path {
  path() = default;
  path(const char* given) : given(given), full(given) {}  // NOLINT: implicit, for defaults
  explicit path(std::string_view given) : given(given), full(given) {}

  const char* c_str() const { return full.c_str(); }
  std::string given;  ///< as it was written
  std::string full;   ///< as it can be opened; "-" stays "-"
};

/// Limits of a number, both included.
template <class T>
struct at_least {
  constexpr explicit at_least(T limit) : value(limit) {}
  T value;
};
template <class T>
struct at_most {
  constexpr explicit at_most(T limit) : value(limit) {}
  T value;
};
template <class T>
at_least(T) -> at_least<T>;
template <class T>
at_most(T) -> at_most<T>;

/// The texts that an argument may be.
template <std::size_t N>
struct one_of {
  template <class... T>
  constexpr explicit one_of(T... text) : texts{std::string_view(text)...} {}
  std::array<std::string_view, N> texts;
};
template <class... T>
one_of(T...) -> one_of<sizeof...(T)>;

template <>
struct codec<path> {
  static constexpr detail::plain_type names{"string", R"({"type":"string","format":"path"})"};
  static path read(reader& in) { return path(in.text()); }
  static void write(writer& out, const path& value) { out.text(value.given); }
};

namespace detail {

/// The default `{}`.
struct nothing {};
template <class T = nothing>
constexpr T default_of(T value) {
  return value;
}

template <class C, class T, class Default, class... Options>
struct argument {
  using type = T;
  static constexpr bool needed = std::same_as<Default, required_t>;
  std::string_view name;
  T C::*member;
  Default initial;
  std::string_view doc;
  std::tuple<Options...> options;
};

template <class C, class T, class Default, class... Options>
constexpr argument<C, T, Default, Options...> make_argument(std::string_view name, T C::*member,
                                                            Default initial, std::string_view doc,
                                                            Options... options) {
  return {name, member, initial, doc, {options...}};
}

template <class T>
concept args_struct = requires {
  T::papy_arguments();
};

/// Arguments of a function that takes none.
struct no_args {
  static constexpr auto papy_arguments() { return std::tuple<>(); }
};

template <class Out, class T>
constexpr void put_default(Out& out, const T& value) {
  if constexpr (std::same_as<T, bool>) {
    put_text(out, value ? "true" : "false");
  } else if constexpr (std::is_arithmetic_v<T>) {
    put_number(out, value);
  } else {
    put_json_string(out, value);
  }
}

/// Members of a schema that an option adds, each with a comma in front.
template <class Out, class T>
constexpr void put_option(Out& out, const at_least<T>& limit) {
  put_text(out, R"(,"minimum":)");
  put_number(out, limit.value);
}
template <class Out, class T>
constexpr void put_option(Out& out, const at_most<T>& limit) {
  put_text(out, R"(,"maximum":)");
  put_number(out, limit.value);
}
template <class Out, std::size_t N>
constexpr void put_option(Out& out, const one_of<N>& option) {
  put_text(out, R"(,"enum":[)");
  for (std::size_t i = 0; i < N; ++i) {
    put_text(out, i == 0 ? "" : ",");
    put_json_string(out, option.texts[i]);
  }
  out.put(']');
}

template <class T>
inline constexpr bool is_limit = false;
template <class T>
inline constexpr bool is_limit<at_least<T>> = true;
template <class T>
inline constexpr bool is_limit<at_most<T>> = true;

/// An argument that is a std::optional is left out rather than given as null.
template <class T>
struct inside_optional : std::type_identity<T> {};
template <class T>
struct inside_optional<std::optional<T>> : std::type_identity<T> {};
template <class T>
using without_optional = typename inside_optional<T>::type;

template <class T>
constexpr std::size_t schema_length() {
  text_length length;
  put_schema<T>(length);
  return length.n;
}

/// Passes on what stands between the first and the last character, with a comma before.
template <class Out>
struct inner {
  Out& out;
  std::size_t n = 0;
  char last = 0;
  constexpr void put(char c) {
    if (n == 1) out.put(',');
    if (n >= 2) out.put(last);
    last = c;
    ++n;
  }
};

/// {"description": ..., "type": ..., limits, "default": ...}
template <class Out, class C, class T, class Default, class... Options>
constexpr void put_argument(Out& out, const argument<C, T, Default, Options...>& arg) {
  put_text(out, R"({"description":)");
  put_json_string(out, arg.doc);
  if constexpr (std::integral<T> && !std::same_as<T, bool> && (is_limit<Options> || ...)) {
    put_text(out, R"(,"type":"integer")");
  } else if constexpr (schema_length<without_optional<T>>() > 2) {
    inner<Out> members{out};
    put_schema<without_optional<T>>(members);
  }
  std::apply([&](const auto&... option) { (put_option(out, option), ...); }, arg.options);
  if constexpr (!std::same_as<Default, required_t> && !std::same_as<Default, nothing> &&
                !std::same_as<Default, std::nullopt_t>) {
    put_text(out, R"(,"default":)");
    put_default(out, arg.initial);
  }
  out.put('}');
}

/// The JSON Schema (draft-07) of an args struct.
template <args_struct Args, class Out>
constexpr void put_args_schema(Out& out) {
  constexpr auto list = Args::papy_arguments();
  std::size_t i = 0;
  put_text(out, R"({"type":"object","properties":{)");
  const auto property = [&](const auto& arg) {
    put_text(out, i++ == 0 ? "" : ",");
    put_json_string(out, arg.name);
    out.put(':');
    put_argument(out, arg);
  };
  std::apply([&](const auto&... arg) { (property(arg), ...); }, list);
  put_text(out, R"(},"required":[)");
  i = 0;
  const auto need = [&](const auto& arg) {
    if (!arg.needed) return;
    put_text(out, i++ == 0 ? "" : ",");
    put_json_string(out, arg.name);
  };
  std::apply([&](const auto&... arg) { (need(arg), ...); }, list);
  put_text(out, R"(],"additionalProperties":false})");
}

/// Makes the paths in an argument ones that can be opened.
template <class T>
void resolve([[maybe_unused]] T& value, [[maybe_unused]] std::string_view base) {
  if constexpr (std::same_as<T, path>) {
    if (value.given.empty() || value.given == "-" || value.given[0] == '/' || base.empty()) return;
    value.full = std::string(base) + "/" + value.given;
  } else if constexpr (is_optional<T>) {
    if (value.has_value()) resolve(*value, base);
  } else if constexpr (requires {
                         requires std::same_as<typename T::value_type, path>;
                         value.begin();
                       }) {
    for (path& one : value) resolve(one, base);
  }
}

template <class T, class L>
void check_option(const T& value, const at_least<L>& limit) {
  if (value < static_cast<T>(limit.value))
    throw bad_value("must be at least " + std::to_string(limit.value));
}
template <class T, class L>
void check_option(const T& value, const at_most<L>& limit) {
  if (value > static_cast<T>(limit.value))
    throw bad_value("must be at most " + std::to_string(limit.value));
}
template <class T, std::size_t N>
void check_option(const T& value, const one_of<N>& option) {
  if (std::find(option.texts.begin(), option.texts.end(), std::string_view(value)) !=
      option.texts.end())
    return;
  std::string text = "expected";
  for (std::size_t i = 0; i < N; ++i) {
    text += i == 0 ? " '" : i + 1 == N ? " or '" : ", '";
    text += std::string(option.texts[i]) + "'";
  }
  throw bad_value(text + ", got '" + std::string(value) + "'");
}

/// Reads args from a msgpack map. Throws fail() when they are not what the struct says.
template <args_struct Args>
Args read_args(const papy_value& value, std::string_view base) {
  static constexpr auto list = Args::papy_arguments();
  static constexpr std::size_t kSize = std::tuple_size_v<decltype(list)>;
  Args args;
  bool seen[kSize + 1]{};
  reader in(value.data, value.size);
  std::string name;
  const auto take = [&]<std::size_t I>(std::integral_constant<std::size_t, I>) {
    constexpr auto arg = std::get<I>(list);
    if (name != arg.name) return false;
    auto& member = args.*(arg.member);
    member = detail::read<typename decltype(arg)::type>(in);
    std::apply([&](const auto&... option) { (check_option(member, option), ...); }, arg.options);
    resolve(member, base);
    return seen[I] = true;
  };
  try {
    for (std::size_t n = value.size == 0 || in.nil() ? 0 : in.map(); n > 0; --n) {
      name.clear();
      name = in.text();
      const bool known = [&]<std::size_t... I>(std::index_sequence<I...>) {
        return (take(std::integral_constant<std::size_t, I>()) || ...);
      }
      (std::make_index_sequence<kSize>());
      if (!known) throw fail("unknown argument '" + name + "'");
    }
  } catch (const bad_value& wrong) {
    throw fail(wrong.text(name.empty() ? "args" : "argument '" + name + "'"));
  }
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    [[maybe_unused]] const auto check = [&](const auto& arg, bool given) {
      if (arg.needed && !given)
        throw fail("the argument '" + std::string(arg.name) + "' is missing");
    };
    (check(std::get<I>(list), seen[I]), ...);
  }
  (std::make_index_sequence<kSize>());
  return args;
}

}  // namespace detail
}  // namespace papy

#define PAPY_DETAIL_UNPACK(...) __VA_ARGS__
#define PAPY_DETAIL_CALL(macro, ...) macro(__VA_ARGS__)
#define PAPY_DETAIL_MEMBER_AS(type, name, initial, ...) type name = initial;
#define PAPY_DETAIL_MEMBER(self, arg) PAPY_DETAIL_MEMBER_AS arg
#define PAPY_DETAIL_ARG_AS(self, type, name, initial, ...)                               \
  ::papy::detail::make_argument(#name, &self::name, ::papy::detail::default_of(initial), \
                                __VA_ARGS__),
#define PAPY_DETAIL_ARG(self, arg) \
  PAPY_DETAIL_CALL(PAPY_DETAIL_ARG_AS, self, PAPY_DETAIL_UNPACK arg)

/// Declares the arguments of a function as members of a struct. One line each: type, name, default
/// or papy::required, what it is for, and limits if there are any (papy::at_least, papy::at_most,
/// papy::one_of).
///
///     struct trim_args {
///       PAPY_ARGS(trim_args,
///                 (int, min_quality, 20, "cut bases below this quality", papy::at_least(0)),
///                 (std::string, mode, "right", "which end is cut", papy::one_of("left", "right")),
///                 (papy::path, adapters, papy::required, "a FASTA file of adapters"))
///     };
///
/// A type with a comma in it needs an alias. `{}` is the default for what begins empty.
#define PAPY_ARGS(self, ...)                                                   \
  PAPY_DETAIL_EACH(PAPY_DETAIL_MEMBER, self, __VA_ARGS__)                      \
  static constexpr auto papy_arguments() {                                     \
    return ::std::tuple{PAPY_DETAIL_EACH(PAPY_DETAIL_ARG, self, __VA_ARGS__)}; \
  }

#endif  // PAPY_CPP_ARGS_HPP
