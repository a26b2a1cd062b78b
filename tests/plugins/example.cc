// A worked example of papy/plugin.hpp: every kind of function that it makes, in the shortest form.
#include <cstdint>
#include <map>
#include <optional>
#include <papy/plugin.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

PAPY_PLUGIN(example, "1.2.3", "MIT", "https://example.org");

// One value in, one out.
std::int64_t add_one(std::int64_t value) { return value + 1; }
PAPY_WORKER(add_one, "adds one", papy::pure);

// Two values: a piper with two inputs, or one with `consume: 2`.
std::string join(std::string_view left, std::string_view right) {
  return std::string(left) + "+" + std::string(right);
}
PAPY_WORKER(join, "joins two texts with a plus", papy::pure);

// Arguments: checked, documented, read once.
struct scale_args {
  PAPY_ARGS(scale_args,                                                               //
            (double, factor, papy::required, "what to multiply with"),                //
            (double, offset, 0.25, "what to add afterwards"),                         //
            (int, digits, 3, "digits to keep", papy::at_least(0), papy::at_most(9)),  //
            (std::string, round, "nearest", "which way", papy::one_of("nearest", "down")),
            (std::vector<std::string>, tags, {}, "not used"),
            (std::optional<std::int64_t>, limit, std::nullopt, "largest result"),
            (papy::path, table, "-", "a file"))
};
double scale(double value, const scale_args& args) { return value * args.factor + args.offset; }
PAPY_WORKER(scale, "scales a number", papy::pure);

// Structs are maps.
namespace reads {
struct record {
  std::string_view name;
  std::string_view sequence;
  std::optional<std::string_view> quality;
};
PAPY_FIELDS(record, name, sequence, quality)

// No value is a gap.
std::optional<record> keep_long(const record& read) {
  if (read.sequence.size() < 3) return std::nullopt;
  return read;
}
}  // namespace reads
PAPY_WORKER_AS(keep_long, reads::keep_long, "drops reads shorter than 3 bases");

// Zero to many values: `produce: any`.
papy::many<std::string> split(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const auto space = text.find(' ');
    if (space != 0) words.emplace_back(text.substr(0, space));
    text.remove_prefix(space == text.npos ? text.size() : space + 1);
  }
  return words;
}
PAPY_WORKER(split, "splits a text at its spaces", papy::pure);

void repeat(papy::any value, std::int64_t times, papy::out<papy::any>& out) {
  for (; times > 0; --times) out.emit(value);
}
PAPY_WORKER(repeat, "emits a value several times");

// All values there are, whatever they are.
std::int64_t how_many(const papy::inbox<>& values) {
  return static_cast<std::int64_t>(values.size());
}
PAPY_WORKER(how_many, "the number of values in the inbox");

// Failures.
std::int64_t half(std::int64_t value, papy::context& context) {
  if (value < 0) throw papy::fail(7, "is negative");
  if (value % 2 != 0 && context.attempt() < 3) throw papy::retry("is odd");
  return value / 2;
}
PAPY_WORKER(half, "half of an even number");

// State over the whole stream.
class word_count {
 public:
  void operator()(const std::string& word, papy::out<std::int64_t>&) { ++count_[word]; }
  std::map<std::string, std::int64_t> flush() { return count_; }
  std::map<std::string, std::int64_t> save() const { return count_; }
  void load(std::map<std::string, std::int64_t> count) { count_ = std::move(count); }

 private:
  std::map<std::string, std::int64_t> count_;
};
PAPY_WORKER(word_count, "counts words; says so at the end");

// A source of numbers that can be resumed.
class range {
 public:
  struct Args {
    PAPY_ARGS(Args, (std::int64_t, from, 0, "the first number"),
              (std::int64_t, to, papy::required, "the number behind the last"),
              (std::int64_t, bad, -1, "a number that fails"))
  };
  explicit range(const Args& args) : at_(args.from), to_(args.to), bad_(args.bad) {}

  std::optional<std::int64_t> next() {
    if (at_ >= to_) return std::nullopt;
    const std::int64_t value = at_++;
    if (value == bad_) throw papy::fail(std::to_string(value) + " is bad");
    return value;
  }
  std::int64_t cursor() const { return at_; }
  void seek(std::string_view cursor) { at_ = std::stoll(std::string(cursor)); }
  std::uint64_t size() const { return static_cast<std::uint64_t>(to_ - at_); }

 private:
  std::int64_t at_, to_, bad_;
};
PAPY_SOURCE(range, "the numbers of a range", papy::pure);

// A source that emits by itself.
class countdown {
 public:
  bool operator()(papy::out<std::int64_t>& out) {
    while (!out.full() && at_ > 0) out.emit(at_--);
    return at_ > 0;
  }

 private:
  std::int64_t at_ = 5;
};
PAPY_SOURCE(countdown, "5 to 1");

// A sink.
class into_log {
 public:
  explicit into_log(const papy::open_info& info) : name_(info.piper()) {}
  void operator()(std::string_view line) {
    papy::log(papy::level::info, name_ + ": " + std::string(line));
  }
  std::string prepare(std::uint64_t epoch) { return "epoch " + std::to_string(epoch); }
  void finish(bool ok) { papy::log(papy::level::info, ok ? "done" : "not done"); }

 private:
  std::string name_;
};
PAPY_SINK(into_log, "writes texts into the log");

// Everything that can be thrown.
std::string throws(const std::string& what) {
  if (what == "runtime_error") throw std::runtime_error("on purpose");
  if (what == "int") throw 7;
  if (what == "skip") throw papy::skip();
  if (what == "end") throw papy::end();
  if (what == "fatal") throw papy::fatal("no more", 3);
  if (what == "cancelled") throw papy::cancelled();
  return what;
}
PAPY_WORKER(throws, "throws what it is told");

void half_emitted(bool good, papy::out<int>& out) {
  out.emit(1);
  if (!good) throw std::runtime_error("after one");
  out.emit(2);
}
PAPY_WORKER(half_emitted, "emits one value, then another or a failure");

using place = std::tuple<std::string, std::uint64_t, std::uint32_t, std::uint32_t, bool>;
place where(papy::context& context, papy::any) {
  context.heartbeat();
  return {std::string(context.piper()), context.tasklet(), context.attempt(), context.slot(),
          context.cancelled()};
}
PAPY_WORKER(where, "which tasklet this is", papy::cancels | papy::local);

struct greet_args {
  PAPY_ARGS(greet_args, (std::string_view, greeting, "hello", "what to say"))
};
std::string greet(const greet_args& args, std::string_view name) {
  return std::string(args.greeting) + " " + std::string(name);
}
PAPY_WORKER(greet, "greets \"someone\"\tby name");

struct paths_args {
  PAPY_ARGS(paths_args, (papy::path, one, papy::required, "a file"),
            (std::vector<papy::path>, more, {}, "more files"))
};
std::vector<std::string> paths(papy::any, const paths_args& args) {
  std::vector<std::string> all{args.one.full};
  for (const papy::path& file : args.more) all.push_back(file.full);
  return all;
}
PAPY_WORKER(paths, "the paths that were given");

void zeros(std::uint32_t n, papy::out<papy::bytes>& out) {
  auto* packed = new papy::packed(papy::pack(std::vector<std::uint8_t>(n)));
  out.emit_owned(
      packed->data(), [](void* owner) { delete static_cast<papy::packed*>(owner); }, packed);
}
PAPY_WORKER(zeros, "n bytes");

bool measure(double value) {
  papy::count("example.sum", value);
  papy::gauge("example.last", value);
  return papy::scratch() != nullptr && papy::scratch()[0] == '/';
}
PAPY_WORKER(measure, "counts");
