// Functions that break in every way there is, each at the items that its document names: what a
// pool of processes must outlive. They add one to each number, so that a result shows that it was
// computed.
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <map>
#include <new>
#include <papy/plugin.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

PAPY_PLUGIN(faulty, "1", "MIT", "");

namespace {

constexpr std::size_t kMiB = 1 << 20;

volatile std::uintptr_t nowhere = 8;
volatile bool for_ever = true;

void say(std::string_view text) {
  fprintf(stderr, "%.*s\n", static_cast<int>(text.size()), text.data());
}

// Deeper than any stack.
std::int64_t dive(std::int64_t depth) {
  volatile char page[1 << 12];
  page[0] = static_cast<char>(depth);
  return depth == 0 ? 0 : dive(depth - 1) + page[0];
}

// Through a pointer that the compiler cannot see through.
void free_twice() {
  void (*volatile release)(void*) = std::free;
  void* const memory = std::malloc(64);
  release(memory);
  release(memory);
}

void throw_an_error() { throw std::runtime_error("on purpose"); }

void throw_through_noexcept() noexcept { throw_an_error(); }

void wait_for_ever() {
  while (for_ever) pause();
}

void spin_for_ever() {
  while (for_ever) {
  }
}

void block_all_signals() {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

// Every page is touched: memory that nobody uses costs nothing.
void eat(std::size_t bytes) {
  static std::vector<char*> eaten;
  eaten.push_back(new char[bytes]);
  for (std::size_t at = 0; at < bytes; at += 4096) eaten.back()[at] = 1;
}

// A grandchild of its own session, whose parent does not wait for it.
void leave_a_daemon() {
  if (fork() != 0) return;
  setsid();
  if (fork() != 0) _exit(0);
  wait_for_ever();
}

// Until somebody opens the pipe `go` for writing.
void wait_at_the_gate() {
  say("at the gate: " + std::to_string(getpid()));
  while (open("go", O_RDONLY | O_CLOEXEC) < 0) {
    if (errno != EINTR) throw papy::fail(errno, std::strerror(errno));
  }
}

// Files in folders, a folder that may not be entered, and links out of it.
void fill_scratch() {
  const char* const folder = papy::scratch();
  const int at = folder == nullptr ? -1 : open(folder, O_DIRECTORY | O_CLOEXEC);
  if (at < 0) throw papy::fail("no scratch directory");
  for (const char* name : {"a", "a/b", "a/b/c"}) mkdirat(at, name, 0700);
  close(openat(at, "a/b/file", O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  if (symlinkat("/proc/self/cwd", at, "a/link") != 0 && errno != EEXIST)
    throw papy::fail("no link");
  fchmodat(at, "a/b", 0, 0);
  close(at);
  say("scratch: " + std::string(folder));
}

void leave_a_child() {
  if (fork() == 0) wait_for_ever();
}

// Nothing comes through any more, and nobody is told.
void cut_off() {
  for (int fd = 3; fd < 64; ++fd) shutdown(fd, SHUT_RDWR);
}

// Over the page that says where the process is.
void scribble_and_abort() {
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    if (line.find("papy-slot") == std::string::npos) continue;
    const std::size_t dash = line.find('-');
    const auto begin = std::stoull(line.substr(0, dash), nullptr, 16);
    const auto end = std::stoull(line.substr(dash + 1), nullptr, 16);
    std::memset(reinterpret_cast<void*>(begin), 0xff, end - begin);
  }
  std::abort();
}

struct own_type {};

bool corrupt = false;

const std::map<std::string_view, std::function<void()>>& deeds() {
  static const std::map<std::string_view, std::function<void()>> all = {
      {"segfault", [] { *reinterpret_cast<volatile int*>(nowhere) = 0; }},
      {"abort", [] { std::abort(); }},
      {"exit", [] { std::exit(0); }},
      {"leave", [] { _exit(7); }},
      {"kill", [] { raise(SIGKILL); }},
      {"terminate", [] { raise(SIGTERM); }},
      {"dive", [] { dive(1 << 30); }},
      {"free-twice", free_twice},
      {"say-and-die",
       [] {
         printf("this is stdout\n");
         fflush(stdout);
         say("this is stderr");
         std::abort();
       }},
      {"close-all", [] { close_range(3, ~0U, 0); }},
      {"cut-off", cut_off},
      {"scribble", scribble_and_abort},
      {"throw", throw_an_error},
      {"throw-int", [] { throw 7; }},
      {"throw-own", [] { throw own_type(); }},
      {"throw-noexcept", throw_through_noexcept},
      {"loop", spin_for_ever},
      {"loop-blocked",
       [] {
         block_all_signals();
         spin_for_ever();
       }},
      {"ignore-term",
       [] {
         signal(SIGTERM, SIG_IGN);
         wait_for_ever();
       }},
      {"stop", [] { raise(SIGSTOP); }},
      {"pause",
       [] {
         say("pausing");
         wait_for_ever();
       }},
      {"eat",
       [] {
         while (for_ever) eat(kMiB);
       }},
      {"eat-at-once", [] { eat(std::size_t{50} << 30); }},
      {"eat-300-MiB", [] { eat(300 * kMiB); }},
      {"leak", [] { eat(kMiB); }},
      {"use-cpu", spin_for_ever},
      {"open-files",
       [] {
         while (for_ever) {
           if (open("/dev/null", O_RDONLY | O_CLOEXEC) < 0)
             throw papy::fail(errno, std::strerror(errno));
         }
       }},
      {"daemon", leave_a_daemon},
      {"child", leave_a_child},
      {"daemon-and-pause",
       [] {
         leave_a_daemon();
         say("pausing");
         wait_for_ever();
       }},
      {"thread", [] { std::thread(wait_for_ever).detach(); }},
      {"kill-parent", [] { kill(getppid(), SIGKILL); }},
      {"corrupt", [] { corrupt = true; }},
      {"gate", wait_at_the_gate},
      {"scratch", fill_scratch},
      {"stick",
       [] {
         struct stat about {};
         stat("stuck/anything", &about);
       }},
      {"umask",
       [] {
         umask(0777);
         setlocale(LC_ALL, "");
         if (chdir("/") != 0) throw papy::fail("cannot go there");
       }},
      {"print",
       [] {
         printf("printed\n");
         fflush(stdout);
       }},
      {"shout",
       [] {
         const std::string line(100, 'a');
         for (int i = 0; i < 2000; ++i) say(line);
       }},
  };
  return all;
}

void do_deed(const std::string& how) {
  const auto found = deeds().find(how);
  if (found == deeds().end()) throw papy::fatal("there is no deed '" + how + "'");
  found->second();
}

struct deed_args {
  PAPY_ARGS(deed_args, (std::string, how, papy::required, "what happens"),
            (std::vector<std::int64_t>, at, {}, "the items at which it does; none: at all of them"))
  bool meet(std::int64_t value) const {
    return at.empty() || std::find(at.begin(), at.end(), value) != at.end();
  }
};

}  // namespace

std::int64_t deed(std::int64_t value, const deed_args& args) {
  if (corrupt) *reinterpret_cast<volatile int*>(nowhere) = 0;  // of an item before this one
  if (args.meet(value)) do_deed(args.how);
  return value + 1;
}
PAPY_WORKER(deed, "adds one, and does what it is told");

void spread(std::int64_t value, const deed_args& args, papy::out<std::int64_t>& out) {
  for (std::int64_t i = 0; i < value % 3; ++i) out.emit(value);
  if (args.meet(value)) do_deed(args.how);
}
PAPY_WORKER(spread, "emits each number as often as its remainder by 3 says");

std::int64_t total(const papy::inbox<std::int64_t>& values, const deed_args& args) {
  std::int64_t sum = 0;
  for (const std::int64_t value : values) {
    if (args.meet(value)) do_deed(args.how);
    sum += value;
  }
  return sum;
}
PAPY_WORKER(total, "the sum of an inbox");

// Bytes as they are.
papy::packed raw(std::int64_t value, const deed_args& args) {
  if (!args.meet(value)) return papy::packed(papy::pack(value + 1));
  std::string bytes = args.how;
  if (bytes == "garbage") bytes = "\xc1\xc1\xc1";
  if (bytes == "truncated") bytes = std::string("\xcd\x01", 2);
  if (bytes == "trailing") bytes = "\x01\xc1";
  if (bytes == "two") bytes = "\x01\x02";
  if (bytes == "deep") bytes = std::string(100'000, '\x91');
  if (bytes == "bomb") bytes = std::string("\xdd\xff\xff\xff\xff", 5);
  if (bytes == "huge-text")
    bytes = std::string(
        "\xdb\xff\xff\xff\xff"
        "abc",
        8);
  if (bytes == "nothing") bytes.clear();
  return papy::packed(bytes);
}
PAPY_WORKER(raw, "emits bytes that are not msgpack");

// State over the stream.
class running {
 public:
  using Args = deed_args;
  explicit running(const deed_args& args) : args_(args) {}
  std::int64_t operator()(std::int64_t value) {
    if (args_.meet(value)) do_deed(args_.how);
    return sum_ += value;
  }

 protected:
  deed_args args_;
  std::int64_t sum_ = 0;
};

class running_saved : public running {
 public:
  explicit running_saved(const deed_args& args) : running(args) {}
  std::int64_t save() const { return sum_; }
  void load(std::int64_t sum) { sum_ = sum; }
};

PAPY_WORKER_AS(running, running, "the running total; its state cannot be saved", papy::serial);
PAPY_WORKER_AS(running_saved, running_saved, "the running total", papy::serial);

// Does its deed when it is opened, closed, saved or flushed.
struct when_args {
  PAPY_ARGS(when_args, (std::string, how, papy::required, "what happens"),
            (std::string, when, papy::required, "when it does",
             papy::one_of("open", "close", "save", "load", "flush")))
};

// The item `at` waits at the gate, which the last of the others opens: a file counts them.
struct gather_args {
  PAPY_ARGS(gather_args, (std::int64_t, at, papy::required, "the item that waits"),
            (std::int64_t, of, papy::required, "number of items"))
};

std::int64_t gather(std::int64_t value, const gather_args& args) {
  if (value == args.at) {
    wait_at_the_gate();
    return value + 1;
  }
  const int file = open("evaluated", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (write(file, "x", 1) != 1) throw papy::fail(errno, std::strerror(errno));
  struct stat about {};
  fstat(file, &about);
  close(file);
  if (about.st_size == args.of - 1) open("go", O_WRONLY | O_CLOEXEC);
  return value + 1;
}
PAPY_WORKER(gather, "adds one; one item waits until all others are evaluated");

struct busy_args {
  PAPY_ARGS(busy_args, (std::int64_t, us, papy::required, "microseconds of work"))
};

std::int64_t busy(std::int64_t value, const busy_args& args) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::microseconds(args.us);
  while (std::chrono::steady_clock::now() < end) {
  }
  return value;
}
PAPY_WORKER(busy, "works for a while, and returns what it got");

// Says who it is, so that processes can be told from each other.
std::int64_t who(std::int64_t) { return getpid(); }
PAPY_WORKER(who, "the id of its process");

std::int64_t shaky(std::int64_t value, const deed_args& args, papy::context& context) {
  if (args.meet(value) && context.attempt() < 3) do_deed(args.how);
  return value + 1;
}
PAPY_WORKER(shaky, "as `deed`, but for the third attempt, which goes well");

class opened {
 public:
  using Args = when_args;
  explicit opened(const when_args& args) : args_(args) { at("open"); }
  ~opened() {
    if (args_.when == "close") do_deed(args_.how);
  }
  opened(const opened&) = delete;
  std::int64_t operator()(std::int64_t value) { return value + 1; }

 protected:
  void at(std::string_view when) const {
    if (args_.when == when) do_deed(args_.how);
  }
  when_args args_;
};
PAPY_WORKER_AS(opened, opened, "does what it is told when it is opened or closed");

class flushed : public opened {
 public:
  explicit flushed(const when_args& args) : opened(args) {}
  std::int64_t operator()(std::int64_t value) { return sum_ += value; }
  std::int64_t flush() const {
    at("flush");
    return sum_;
  }
  std::int64_t save() const {
    at("save");
    return sum_;
  }
  void load(std::int64_t sum) {
    at("load");
    sum_ = sum;
  }

 private:
  std::int64_t sum_ = 0;
};
PAPY_WORKER_AS(flushed, flushed, "as `opened`, with state", papy::serial);

// What plugin.hpp would not let anybody do.
namespace {

papy_status emit_null(void*, papy_call* call) { return call->emit(call, nullptr, 1 << 12); }

papy_status move_back(void*, papy_call* call) {
  call->cur -= 64;
  return PAPY_OK;
}

papy_status move_beyond(void*, papy_call* call) {
  call->cur = call->end + 64;
  return PAPY_OK;
}

constexpr papy_worker raw_worker(const char* name, papy_status (*entry)(void*, papy_call*)) {
  papy_worker worker{};
  worker.struct_size = sizeof worker;
  worker.name = name;
  worker.inputs_min = worker.inputs_max = 1;
  worker.call = entry;
  return worker;
}

}  // namespace

#define FAULTY_RAW(name)                                                                         \
  PAPY_METADATA(name, "{\"function\":\"" #name                                                   \
                      "\",\"kind\":\"worker\",\"flags\":[],\"inputs_min\":1,\"inputs_max\":1}"); \
  extern "C" PAPY_EXPORT const papy_worker* papy_worker_##name() {                               \
    static constexpr papy_worker worker = raw_worker(#name, name);                               \
    return &worker;                                                                              \
  }
FAULTY_RAW(emit_null)
FAULTY_RAW(move_back)
FAULTY_RAW(move_beyond)
