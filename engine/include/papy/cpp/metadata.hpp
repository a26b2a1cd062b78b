// papy/cpp/metadata.hpp - what a function says of itself, as JSON, made while compiling. MIT
// licence.
#ifndef PAPY_CPP_METADATA_HPP
#define PAPY_CPP_METADATA_HPP

#include <papy/cpp/worker.hpp>

namespace papy::detail {

struct flag_name {
  papy_flags flag;
  std::string_view name;
};
inline constexpr flag_name kFlagNames[] = {
    {PAPY_REENTRANT, "reentrant"}, {PAPY_PURE, "pure"},     {PAPY_IDEMPOTENT, "idempotent"},
    {PAPY_SERIAL, "serial"},       {PAPY_LOCAL, "local"},   {PAPY_ISOLATE, "isolate"},
    {PAPY_CANCELS, "cancels"},     {PAPY_BLOCKS, "blocks"},
};

template <class Out>
constexpr void put_flags(Out& out, papy_flags flags) {
  out.put('[');
  bool first = true;
  for (const flag_name& flag : kFlagNames) {
    if ((flags & flag.flag) == 0) continue;
    if (!first) out.put(',');
    first = false;
    put_json_string(out, flag.name);
  }
  out.put(']');
}

template <class A, class Out>
constexpr void put_parameter_type(Out& out, bool& first) {
  using T = std::remove_cvref_t<A>;
  constexpr role what = role_of<T>;
  if constexpr (what == role::value || what == role::all || what == role::list) {
    if (!first) put_text(out, ", ");
    first = false;
    if constexpr (what == role::value) {
      put_type<T>(out);
    } else {
      put_type<std::remove_cv_t<element_t<T>>>(out);
      put_text(out, "...");
    }
  }
}

template <class Signature>
struct signature_text;
template <class R, class... A>
struct signature_text<signature<R, A...>> {
  using T = std::remove_cvref_t<R>;
  /// "int, string", "any..."
  template <class Out>
  static constexpr void input(Out& out) {
    bool first = true;
    (put_parameter_type<A>(out, first), ...);
  }
  template <class Out>
  static constexpr void output(Out& out) {
    if constexpr (signature<R, A...>::emits) {
      (emitted<std::remove_cvref_t<A>>(out), ...);
    } else if constexpr (std::is_void_v<T>) {
      put_text(out, "nil");
    } else if constexpr (is_optional<T> || is_many<T>) {
      put_type<element_t<T>>(out);
    } else {
      put_type<T>(out);
    }
  }
  static constexpr std::string_view emits = signature<R, A...>::emits || is_many<T> ? "any"
                                            : is_optional<T>                        ? "at-most-one"
                                                                                    : "one";

 private:
  template <class T, class Out>
  static constexpr void emitted(Out& out) {
    if constexpr (role_of<T> == role::emitter) put_type<element_t<T>>(out);
  }
};

/// JSON strings that are put piece by piece: escapes are not needed in types.
template <class Entity, papy_kind Kind, papy_flags Flags, class Words>
struct function_metadata {
  template <class Out>
  static constexpr void put(Out& out) {
    using Text = signature_text<typename Entity::call_signature>;
    constexpr std::string_view kinds[] = {"worker", "source", "sink"};
    constexpr papy_worker worker = make_worker<Entity, Kind, Flags>("");
    put_text(out, R"({"function":)");
    put_json_string(out, Words::papy_name);
    put_text(out, R"(,"kind":)");
    put_json_string(out, kinds[Kind]);
    put_text(out, R"(,"flags":)");
    put_flags(out, worker.flags);
    put_text(out, R"(,"inputs_min":)");
    put_number(out, worker.inputs_min);
    put_text(out, R"(,"inputs_max":)");
    put_number(out, worker.inputs_max);
    if constexpr (Kind != PAPY_SOURCE) {
      put_text(out, R"(,"input":")");
      Text::input(out);
      out.put('"');
    }
    if constexpr (Kind != PAPY_SINK) {
      put_text(out, R"(,"output":")");
      Text::output(out);
      put_text(out, R"(","emits":)");
      put_json_string(out, Kind == PAPY_SOURCE ? "any" : Text::emits);
    }
    put_text(out, R"(,"flush":)");
    put_text(out, flushes<Entity, Kind>() ? "true" : "false");
    put_text(out, R"(,"summary":)");
    put_json_string(out, Words::papy_summary);
    put_text(out, R"(,"args":)");
    put_args_schema<typename Entity::args>(out);
    out.put('}');
  }
};

template <class Words>
struct plugin_metadata {
  template <class Out>
  static constexpr void put(Out& out) {
    put_text(out, R"({"plugin":)");
    put_json_string(out, Words::papy_name);
    put_text(out, R"(,"version":)");
    put_json_string(out, Words::papy_version);
    put_text(out, R"(,"license":)");
    put_json_string(out, Words::papy_license);
    put_text(out, R"(,"url":)");
    put_json_string(out, Words::papy_url);
    put_text(out, R"(,"abi_major":)");
    put_number(out, PAPY_ABI_MAJOR);
    put_text(out, R"(,"abi_minor":)");
    put_number(out, PAPY_ABI_MINOR);
    out.put('}');
  }
};

/// The linker keeps a section that nobody refers to unless it collects garbage; the exported
/// functions refer to theirs.
template <class Record>
void keep(const Record& record) {
  static_cast<void>(*static_cast<const volatile char*>(record.data));
}

}  // namespace papy::detail

#endif  // PAPY_CPP_METADATA_HPP
