// The worker functions of functions.yaml, each with the meaning of its Python expression.
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <papy/plugin.hpp>

#include "clock.h"
#include "python.h"

PAPY_PLUGIN(conformance, "1.0.0", "MIT", "https://example.org/papy");

namespace conformance {
namespace {

using namespace python;

/// The inbox as PaPy's functions got it: one element an input; with `consume` a list of lists.
Value nested(const papy::inbox<Value>& values) {
  if (values.consume() <= 1) return list({values.begin(), values.end()});
  List places;
  for (std::uint32_t place = 0; place < values.places(); ++place) {
    List inputs;
    for (std::uint32_t input = 0; input < values.width(); ++input)
      inputs.push_back(values.at(place, input));
    places.push_back(list(std::move(inputs)));
  }
  return list(std::move(places));
}

/// What an element function gets: the element of one input, or the elements of several side by
/// side.
Value element(const papy::inbox<Value>& values) {
  return values.size() == 1 ? values[0] : list({values.begin(), values.end()});
}

/// A worker of the inbox.
template <auto F>
Value of_inbox(const papy::inbox<Value>& values) {
  return F(nested(values));
}
/// A worker of the inbox and arguments.
template <auto F, class Args>
Value of_inbox_and(const papy::inbox<Value>& values, const Args& args) {
  return F(nested(values), args);
}
/// A function of one element.
template <auto F>
Value of_element(const papy::inbox<Value>& values) {
  return F(element(values));
}

Value number(int value) { return integer(value); }
Value first(const Value& inbox) { return at(inbox, 0); }

struct n_args {
  PAPY_ARGS(n_args, (Value, n, papy::required, "the other operand"))
};
struct linear_args {
  PAPY_ARGS(linear_args, (Value, m, papy::required, "the factor"),
            (Value, n, papy::required, "what is subtracted"))
};
struct tag_args {
  PAPY_ARGS(tag_args, (Value, t, papy::required, "the tag"))
};
struct bad_args {
  PAPY_ARGS(bad_args, (Value, bad, papy::required, "the value to fail at"))
};
struct sleep_args {
  PAPY_ARGS(sleep_args, (Value, bad, papy::required, "the value to sleep at"),
            (double, seconds, papy::required, "how long"))
};
struct any_args {
  PAPY_ARGS(any_args, (Value, args, {}, "arguments by place"),
            (Value, kwargs, {}, "arguments by name"))
};
struct pow_args {
  PAPY_ARGS(pow_args, (Value, y, papy::required, "the exponent"))
};
struct raise_args {
  PAPY_ARGS(raise_args, (std::string, kind, papy::required, "the kind of exception"))
};

// Numbers.

Value power2(const Value& inbox) { return multiply(first(inbox), first(inbox)); }
Value mul2(const Value& inbox) { return multiply(number(2), first(inbox)); }
Value add1(const Value& inbox) { return add(first(inbox), number(1)); }
Value addn(const Value& inbox, const n_args& args) { return add(first(inbox), args.n); }
Value muln(const Value& inbox, const n_args& args) { return multiply(first(inbox), args.n); }
Value powern(const Value& inbox, const n_args& args) { return power(first(inbox), args.n); }
Value linear(const Value& inbox, const linear_args& args) {
  return subtract(multiply(first(inbox), args.m), args.n);
}
Value inv12(const Value& inbox) { return floor_divide(number(12), first(inbox)); }
Value sumof2(const Value& inbox) { return add(at(inbox, 0), at(inbox, 1)); }
Value sumof3(const Value& inbox) { return add(sumof2(inbox), at(inbox, 2)); }
Value subtract_inputs(const Value& inbox) { return subtract(at(inbox, 0), at(inbox, 1)); }
Value sum2(const Value& inbox) { return add(at(at(inbox, 0), 0), at(at(inbox, 1), 0)); }
Value sumall(const Value& inbox) {
  Value total = number(0);
  for (const Value& place : elements(inbox)) total = add(total, at(place, 0));
  return total;
}
Value uses_helper(const Value& inbox) { return add(first(inbox), number(100)); }

// Shapes.

Value ident(const Value& inbox) { return first(inbox); }
Value collect(const Value& inbox) { return inbox; }
Value size(const Value& inbox) { return integer(static_cast<Integer>(elements(inbox).size())); }
Value pair10(const Value& inbox) {
  return list({first(inbox), multiply(first(inbox), number(10))});
}
Value triple(const Value& inbox) { return list({first(inbox), first(inbox), first(inbox)}); }
Value nothing(const Value&) { return none(); }
/// The elements of a sequence as so many values: what `produce` does with a result in PaPy.
papy::many<Value> each(const Value& value) { return elements(value); }

// Texts.

Value tag(const Value& inbox, const tag_args& args) {
  std::string joined;
  for (const Value& value : elements(inbox)) joined += (joined.empty() ? "" : ",") + str(value);
  return text(str(args.t) + "(" + joined + ")");
}
Value upper_case(const Value& inbox) { return upper(first(inbox)); }
Value e3(const Value& inbox) { return replace(first(inbox), "E", "3"); }
Value o0(const Value& inbox) { return replace(first(inbox), "O", "0"); }
Value l33t(const Value& inbox) { return replace(replace(first(inbox), "e", "3"), "o", "0"); }
Value l33ter(const Value& inbox) { return replace(first(inbox), "l", "1"); }
Value spaced(const Value& left, const Value& right) { return add(add(left, text(" ")), right); }
Value joinspace(const Value& inbox) { return spaced(at(inbox, 0), at(inbox, 1)); }
Value nimm2(const Value& inbox) { return spaced(at(at(inbox, 0), 0), at(at(inbox, 1), 0)); }
Value leetyuk(const Value& inbox) { return list({l33t(inbox), text("yuk")}); }
Value noyuk(const Value& inbox) { return spaced(at(at(inbox, 0), 0), at(at(inbox, 2), 0)); }

// Failures.

bool is_two(const Value& inbox) { return equal(first(inbox), number(2)); }
Value iserr(const Value& inbox) { return boolean(first(inbox).exception() != nullptr); }
Value anyerr(const Value& inbox) {
  for (const Value& value : elements(inbox)) {
    for (const Value& inner : value.list() != nullptr ? *value.list() : List{value})
      if (inner.exception() != nullptr) return boolean(true);
  }
  return boolean(false);
}
Value failon(const Value& inbox, const bad_args& args) {
  if (equal(first(inbox), args.bad)) raise("ValueError", "bad item");
  return first(inbox);
}
Value failall(const Value&) { raise("ValueError", "always"); }
Value stopiter(const Value& inbox) {
  if (is_two(inbox)) raise("StopIteration", "");
  return first(inbox);
}
Value attrerr(const Value& inbox) {
  if (is_two(inbox)) raise("AttributeError", "x");
  return first(inbox);
}
Value retexc(const Value& inbox) {
  return is_two(inbox) ? Value{Exception{"ValueError"}} : first(inbox);
}
Value badexc(const Value& inbox) {
  if (is_two(inbox)) raise("TwoArgError", "(1, 2)");
  return first(inbox);
}
/// Writes a byte that begins no msgpack value: what cannot be serialized is a result like that
/// here.
void unpicklable(const papy::inbox<Value>& values, papy::out<Value>& out) {
  const Value inbox = nested(values);
  if (!is_two(inbox)) return out.emit(first(inbox));
  constexpr std::uint8_t kNoValue[] = {0xc1};
  out.raw().raw(kNoValue);
  out.wrote();
}
Value die(const Value& inbox, const bad_args& args) {
  if (equal(first(inbox), args.bad)) _exit(3);
  return first(inbox);
}
Value sysexit(const Value& inbox, const bad_args& args) {
  if (equal(first(inbox), args.bad)) raise("SystemExit", "3");
  return first(inbox);
}
/// An error object in the inbox of a case: fails in its place.
Value raised(const Value&, const raise_args& args) { raise(args.kind, "from the inbox"); }

// Time and processes.

Value sleepfor(const papy::inbox<Value>& values, papy::context& context) {
  Value seconds = first(nested(values));
  sleep(python::number(seconds, "a float is required"), context);
  return seconds;
}
Value sleepon(const papy::inbox<Value>& values, const sleep_args& args, papy::context& context) {
  Value value = first(nested(values));
  if (equal(value, args.bad)) sleep(args.seconds, context);
  return value;
}
Value pid(const Value&) { return integer(getpid()); }
Value slowpid(const papy::inbox<>&, papy::context& context) {
  sleep(0.05, context);
  return integer(getpid());
}

// Element functions.

Value m_ident(const Value& x) { return x; }
Value m_add1(const Value& x) { return add(x, number(1)); }
Value m_sub1(const Value& x) { return subtract(x, number(1)); }
Value m_inv12(const Value& x) { return floor_divide(number(12), x); }
Value m_sleep(const papy::inbox<Value>& values, papy::context& context) {
  Value x = element(values);
  sleep(python::number(x, "a float is required"), context);
  return x;
}
Value m_sleepn(const papy::inbox<Value>& values, papy::context& context) {
  const Value x = element(values);
  sleep(python::number(at(x, 0), "a float is required"), context);
  return at(x, 1);
}
Value m_args(const papy::inbox<Value>& values, const any_args& args) {
  List named;
  if (const Dict* dict = args.kwargs.dict()) {
    for (std::size_t i = 0; i < dict->keys.size(); ++i)
      named.push_back(list({dict->keys[i], dict->values[i]}));
  }
  std::sort(named.begin(), named.end(), [](const Value& a, const Value& b) {
    return str(a.list()->front()) < str(b.list()->front());
  });
  const List placed = args.args.list() != nullptr ? *args.args.list() : List{};
  return list({element(values), list(placed), list(named)});
}
Value helper100(const Value& x) { return add(x, number(100)); }
Value math_pow(const papy::inbox<Value>& values, const pow_args& args) {
  constexpr const char* kWanted = "a float is required";
  return real(std::pow(python::number(element(values), kWanted), python::number(args.y, kWanted)));
}

}  // namespace
}  // namespace conformance

// They end at once, so that a time limit may stand on a chain of them.
static constexpr papy_flags kAtOnce = papy::pure | papy::cancels;

#define INBOX_WORKER(name, function, summary) \
  PAPY_WORKER_AS(name, conformance::of_inbox<conformance::function>, summary, kAtOnce)
#define ELEMENT_WORKER(name) \
  PAPY_WORKER_AS(name, conformance::of_element<conformance::name>, "of one element", kAtOnce)
// An alias, so that the macro sees no comma between template arguments.
#define ARGS_WORKER(name, args_type, summary)                                \
  static constexpr auto name##_with_args =                                   \
      &conformance::of_inbox_and<conformance::name, conformance::args_type>; \
  PAPY_WORKER_AS(name, name##_with_args, summary, kAtOnce)

INBOX_WORKER(ident, ident, "the first input unchanged");
INBOX_WORKER(power2, power2, "the square");
INBOX_WORKER(mul2, mul2, "the double; a text twice");
INBOX_WORKER(add1, add1, "one more");
ARGS_WORKER(addn, n_args, "n more");
ARGS_WORKER(muln, n_args, "n times as much");
ARGS_WORKER(powern, n_args, "to the power of n");
ARGS_WORKER(linear, linear_args, "m times as much, less n");
INBOX_WORKER(inv12, inv12, "12 // value");
INBOX_WORKER(sumof2, sumof2, "adds two inputs");
INBOX_WORKER(sumof3, sumof3, "adds three inputs");
INBOX_WORKER(subtract, subtract_inputs, "the first input less the second");
INBOX_WORKER(sum2, sum2, "adds two places");
INBOX_WORKER(sumall, sumall, "adds all places");
INBOX_WORKER(collect, collect, "the inbox as it is");
INBOX_WORKER(size, size, "the length of the inbox");
INBOX_WORKER(pair10, pair10, "[value, ten times the value]");
INBOX_WORKER(triple, triple, "[value, value, value]");
ARGS_WORKER(tag, tag_args, "t(inputs)");
INBOX_WORKER(upper, upper_case, "large letters");
INBOX_WORKER(e3, e3, "3 for E");
INBOX_WORKER(o0, o0, "0 for O");
INBOX_WORKER(l33t, l33t, "3 for e and 0 for o");
INBOX_WORKER(l33ter, l33ter, "1 for l");
INBOX_WORKER(joinspace, joinspace, "two inputs with a space between");
INBOX_WORKER(nimm2, nimm2, "two places with a space between");
INBOX_WORKER(leetyuk, leetyuk, "[l33t, 'yuk']");
INBOX_WORKER(noyuk, noyuk, "the first and third place with a space between");
INBOX_WORKER(none, nothing, "None");
INBOX_WORKER(iserr, iserr, "whether the first input is an error object");
INBOX_WORKER(anyerr, anyerr, "whether an error object is anywhere in the inbox");
ARGS_WORKER(failon, bad_args, "raises ValueError on one value");
INBOX_WORKER(failall, failall, "raises ValueError");
INBOX_WORKER(stopiter, stopiter, "raises StopIteration at 2");
INBOX_WORKER(attrerr, attrerr, "raises AttributeError at 2");
INBOX_WORKER(retexc, retexc, "returns an exception object at 2");
ARGS_WORKER(die, bad_args, "ends its process without a word");
ARGS_WORKER(sysexit, bad_args, "raises SystemExit on one value");
INBOX_WORKER(badexc, badexc, "raises an exception of two arguments at 2");
INBOX_WORKER(pid, pid, "number of the process");
INBOX_WORKER(uses_helper, uses_helper, "100 more, by way of another function");
INBOX_WORKER(twin, uses_helper, "100 more");
ARGS_WORKER(raised, raise_args, "raises what the case says");
PAPY_WORKER_AS(unpicklable, conformance::unpicklable, "a result that is no msgpack at 2");
PAPY_WORKER_AS(each, conformance::each, "the elements of a sequence, one by one", kAtOnce);
PAPY_WORKER_AS(sleepfor, conformance::sleepfor, "sleeps as long as the value says", papy::cancels);
PAPY_WORKER_AS(sleepon, conformance::sleepon, "sleeps on one value", papy::cancels);
PAPY_WORKER_AS(slowpid, conformance::slowpid, "number of the process, late", papy::cancels);

ELEMENT_WORKER(m_ident);
ELEMENT_WORKER(m_add1);
ELEMENT_WORKER(m_sub1);
PAPY_WORKER_AS(m_sum, conformance::of_element<conformance::sum>, "the sum", kAtOnce);
ELEMENT_WORKER(m_inv12);
PAPY_WORKER_AS(m_sleep, conformance::m_sleep, "sleeps as long as the value says", papy::cancels);
PAPY_WORKER_AS(m_sleepn, conformance::m_sleepn, "[seconds, value]", papy::cancels);
PAPY_WORKER_AS(m_args, conformance::m_args, "shows its arguments", kAtOnce);
PAPY_WORKER_AS(m_pid, conformance::of_element<conformance::pid>, "number of the process");
ELEMENT_WORKER(helper100);
PAPY_WORKER_AS(math_pow, conformance::math_pow, "pow() of C", kAtOnce);
