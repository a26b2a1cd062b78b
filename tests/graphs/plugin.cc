// The functions of the random graphs, as a plugin: each does what its args say, as said.h has it.
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <papy/plugin.hpp>
#include <string>
#include <string_view>

#include "said.h"

PAPY_PLUGIN(graphs, "1.0.0", "MIT", "https://example.org/graphs");

namespace papy::graphs {
namespace {

struct habit_args {
  PAPY_ARGS(habit_args,  //
            (std::uint64_t, salt, 0, "what makes it differ from others"),
            (std::uint32_t, fails, 0, "percent of the tasklets"),
            (std::uint32_t, skips, 0, "percent of the tasklets"),
            (std::uint32_t, transient, 0, "percent; these fail until a random attempt"),
            (bool, errors, false, "fails by an error that need not be tried again"),
            (bool, any, false, "emits 0 to `most` values"), (std::uint32_t, most, 3, "see any"),
            (std::uint32_t, n, 1, "how many values it emits"),
            (std::optional<std::uint64_t>, end_at, std::nullopt, "says END from this tasklet on"),
            (bool, end_emits, true, "and emits its last values with it"),
            (std::uint32_t, padding, 0, "0: items are integers, else texts of about that size"),
            (std::uint32_t, dies, 0, "percent; these end their process"),
            (std::uint32_t, fatal, 0, "percent of those; whenever they are called"),
            (std::uint32_t, most_deaths, 1, "how often the others do so"),
            (std::string, marks, "", "the folder where deaths are counted"),
            (bool, lies, false, "changes a value now and then: for tests of the test"))
};

Habit habit_of(const habit_args& args, bool remembers) {
  return {.salt = args.salt,
          .fails = args.fails,
          .skips = args.skips,
          .transient = args.transient,
          .errors = args.errors,
          .any = args.any,
          .most = args.most,
          .n = args.n,
          .end_at = args.end_at,
          .end_emits = args.end_emits,
          .remembers = remembers,
          .dies = args.dies,
          .fatal = args.fatal,
          .most_deaths = args.most_deaths};
}

[[noreturn]] void end_process(int status) {
  if (WIFEXITED(status)) _exit(WEXITSTATUS(status));
  if (WTERMSIG(status) == SIGABRT) std::abort();
  while (true) kill(getpid(), WTERMSIG(status));
}

/// Ends the process unless it did so often enough: what was done is seen by the next one in a file
/// that is there.
void meet(const Doom& doom, const std::string& mark) {
  for (std::uint32_t n = 0; n < doom.times; ++n) {
    const std::string path = mark + "-" + std::to_string(n);
    const int file = open(path.c_str(), O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0) continue;
    close(file);
    end_process(doom.status);
  }
}

std::string mark_of(const habit_args& args, const std::string& what, std::uint64_t number) {
  return args.marks + "/" + std::to_string(args.salt) + what + std::to_string(number);
}

std::uint64_t item_of(any value, std::uint32_t padding) {
  return padding == 0 ? value.as<std::uint64_t>() : number_of(value.as<std::string_view>());
}

void emit(out<>& out, std::uint64_t number, std::uint32_t padding) {
  const packed value = padding == 0 ? pack(number) : pack(padded(number, padding));
  out.emit(value.view());
}

/// Ends a call that was not simply good.
void end_call(const Said& said) {
  switch (said.status) {
    case Status::ok:
      return;
    case Status::skip:
      throw skip();
    case Status::end:
      throw end();
    case Status::error:
      throw failure(PAPY_ERROR, said.code, std::string(kMessage));
    case Status::retry:
      throw retry(std::string(kMessage), said.code);
    case Status::fail:
      throw fail(said.code, std::string(kMessage));
  }
}

void evaluate(const habit_args& args, const inbox<>& values, context& context, out<>& out,
              std::uint64_t* state) {
  Handed handed{.values = {},
                .width = values.width(),
                .places = values.places(),
                .consume = values.consume(),
                .tasklet = context.tasklet(),
                .attempt = context.attempt()};
  for (const any value : values) handed.values.push_back(item_of(value, args.padding));
  const Habit habit = habit_of(args, state != nullptr);
  meet(doom_of(habit, handed), mark_of(args, "-", handed.tasklet));
  Said said = say(habit, handed, state);
  if (args.lies && context.tasklet() % 3 == 2 && !said.values.empty()) said.values[0] ^= 1;
  for (const std::uint64_t value : said.values) emit(out, value, args.padding);
  end_call(said);
}

void say_plainly(const habit_args& args, const inbox<>& values, context& context, out<>& out) {
  evaluate(args, values, context, out, nullptr);
}

/// Of which every slot has its own.
class say_by_slot {
 public:
  using args = habit_args;
  explicit say_by_slot(const args& args) : args_(args) {}
  void operator()(const inbox<>& values, context& context, out<>& out) {
    evaluate(args_, values, context, out, nullptr);
  }

 private:
  const args args_;
};

class remember {
 public:
  using args = habit_args;
  explicit remember(const args& args) : args_(args) {}
  void operator()(const inbox<>& values, context& context, out<>& out) {
    evaluate(args_, values, context, out, &state_);
  }
  std::uint64_t save() const { return state_; }
  void load(std::uint64_t state) { state_ = state; }

 private:
  const args args_;
  std::uint64_t state_ = 0;
};

class remember_and_tell {
 public:
  using args = habit_args;
  remember_and_tell(const args& args, const open_info& info)
      : args_(args), replica_(info.replica()) {}
  void operator()(const inbox<>& values, context& context, out<>& out) {
    evaluate(args_, values, context, out, &state_);
  }
  void flush(out<>& out) {
    const Habit habit = habit_of(args_, true);
    meet(doom_at_the_end(habit, replica_), mark_of(args_, "-end-", replica_));
    for (const std::uint64_t value : say_at_the_end(habit, replica_, state_))
      emit(out, value, args_.padding);
  }
  std::uint64_t save() const { return state_; }
  void load(std::uint64_t state) { state_ = state; }

 private:
  const args args_;
  const std::uint32_t replica_;
  std::uint64_t state_ = 0;
};

class read_source {
 public:
  struct Args {
    PAPY_ARGS(Args, (std::uint64_t, salt, 0, "what makes it differ from others"),
              (std::uint64_t, length, required, "how many items"),
              (std::uint32_t, fails, 0, "percent of the items"),
              (std::uint32_t, skips, 0, "percent of the items"),
              (std::uint32_t, padding, 0, "0: items are integers, else texts of about that size"))
  };
  explicit read_source(const Args& args)
      : source_{args.salt, args.length, args.fails, args.skips}, padding_(args.padding) {}

  std::optional<packed> next() {
    if (at_ == source_.length) return std::nullopt;
    const Said said = read(source_, at_++);
    end_call(said);
    return padding_ == 0 ? pack(said.values[0]) : pack(padded(said.values[0], padding_));
  }
  std::uint64_t cursor() const { return at_; }
  void seek(std::string_view cursor) { at_ = number_of(cursor); }
  std::uint64_t size() const { return source_.length; }

 private:
  const Source source_;
  const std::uint32_t padding_;
  std::uint64_t at_ = 0;
};

}  // namespace
}  // namespace papy::graphs

PAPY_WORKER_AS(say, papy::graphs::say_plainly, "says what its args have it say");
PAPY_WORKER_AS(say_by_slot, papy::graphs::say_by_slot, "the same, one instance a slot");
PAPY_WORKER_AS(remember, papy::graphs::remember, "the same, and what it saw before counts");
PAPY_WORKER_AS(remember_and_tell, papy::graphs::remember_and_tell,
               "the same, and it has more to say at the end");
PAPY_SOURCE_AS(read, papy::graphs::read_source, "items, some of which fail or are left out");
