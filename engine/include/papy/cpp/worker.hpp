// papy/cpp/worker.hpp - from a C++ function or class to a papy_worker. MIT licence.
#ifndef PAPY_CPP_WORKER_HPP
#define PAPY_CPP_WORKER_HPP

#include <memory>
#include <new>
#include <papy/cpp/call.hpp>

namespace papy::detail {

/// An instance of a function: its arguments, and the bytes that views among them point into.
template <class Args>
struct opened {
  explicit opened(const papy_open& open)
      : bytes(static_cast<const char*>(open.args.data), open.args.size),
        args(read_args<Args>({bytes.data(), bytes.size()}, open.base == nullptr ? "" : open.base)) {
  }
  std::string bytes;
  Args args;
};

// ---- Functions and classes as one thing
// -------------------------------------------------------------------------

template <class... A>
struct find_args : std::type_identity<no_args> {};
template <class First, class... Rest>
struct find_args<First, Rest...>
    : std::conditional_t<role_of<std::remove_cvref_t<First>> == role::args,
                         std::type_identity<std::remove_cvref_t<First>>, find_args<Rest...>> {};

template <class Signature>
struct args_of_signature;
template <class R, class... A>
struct args_of_signature<signature<R, A...>> : find_args<A...> {};

/// A plain function. It keeps nothing, so one instance serves all slots.
template <auto F>
struct function_entity {
  using call_signature = typename signature_of<decltype(F)>::type;
  using args = typename args_of_signature<call_signature>::type;
  static constexpr papy_flags flags = PAPY_REENTRANT;
  struct state : opened<args> {
    using opened<args>::opened;
    auto callable() const { return F; }
  };
};

template <class C>
struct args_of_class : std::type_identity<no_args> {};
template <class C>
requires args_struct<typename C::args>
struct args_of_class<C> : std::type_identity<typename C::args> {
};
template <class C>
requires args_struct<typename C::Args>
struct args_of_class<C> : std::type_identity<typename C::Args> {
};

template <class C, class Args>
concept constructible = std::is_constructible_v<C, const Args&, const open_info&> ||
    std::is_constructible_v<C, const Args&> || std::is_constructible_v<C, const open_info&> ||
    std::is_default_constructible_v<C>;

template <class C, class Args>
C construct(const Args& args, const open_info& info) {
  if constexpr (std::is_constructible_v<C, const Args&, const open_info&>) {
    return C(args, info);
  } else if constexpr (std::is_constructible_v<C, const Args&>) {
    return C(args);
  } else if constexpr (std::is_constructible_v<C, const open_info&>) {
    return C(info);
  } else {
    return C();
  }
}

template <class C>
concept has_call = requires {
  &C::operator();
};
template <class C>
concept has_next = requires {
  &C::next;
};
template <class C>
concept has_flush = requires {
  &C::flush;
};
template <class C>
concept has_save = requires {
  &C::save;
};
template <class C>
concept has_load = requires {
  &C::load;
};
template <class C>
concept has_cursor = requires(C& c) {
  c.cursor();
};
template <class C>
concept has_seek = requires(C& c, std::string_view at) {
  c.seek(at);
};
template <class C>
concept has_size = requires(C& c) {
  c.size();
};
template <class C>
concept has_ready = requires(C& c) {
  { c.ready() } -> std::convertible_to<bool>;
};
template <class C>
concept has_prepare = requires(C& c) {
  c.prepare(std::uint64_t{});
};
template <class C>
concept has_commit = requires(C& c) {
  c.commit(std::uint64_t{});
};
template <class C>
concept has_rollback = requires(C& c, std::string_view at) {
  c.rollback(at);
};
template <class C>
concept has_finish = requires(C& c) {
  c.finish(true);
};

template <class C>
struct main_call {
  static_assert(has_call<C> || has_next<C>,
                "papy: the class needs one call operator, or next() if it is a source");
};
template <has_call C>
struct main_call<C> : signature_of<decltype(&C::operator())> {};
template <class C>
requires(!has_call<C> && has_next<C>) struct main_call<C> : signature_of<decltype(&C::next)> {
};

/// What a source has to tell at its next call: a failure behind items that it had emitted already.
struct pending {
  outcome what;
};

/// A class: one instance a slot, or one a replica when it is SERIAL. It is SERIAL when it has
/// flush() or save().
template <class C>
struct class_entity {
  using object = C;
  using call_signature = typename main_call<C>::type;
  using args = typename args_of_class<C>::type;
  static_assert(constructible<C, args>,
                "papy: the class needs a constructor that takes nothing, const Args&, const "
                "papy::open_info&, "
                "or both in this order, where Args is a member type with PAPY_ARGS");
  static constexpr papy_flags flags = has_flush<C> || has_save<C> ? PAPY_SERIAL : 0;
  struct state : opened<args>, pending {
    explicit state(const papy_open& open)
        : opened<args>(open), object(construct<C, args>(this->args, open_info(open))) {}
    C& callable() { return object; }
    C object;
  };
};

// ---- The functions of a papy_worker
// -----------------------------------------------------------------------------

template <class Entity>
papy_status do_open(const papy_open* open, void** state) {
  try {
    if (open->host != nullptr) the_host = open->host;
    *state = new typename Entity::state(*open);
    return PAPY_OK;
  } catch (...) {
    const outcome what = caught("args");
    if (open->error != nullptr) open->error(open, what.code, what.text.data(), what.text.size());
    return what.status < 0 ? what.status : papy_status{PAPY_FAIL};
  }
}

template <class Entity>
void do_close(void* state) {
  try {
    delete static_cast<typename Entity::state*>(state);
  } catch (...) {  // a destructor that throws has nobody to tell
  }
}

template <class Entity>
frame frame_of(void* state, papy_call* call, writer& out) {
  const auto* self = static_cast<typename Entity::state*>(state);
  return {call->inputs,  call->n_inputs, call->width, call->places, call->consume,
          call->tasklet, call->wanted,   out,         &self->args};
}

template <class Signature>
void check_count(std::uint32_t n) {
  if constexpr (!Signature::any_number) {
    if (n != Signature::values) [[unlikely]]
      wrong_count(Signature::values, n);
  }
}

template <class Entity>
papy_status do_call(void* state, papy_call* call) {
  using Signature = typename Entity::call_signature;
  writer out(call);
  frame f = frame_of<Entity>(state, call, out);
  try {
    check_count<Signature>(f.n);
    const papy_status status =
        evaluate<Signature>(f, static_cast<typename Entity::state*>(state)->callable());
    out.put_back();
    return status;
  } catch (...) {
    out.put_back();
    return report(call, f.n, f.at);
  }
}

/// Evaluates until the first failure, which is the last thing that a range tells of. Nothing in the
/// loop takes the address of the writer or the frame, so that both live in registers.
template <class Entity>
papy_status do_call_many(void* state, papy_call* call, papy_range* range) {
  using Signature = typename Entity::call_signature;
  auto* const self = static_cast<typename Entity::state*>(state);
  auto&& callable = self->callable();
  writer out(call);
  const auto per = static_cast<std::uint32_t>(range->per);
  const papy_value* const inputs = range->inputs;
  const std::uint64_t first = range->first;
  const std::size_t n = range->n;
  std::size_t* const ends = range->ends;
  frame f{inputs, per,          call->width, call->consume, call->consume,
          first,  call->wanted, out,         &self->args};
  std::size_t t = 0;
  std::uint64_t begin = 0;
  papy_status status = PAPY_OK;
  while (t < n) {
    try {
      check_count<Signature>(per);
      for (; t < n; ++t) {
        f.inputs = inputs + t * per;
        f.tasklet = first + t;
        status = evaluate<Signature>(f, callable);
        if (status != PAPY_OK) [[unlikely]]
          break;
        ends[t] = begin = out.written();
      }
    } catch (...) {
      status = report(call, per, f.at);
    }
    if (t == n) break;
    range->status[t] = status;
    if (status != PAPY_END) out.rewind(begin);
    ends[t] = begin = out.written();
    ++t;
    if (status == PAPY_SKIP) continue;
    std::fill(range->status + t, range->status + n, papy_status{PAPY_CANCELLED});
    std::fill(ends + t, ends + n, begin);
    t = n;
  }
  out.put_back();
  return PAPY_OK;
}

/// Calls a member that may emit (flush, save): its parameters are papy::out and papy::context.
template <class Entity, auto Member>
papy_status do_member(void* state, papy_call* call) {
  using Signature = typename signature_of<decltype(Member)>::type;
  static_assert(Signature::values == 0,
                "papy: flush() and save() take papy::out or papy::context only");
  writer out(call);
  frame f = frame_of<Entity>(state, call, out);
  try {
    auto& object = static_cast<typename Entity::state*>(state)->object;
    papy_status status = PAPY_OK;
    const auto member = [&](auto&&... a) -> decltype(auto) {
      return (object.*Member)(std::forward<decltype(a)>(a)...);
    };
    if constexpr (std::is_void_v<typename Signature::result>) {
      Signature::apply(f, member);  // nothing to emit but what went through papy::out
    } else {
      status = evaluate<Signature>(f, member);
    }
    out.put_back();
    return status;
  } catch (...) {
    out.put_back();
    return report(call, 0, 0);
  }
}

template <class Entity>
papy_status do_load(void* state, const papy_value* saved) {
  try {
    using Signature = typename signature_of<decltype(&Entity::object::load)>::type;
    papy_call call{};
    writer out(&call);
    frame f{saved, 1, 1, 1, 1, 0, 0, out, nullptr};
    static_assert(Signature::values == 1, "papy: load() takes what save() returns");
    auto& object = static_cast<typename Entity::state*>(state)->object;
    Signature::apply(f, [&](auto&&... a) { object.load(std::forward<decltype(a)>(a)...); });
    return PAPY_OK;
  } catch (...) {
    return PAPY_FATAL;
  }
}

// ---- Sources
// ----------------------------------------------------------------------------------------------------

/// Emits until the call has what it wants. A failure behind items that were emitted waits for the
/// next call, so that it gets its own place.
template <class Entity, bool Blocks>
papy_status do_source(void* state, papy_call* call) {
  using Signature = typename Entity::call_signature;
  auto& self = *static_cast<typename Entity::state*>(state);
  if (self.what.status != PAPY_OK) {
    const outcome what = std::exchange(self.what, {});
    tell(call, what);
    return what.status;
  }
  writer out(call);
  std::uint64_t whole = 0;  // bytes of whole items
  try {
    papy_status status = PAPY_OK;
    if constexpr (has_next<typename Entity::object>) {
      for (std::uint64_t n = 0; n < call->wanted; ++n) {
        if constexpr (has_ready<typename Entity::object>) {
          if (n > 0 && !self.object.ready()) break;
        } else if constexpr (Blocks) {
          if (n > 0) break;
        }
        const auto value = self.object.next();
        static_assert(is_optional<std::remove_cvref_t<decltype(value)>>,
                      "papy: next() returns a std::optional; without a value it is the end");
        if (!value.has_value()) {
          status = PAPY_END;
          break;
        }
        write(out, *value);
        whole = out.written();
      }
    } else {
      frame f = frame_of<Entity>(state, call, out);
      static_assert(Signature::emits && std::is_same_v<typename Signature::result, bool>,
                    "papy: the call operator of a source is bool operator()(papy::out<T>&): false "
                    "at the end");
      status = evaluate<Signature>(f, self.object);
    }
    out.put_back();
    return status;
  } catch (...) {
    if constexpr (!has_next<typename Entity::object>) whole = out.written();
    out.rewind(whole);
    out.put_back();
    if (whole == 0) return report(call, 0, 0);
    outcome what = caught("value");
    if (what.status == PAPY_END) return PAPY_END;
    self.what = std::move(what);
    return PAPY_OK;
  }
}

/// The cursor of a source: "=" and the author's, with a pending failure in front: "!status code
/// length text=...".
template <class Entity>
papy_status do_cursor(void* state, papy_call* call) {
  auto& self = *static_cast<typename Entity::state*>(state);
  writer out(call);
  try {
    std::string text;
    if (self.what.status != PAPY_OK) {
      text = "!" + std::to_string(self.what.status) + " " + std::to_string(self.what.code) + " " +
             std::to_string(self.what.text.size()) + " " + self.what.text;
    }
    const auto cursor = self.object.cursor();
    if constexpr (std::is_arithmetic_v<std::remove_cvref_t<decltype(cursor)>>) {
      text += "=" + std::to_string(cursor);
    } else {
      text += "=" + std::string(cursor);
    }
    out.text(text);
    out.put_back();
    return PAPY_OK;
  } catch (...) {
    out.put_back();
    return report(call, 0, 0);
  }
}

inline std::int64_t take_number(std::string_view& text) {
  const bool negative = text.starts_with('-');
  std::size_t i = negative ? 1 : 0;
  std::int64_t value = 0;
  for (; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i)
    value = value * 10 + (text[i] - '0');
  text.remove_prefix(std::min(i + 1, text.size()));
  return negative ? -value : value;
}

template <class Entity>
papy_status do_seek(void* state, const char* cursor, std::size_t size) {
  auto& self = *static_cast<typename Entity::state*>(state);
  try {
    std::string_view text(cursor, size);
    self.what = {};
    if (text.starts_with('!')) {
      text.remove_prefix(1);
      self.what.status = static_cast<papy_status>(take_number(text));
      self.what.code = static_cast<std::int32_t>(take_number(text));
      const auto n = static_cast<std::size_t>(take_number(text));
      self.what.text = std::string(text.substr(0, n));
      text.remove_prefix(std::min(n, text.size()));
    }
    if (!text.starts_with('=')) return PAPY_FAIL;
    self.object.seek(text.substr(1));
    return PAPY_OK;
  } catch (...) {
    return PAPY_FAIL;
  }
}

template <class Entity>
std::uint64_t do_size(void* state) {
  try {
    return static_cast<std::uint64_t>(static_cast<typename Entity::state*>(state)->object.size());
  } catch (...) {
    return 0;
  }
}

// ---- Sinks
// ------------------------------------------------------------------------------------------------------

template <class Entity>
papy_status do_sink(void* state, papy_call* call) {
  using Signature = typename Entity::call_signature;
  static_assert(std::is_void_v<typename Signature::result> && !Signature::emits,
                "papy: a sink returns nothing");
  writer out(call);
  frame f = frame_of<Entity>(state, call, out);
  try {
    check_count<Signature>(f.n);
    Signature::apply(f, static_cast<typename Entity::state*>(state)->callable());
    return PAPY_OK;
  } catch (...) {
    return report(call, f.n, f.at);
  }
}

template <class Entity>
papy_status do_prepare(void* state, papy_call* call, std::uint64_t epoch) {
  writer out(call);
  try {
    out.text(std::string(static_cast<typename Entity::state*>(state)->object.prepare(epoch)));
    out.put_back();
    return PAPY_OK;
  } catch (...) {
    return report(call, 0, 0);
  }
}

template <class Entity>
papy_status do_commit(void* state, std::uint64_t epoch) {
  try {
    static_cast<typename Entity::state*>(state)->object.commit(epoch);
    return PAPY_OK;
  } catch (...) {
    return PAPY_FATAL;
  }
}

template <class Entity>
papy_status do_rollback(void* state, const char* prepared, std::size_t size) {
  try {
    static_cast<typename Entity::state*>(state)->object.rollback(std::string_view(prepared, size));
    return PAPY_OK;
  } catch (...) {
    return PAPY_FATAL;
  }
}

template <class Entity>
papy_status do_finish(void* state, papy_call* call, std::int32_t ok) {
  try {
    static_cast<typename Entity::state*>(state)->object.finish(ok != 0);
    return PAPY_OK;
  } catch (...) {
    return report(call, 0, 0);
  }
}

// ---- The table
// --------------------------------------------------------------------------------------------------

template <auto F>
consteval auto entity_of() {
  return std::type_identity<function_entity<F>>();
}
template <class C>
consteval auto entity_of() {
  return std::type_identity<class_entity<C>>();
}

/// All flags of a function: those it has by its nature and those its author adds. PAPY_SERIAL takes
/// PAPY_REENTRANT back.
template <class Entity>
constexpr papy_flags flags_of(papy_flags own) {
  const papy_flags all = Entity::flags | own;
  return (all & PAPY_SERIAL) != 0 ? all & ~papy_flags{PAPY_REENTRANT} : all;
}

/// Whether the function has something to say at the end. (Not by a look at papy_worker::flush: with
/// UBSan g++ takes no comparison of function pointers for a constant.)
template <class Entity, papy_kind Kind>
constexpr bool flushes() {
  if constexpr (Kind == PAPY_WORKER && requires { typename Entity::object; }) {
    return has_flush<typename Entity::object>;
  } else {
    return false;
  }
}

template <class Entity, papy_kind Kind, papy_flags Flags>
constexpr papy_worker make_worker(const char* name) {
  using Signature = typename Entity::call_signature;
  papy_worker worker{};
  worker.struct_size = sizeof(papy_worker);
  worker.name = name;
  worker.kind = Kind;
  worker.flags = flags_of<Entity>(Flags);
  worker.open = do_open<Entity>;
  worker.close = do_close<Entity>;
  if constexpr (Kind == PAPY_WORKER) {
    static_assert(Signature::any_number || Signature::values > 0,
                  "papy: a worker takes at least one value");
    worker.inputs_min = Signature::any_number ? 1 : Signature::values;
    worker.inputs_max = Signature::any_number ? 0 : Signature::values;
    worker.call = do_call<Entity>;
    worker.call_many = do_call_many<Entity>;
  } else if constexpr (Kind == PAPY_SINK) {
    static_assert(!Signature::any_number && Signature::values == 1, "papy: a sink takes one value");
    worker.inputs_min = worker.inputs_max = 1;
    worker.call = do_sink<Entity>;
  } else {
    static_assert(Signature::values == 0 && !Signature::any_number,
                  "papy: a source takes no values");
    worker.call = do_source<Entity, (Flags & PAPY_BLOCKS) != 0>;
  }
  if constexpr (requires { typename Entity::object; }) {
    using C = typename Entity::object;
    if constexpr (Kind == PAPY_WORKER) {
      if constexpr (has_flush<C>) worker.flush = do_member<Entity, &C::flush>;
      if constexpr (has_save<C>) worker.save = do_member<Entity, &C::save>;
      if constexpr (has_load<C>) worker.load = do_load<Entity>;
    } else if constexpr (Kind == PAPY_SOURCE) {
      if constexpr (has_cursor<C>) worker.cursor = do_cursor<Entity>;
      if constexpr (has_seek<C>) worker.seek = do_seek<Entity>;
      if constexpr (has_size<C>) worker.size = do_size<Entity>;
    } else {
      if constexpr (has_prepare<C>) worker.prepare = do_prepare<Entity>;
      if constexpr (has_commit<C>) worker.commit = do_commit<Entity>;
      if constexpr (has_rollback<C>) worker.rollback = do_rollback<Entity>;
      if constexpr (has_finish<C>) worker.finish = do_finish<Entity>;
    }
  } else {
    static_assert(Kind != PAPY_SOURCE, "papy: a source is a class");
  }
  return worker;
}

}  // namespace papy::detail

#endif  // PAPY_CPP_WORKER_HPP
