#include "pool/slot_loop.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <map>
#include <memory>
#include <optional>
#include <tuple>
#include <utility>

#include "base/descriptor.h"
#include "plugin/host.h"
#include "plugin/library.h"
#include "pool/arena_view.h"
#include "pool/bundle.h"
#include "pool/instances.h"
#include "pool/message.h"
#include "pool/opening.h"
#include "pool/saved_state.h"
#include "pool/slot_page.h"
#include "pool/socket.h"
#include "pool/task_message.h"

namespace papy {
namespace {

/// Exit codes of a slot's process; the engine goes by what it was told before.
constexpr int kEnded = 0;
constexpr int kCannotWork = 1;
constexpr int kEngineGone = 2;
constexpr int kOutOfMemory = 3;

/// Nanoseconds that a result waits for others at most, when the next task is there already.
constexpr std::uint64_t kWorthAMessage = 200'000;

/// Share of its memory limit from which on a process is replaced when it is convenient.
constexpr double kTired = 0.75;

/// Bytes of data and stack, which is what the limit counts; 0: not known.
std::uint64_t memory_in_use() {
  const Descriptor statm(open("/proc/self/statm", O_RDONLY | O_CLOEXEC));
  char text[128] = {};
  if (read(statm.get(), text, sizeof text - 1) <= 0) return 0;
  unsigned long data = 0;  // the sixth number, in pages
  if (std::sscanf(text, "%*s %*s %*s %*s %*s %lu", &data) != 1) return 0;
  return data * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

void say(std::string_view level, std::string_view text) {
  fmt::print(stderr, "{}: {}\n", level, text);
}

Host::Settings host_settings(const SlotSettings& settings, const std::atomic<int>& least) {
  static constexpr const char* kNames[] = {"debug", "info", "warning", "error"};
  return {.log =
              [&least](int level, std::string_view text) {
                level = std::clamp(level, 0, 3);
                if (level >= least) say(kNames[level], text);
              },
          .scratch = settings.scratch};
}

/// The page that the engine sees, or one of our own when there is none.
SlotPage* map_page(int descriptor) {
  void* const memory =
      mmap(nullptr, sizeof(SlotPage), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  return memory == MAP_FAILED ? new SlotPage : static_cast<SlotPage*>(memory);
}

/// A group that this slot evaluates.
struct OpenGroup {
  Opening opening;
  /// Of each replica; of pipers without state there is one.
  std::map<std::uint32_t, std::unique_ptr<Evaluator>> evaluators;
  std::map<std::uint32_t, StateSaver> savers;  // of SERIAL pipers
};

class SlotProcess {
 public:
  explicit SlotProcess(const SlotSettings& settings)
      : settings_(settings),
        socket_(context_, zmq::socket_type::dealer),
        page_(map_page(settings.page)),
        arenas_(settings.arenas),
        host_(settings.program, host_settings(settings, log_level_)),
        libraries_(host_.raw()) {}

  int run();

 private:
  using Done = std::optional<int>;  // an exit code when the process ends

  void send(const FromSlot& message);
  void flush();
  Done take(Bytes message);
  Done trouble(const std::string& text);
  bool wait();
  Done on(const WelcomeMessage& message);
  Done on(const RefusedMessage& message);
  Done on(const OpenMessage& message);
  Done on(const TaskMessage& message);
  Done on(const CloseMessage& message);
  Result<Evaluator*> evaluator_of(OpenGroup& group, const TaskMessage& message);
  Result<const papy_worker*> find(const FunctionUse& use);
  void note_outside_of_calls(TaskId task);
  bool is_memory_short() const;
  void end_if_memory_is_short();

  const SlotSettings settings_;
  zmq::context_t context_;
  zmq::socket_t socket_;
  SlotPage* const page_;
  ArenaView arenas_;  // before the evaluators go
  std::atomic<int> log_level_{0};
  Host host_;
  Libraries libraries_;
  std::atomic<bool> cancelled_{false};
  Bundle outgoing_;
  std::uint64_t oldest_ = 0;  // when the first of them was said, CLOCK_MONOTONIC in ns
  WelcomeMessage welcome_;
  std::unique_ptr<PluginCall> save_call_;
  std::map<GroupId, OpenGroup> groups_;
  std::unique_ptr<Instances> instances_;  // before the libraries go, after the evaluators
};

int SlotProcess::run() {
  prepare(socket_);
  socket_.set(zmq::sockopt::routing_id, settings_.name);
  socket_.set(zmq::sockopt::immediate, 1);
  socket_.connect(settings_.endpoint);
  send(HelloMessage{.program = settings_.program,
                    .pid = static_cast<std::uint64_t>(getpid()),
                    .page = true,
                    .shared = arenas_.map().has_value()});
  flush();
  while (true) {
    while (const auto message = receive_now(socket_)) {
      for (const Bytes bytes : messages_in(papy::bytes_of(*message))) {
        if (const Done code = take(bytes)) return *code;
      }
      flush();
    }
    if (!wait()) return kEngineGone;
  }
}

/// Sleeps until a message is there. False: the engine is gone.
bool SlotProcess::wait() {
  zmq::pollitem_t items[] = {{socket_.handle(), 0, ZMQ_POLLIN, 0},
                             {nullptr, settings_.control, ZMQ_POLLIN, 0}};
  try {
    zmq::poll(items, 2, std::chrono::milliseconds(-1));
  } catch (const zmq::error_t& failed) {
    if (failed.num() != EINTR) throw;
    return true;
  }
  return items[1].revents == 0;
}

/// Says why nothing goes on here, and waits to be told to end: a process that ended by itself would
/// look like one that crashed.
SlotProcess::Done SlotProcess::trouble(const std::string& text) {
  send(ErrorMessage{text});
  return std::nullopt;
}

/// What is said waits for what is said next, as long as that takes next to no time.
void SlotProcess::send(const FromSlot& message) {
  const std::uint64_t now = monotonic_ns();
  if (outgoing_.empty()) oldest_ = now;
  outgoing_.add(encode(message));
  if (outgoing_.is_full() || now - oldest_ > kWorthAMessage) flush();
}

void SlotProcess::flush() {
  if (!outgoing_.empty()) socket_.send(frame_of(outgoing_.take()), zmq::send_flags::none);
}

SlotProcess::Done SlotProcess::take(Bytes bytes) {
  auto message = decode_to_slot(bytes);
  if (!message) return trouble("received " + message.error().text);
  return std::visit([this](const auto& m) { return on(m); }, *message);
}

SlotProcess::Done SlotProcess::on(const WelcomeMessage& message) {
  welcome_ = message;
  log_level_ = message.log_level;
  save_call_ = std::make_unique<PluginCall>(host_.raw(), &cancelled_, kMaxSavedState);
  instances_ = std::make_unique<Instances>([this](const FunctionUse& use) { return find(use); },
                                           host_.raw(), message.base);
  return std::nullopt;
}

SlotProcess::Done SlotProcess::on(const RefusedMessage& message) {
  say("error", "the engine refuses this slot: " + message.reason);
  return kCannotWork;
}

SlotProcess::Done SlotProcess::on(const OpenMessage& message) {
  auto opening = decode_opening(papy::bytes_of(message.opening));
  if (!opening) return trouble("received " + opening.error().text);
  note_outside_of_calls(SlotPage::kLoads);
  for (const PlanPiper& piper : opening->pipers) {
    for (const FunctionUse& use : piper.worker) {
      const auto found = find(use);
      if (!found) return trouble("piper '" + piper.name + "': " + found.error().text);
    }
  }
  page_->task.store(0, std::memory_order_release);
  groups_[message.group].opening = std::move(*opening);
  send(OpenedMessage{message.group});
  return std::nullopt;
}

Result<const papy_worker*> SlotProcess::find(const FunctionUse& use) {
  const auto library = libraries_.open(use.library);
  if (!library) return tl::unexpected(library.error());
  return (*library)->worker(use.function);
}

/// What evaluates the tasks of this group here, opened the first time.
Result<Evaluator*> SlotProcess::evaluator_of(OpenGroup& group, const TaskMessage& message) {
  const bool serial = group.opening.pipers.front().serial;
  const std::uint32_t replica = serial ? message.replica : 0;
  std::unique_ptr<Evaluator>& evaluator = group.evaluators[replica];
  if (evaluator) return evaluator.get();
  std::vector<OpenPiper> pipers;
  for (const PlanPiper& piper : group.opening.pipers) {
    auto opened = instances_->open(piper, 0, welcome_.slot, replica);
    if (!opened) return tl::unexpected(opened.error());
    opened->skips_late = group.opening.skips_late;
    opened->share = group.opening.share;
    pipers.push_back(std::move(*opened));
  }
  if (serial) {
    group.savers.insert_or_assign(replica, StateSaver(pipers.front().chain));
    if (message.state) {
      if (auto loaded = load_state(pipers.front().chain, *message.state); !loaded)
        return tl::unexpected(loaded.error());
    }
  }
  CallSettings settings{host_.raw(), &cancelled_, welcome_.max_item, &arenas_,
                        [this] { end_if_memory_is_short(); }};
  evaluator = std::make_unique<Evaluator>(std::move(settings), std::move(pipers), welcome_.slot);
  return evaluator.get();
}

/// Says on the page that functions are being opened, loaded or saved for this task.
void SlotProcess::note_outside_of_calls(TaskId task) {
  page_->since.store(0, std::memory_order_relaxed);
  page_->enter({});
  page_->task.store(task, std::memory_order_release);
}

SlotProcess::Done SlotProcess::on(const TaskMessage& message) {
  const std::uint64_t began = monotonic_ns();
  if (!page_->begin(message.number)) {
    send(ReturnedMessage{message.id});
    return std::nullopt;
  }
  const auto group = groups_.find(message.group);
  if (group == groups_.end()) return trouble("received a task of a group that is not open");
  note_outside_of_calls(message.id);
  auto evaluator = evaluator_of(group->second, message);
  if (!evaluator) return trouble(evaluator.error().text);
  auto task = task_of(message, arenas_);
  if (!task) return trouble("received " + task.error().text);
  if (auto granted = arenas_.grant(message.room); !granted)
    return trouble("received " + granted.error().text);
  std::optional<Duration> age;
  if (message.elapsed_ns) age = Duration(static_cast<std::int64_t>(*message.elapsed_ns));
  const TaskResult result = (*evaluator)->run(*task, page_, age);
  ResultMessage answer = message_of(*task, result);
  if (answer.items) {
    if (const auto place = arenas_.find(result.items)) answer.items->frame = *place;
  }
  std::optional<std::string> state;
  const auto saver = group->second.savers.find(message.replica);
  if (saver != group->second.savers.end() && task->kind == Task::Kind::evaluate) {
    note_outside_of_calls(message.id);
    state = saver->second.after_task(*save_call_);
    page_->task.store(0, std::memory_order_release);
    if (state) answer.state = papy::bytes_of(*state);
  }
  answer.tired = welcome_.memory > 0 && is_memory_short();
  answer.elapsed_ns = monotonic_ns() - began;
  send(answer);
  return std::nullopt;
}

/// A process that comes near its limit is replaced before somebody else's tasklet pays for what
/// this one's predecessors did not give back.
bool SlotProcess::is_memory_short() const {
  return static_cast<double>(memory_in_use()) > kTired * static_cast<double>(welcome_.memory);
}

/// A tasklet that fails in a process that is short of memory may do so for that reason: it is
/// evaluated again in a process that has done nothing else.
void SlotProcess::end_if_memory_is_short() {
  if (welcome_.memory == 0 || !is_memory_short()) return;
  SlotPage::At at = SlotPage::unpack(page_->at.load(std::memory_order_relaxed));
  at.out_of_memory = true;
  page_->enter(at);
  _exit(kOutOfMemory);
}

SlotProcess::Done SlotProcess::on(const CloseMessage&) {
  groups_.clear();
  instances_.reset();
  send(ByeMessage{});
  flush();
  // What was said last must leave before the process does.
  socket_.set(zmq::sockopt::linger, 1000);
  return kEnded;
}

}  // namespace

int run_slot(const SlotSettings& settings) {
  prctl(PR_SET_NAME, "papy slot");
  try {
    return SlotProcess(settings).run();
  } catch (const zmq::error_t& failed) {
    say("error",
        fmt::format("cannot speak with the engine at {}: {}", settings.endpoint, failed.what()));
    return kCannotWork;
  }
}

}  // namespace papy
