// papy/cpp/call.hpp - from a C++ function to papy_worker::call. MIT licence.
#ifndef PAPY_CPP_CALL_HPP
#define PAPY_CPP_CALL_HPP

#include <cstddef>
#include <cstdint>
#include <exception>
#include <iterator>
#include <papy/cpp/any.hpp>
#include <papy/cpp/args.hpp>
#include <papy/cpp/error.hpp>
#include <papy/cpp/host.hpp>
#include <span>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace papy {

namespace detail {

/// One value that was scanned: `any` takes it as it is, without looking for its end again.
template <class T>
T read_whole(const papy_value& value) {
  if constexpr (std::is_same_v<T, any>) {
    return any(value);
  } else {
    reader in(value.data, value.size);
    return read<T>(in);
  }
}

}  // namespace detail

/// All values of an inbox, for functions of any number of inputs and for `consume` groups. Values
/// are read when asked for. Flat: slot `j * width() + i` is place j of input i.
template <class T = any>
class inbox {
 public:
  inbox(const papy_value* values, std::uint32_t n, std::uint32_t width, std::uint32_t places,
        std::uint32_t consume, std::uint32_t* read_last)
      : values_(values),
        n_(n),
        width_(width),
        places_(places),
        consume_(consume),
        read_last_(read_last) {}

  std::size_t size() const { return n_; }
  std::uint32_t width() const { return width_; }      ///< inputs of the piper
  std::uint32_t places() const { return places_; }    ///< places that are there
  std::uint32_t consume() const { return consume_; }  ///< places that were asked for
  T operator[](std::size_t i) const {
    *read_last_ = static_cast<std::uint32_t>(i);  // whatever is found wrong with it later
    return detail::read_whole<T>(values_[i]);
  }
  T at(std::uint32_t place, std::uint32_t input) const {
    return (*this)[std::size_t{place} * width_ + input];
  }
  /// The bytes of one value as they are.
  any raw(std::size_t i) const { return any(values_[i]); }

  class iterator {
   public:
    using value_type = T;
    using difference_type = std::ptrdiff_t;
    using iterator_category = std::input_iterator_tag;
    iterator(const inbox* box, std::size_t i) : box_(box), i_(i) {}
    T operator*() const { return (*box_)[i_]; }
    iterator& operator++() { return ++i_, *this; }
    iterator operator++(int) { return {box_, i_++}; }
    friend bool operator==(const iterator& a, const iterator& b) { return a.i_ == b.i_; }

   private:
    const inbox* box_;
    std::size_t i_;
  };
  iterator begin() const { return {this, 0}; }
  iterator end() const { return {this, n_}; }

 private:
  const papy_value* values_;
  std::uint32_t n_, width_, places_, consume_;
  std::uint32_t* read_last_;
};

/// Where a function emits 0 to many values: a parameter `papy::out<T>&`. The function itself then
/// returns nothing.
template <class T = any>
class out {
 public:
  explicit out(writer& to, std::uint64_t wanted = UINT64_MAX) : to_(to), wanted_(wanted) {}
  void emit(const T& value) {
    detail::write(to_, value);
    ++emitted_;
  }
  /// Emits without a copy what is msgpack already: release(owner) is called once, when it is not
  /// needed any more.
  void emit_owned(bytes value, void (*release)(void*), void* owner) {
    to_.owned(value, release, owner);
    ++emitted_;
  }
  /// Sources: at most so many values in this call.
  std::uint64_t wanted() const { return wanted_; }
  bool full() const { return emitted_ >= wanted_; }
  std::uint64_t emitted() const { return emitted_; }
  /// For those who write msgpack themselves; say wrote() after each value.
  writer& raw() { return to_; }
  void wrote() { ++emitted_; }

 private:
  writer& to_;
  std::uint64_t wanted_;
  std::uint64_t emitted_ = 0;
};

/// A result that is emitted value by value: `papy::many<std::string> split(...)`.
template <class T>
struct many : std::vector<T> {
  using std::vector<T>::vector;
  many(std::vector<T> values) : std::vector<T>(std::move(values)) {}  // NOLINT: implicit
};

namespace detail {

// ---- What kinds of parameters there are
// -----------------------------------------------------------------------

enum class role { value, all, list, emitter, context, args };

template <class T>
inline constexpr role role_of = args_struct<T> ? role::args : role::value;
template <class T>
inline constexpr role role_of<inbox<T>> = role::all;
template <class T>
inline constexpr role role_of<std::span<const T>> = role::list;
template <>
inline constexpr role role_of<std::span<const std::uint8_t>> = role::value;
template <>
inline constexpr role role_of<std::span<const std::byte>> = role::value;
template <class T>
inline constexpr role role_of<out<T>> = role::emitter;
template <>
inline constexpr role role_of<context> = role::context;

template <class T>
inline constexpr bool is_many = false;
template <class T>
inline constexpr bool is_many<many<T>> = true;

template <class T>
struct element;
template <class T>
struct element<inbox<T>> {
  using type = T;
};
template <class T>
struct element<std::span<const T>> {
  using type = T;
};
template <class T>
struct element<out<T>> {
  using type = T;
};
template <class T>
struct element<many<T>> {
  using type = T;
};
template <class T>
struct element<std::optional<T>> {
  using type = T;
};
template <class T>
using element_t = typename element<T>::type;

// ---- One evaluation
// ---------------------------------------------------------------------------------------------

/// What one tasklet gets.
struct frame {
  const papy_value* inputs;
  std::uint32_t n, width, places, consume;
  std::uint64_t tasklet;
  std::uint64_t wanted;
  writer& out;
  const void* args;
  std::uint32_t at = 0;  // the input that is being read, for messages
};

/// Makes the parameter A of a function out of a frame; holds it while the function runs.
template <class A, role R = role_of<std::remove_cvref_t<A>>>
struct parameter {  // role::value
  using T = std::remove_cvref_t<A>;
  static_assert(!std::is_lvalue_reference_v<A> || std::is_const_v<std::remove_reference_t<A>>,
                "papy: a parameter is taken by value or by const reference");
  template <std::size_t I>
  parameter(frame& f, std::integral_constant<std::size_t, I>)
      : value((f.at = I, read_one(f.inputs[I]))) {}
  static T read_one(const papy_value& input) { return read_whole<T>(input); }
  A pass() { return static_cast<A>(std::forward<T>(value)); }
  T value;
};
template <class A>
struct parameter<A, role::all> {
  using T = std::remove_cvref_t<A>;
  template <class Index>
  parameter(frame& f, Index) : value(f.inputs, f.n, f.width, f.places, f.consume, &f.at) {}
  A pass() { return static_cast<A>(value); }
  T value;
};
template <class A>
struct parameter<A, role::list> {
  using T = std::remove_cv_t<element_t<std::remove_cvref_t<A>>>;
  template <class Index>
  parameter(frame& f, Index) {
    value.reserve(f.n);
    for (f.at = 0; f.at < f.n; ++f.at) value.push_back(parameter<T>::read_one(f.inputs[f.at]));
  }
  std::span<const T> pass() { return value; }
  std::vector<T> value;
};
template <class A>
struct parameter<A, role::emitter> {
  static_assert(std::is_lvalue_reference_v<A>, "papy: papy::out is taken by reference");
  template <class Index>
  parameter(frame& f, Index) : value(f.out, f.wanted) {}
  A pass() { return value; }
  std::remove_cvref_t<A> value;
};
template <class A>
struct parameter<A, role::context> {
  static_assert(std::is_lvalue_reference_v<A>, "papy: papy::context is taken by reference");
  template <class Index>
  parameter(frame& f, Index) : value(f.out.call(), f.tasklet) {}
  A pass() { return value; }
  context value;
};
template <class A>
struct parameter<A, role::args> {
  using T = std::remove_cvref_t<A>;
  template <class Index>
  parameter(frame& f, Index) : value(*static_cast<const T*>(f.args)) {}
  A pass() { return static_cast<A>(value); }
  const T& value;
};

// ---- Signatures
// -------------------------------------------------------------------------------------------------

template <class R, class... A>
struct signature {
  using result = R;
  static constexpr bool any_number = ((role_of<std::remove_cvref_t<A>> == role::all ||
                                       role_of<std::remove_cvref_t<A>> == role::list) ||
                                      ...);
  static constexpr bool emits = ((role_of<std::remove_cvref_t<A>> == role::emitter) || ...);
  static constexpr std::uint32_t values =
      (0u + ... + (role_of<std::remove_cvref_t<A>> == role::value ? 1u : 0u));
  static_assert(!(any_number && values > 0),
                "papy: papy::inbox takes all values, so no other parameter can be one");
  static_assert(!emits || std::is_void_v<R> || std::is_same_v<R, bool>,
                "papy: a function with papy::out returns nothing");

  template <class Call>
  static decltype(auto) apply(frame& f, Call&& call) {
    return apply(f, call, std::index_sequence_for<A...>());
  }
  template <class Call, std::size_t... I>
  static decltype(auto) apply(frame& f, Call& call, std::index_sequence<I...>) {
    std::tuple<parameter<A>...> held{
        parameter<A>(f, std::integral_constant<std::size_t, values_before(I)>())...};
    return call(std::get<I>(held).pass()...);
  }

 private:
  static constexpr std::size_t values_before(std::size_t i) {
    constexpr bool is_value[] = {role_of<std::remove_cvref_t<A>> == role::value..., false};
    std::size_t n = 0;
    for (std::size_t k = 0; k < i; ++k) n += is_value[k] ? 1 : 0;
    return n;
  }
};

template <class F>
struct signature_of {
  static_assert(sizeof(F) == 0,
                "papy: a function with one signature is needed: no template, no overloads");
};
template <class R, class... A>
struct signature_of<R (*)(A...)> : std::type_identity<signature<R, A...>> {};
template <class R, class... A>
struct signature_of<R (*)(A...) noexcept> : std::type_identity<signature<R, A...>> {};
template <class C, class R, class... A>
struct signature_of<R (C::*)(A...)> : std::type_identity<signature<R, A...>> {};
template <class C, class R, class... A>
struct signature_of<R (C::*)(A...) noexcept> : std::type_identity<signature<R, A...>> {};
template <class C, class R, class... A>
struct signature_of<R (C::*)(A...) const> : std::type_identity<signature<R, A...>> {};
template <class C, class R, class... A>
struct signature_of<R (C::*)(A...) const noexcept> : std::type_identity<signature<R, A...>> {};

/// Evaluates `call` on a frame and writes its result.
template <class Signature, class Call>
papy_status evaluate(frame& f, Call&& call) {
  using R = std::remove_cvref_t<typename Signature::result>;
  if constexpr (std::is_void_v<R>) {
    Signature::apply(f, call);
    if constexpr (!Signature::emits) f.out.nil();
  } else if constexpr (Signature::emits) {
    if (!Signature::apply(f, call)) return PAPY_END;
  } else if constexpr (is_many<R>) {
    for (const auto& value : Signature::apply(f, call)) write(f.out, value);
  } else if constexpr (is_optional<R>) {
    const R value = Signature::apply(f, call);
    if (!value.has_value()) return PAPY_SKIP;
    write(f.out, *value);
  } else {
    write<R>(f.out, Signature::apply(f, call));
  }
  return PAPY_OK;
}

// ---- Exceptions end here
// ----------------------------------------------------------------------------------------

struct outcome {
  papy_status status = PAPY_OK;
  std::int32_t code = 0;
  std::string text;
};

/// What the exception in flight means. `root` names where a bad value was: "input 2".
[[gnu::noinline, gnu::cold]] inline outcome caught(const std::string& root) noexcept {
  try {
    throw;
  } catch (const skip&) {
    return {PAPY_SKIP, 0, {}};
  } catch (const end&) {
    return {PAPY_END, 0, {}};
  } catch (const cancelled&) {
    return {PAPY_CANCELLED, 0, "cancelled"};
  } catch (const failure& e) {
    return {e.status(), e.code(), e.what()};
  } catch (const bad_value& e) {
    return {PAPY_FAIL, 0, e.text(root)};
  } catch (const std::exception& e) {
    return {PAPY_ERROR, 0, e.what()};
  } catch (...) {
    return {PAPY_ERROR, 0, "an exception that is no std::exception was thrown"};
  }
}

inline void tell(papy_call* call, const outcome& what) {
  if (what.status < 0) call->error(call, what.code, what.text.data(), what.text.size());
}

/// Tells the engine of the exception in flight; `at` is the one of `n` inputs that was read last.
[[gnu::noinline, gnu::cold]] inline papy_status report(papy_call* call, std::uint32_t n,
                                                       std::uint32_t at) noexcept {
  const outcome what = caught(n == 0   ? "value"
                              : n == 1 ? "input"
                                       : "input " + std::to_string(at + 1));
  tell(call, what);
  return what.status;
}

[[noreturn, gnu::cold]] inline void wrong_count(std::uint32_t takes, std::uint32_t gets) {
  throw fail("takes " + std::to_string(takes) + (takes == 1 ? " value" : " values") + ", got " +
             std::to_string(gets));
}

}  // namespace detail
}  // namespace papy

#endif  // PAPY_CPP_CALL_HPP
