// How the processes of slots begin and end, and who is to blame.

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>
#include <utility>

#include "flow/failing.h"
#include "pool/call.h"
#include "pool/death.h"
#include "pool/process_pools.h"

namespace papy {
namespace {

/// A process that was asked to end gets this long before it is killed, and when it was killed and
/// is still there (a disk that hangs) this long before its slot does without it.
constexpr Duration kBeforeKill = std::chrono::seconds(2);
constexpr Duration kBeforeWrittenOff = std::chrono::seconds(5);

/// A process that does not say hello for so long never will.
constexpr Duration kBeforeHello = std::chrono::seconds(30);

/// What processes get to close what they have open.
constexpr Duration kTimeToClose = std::chrono::seconds(2);

/// Deaths in a row before anything could be evaluated, after which it will not become better.
constexpr std::uint32_t kMostEarlyDeaths = 3;

/// A name that no other process has, nor will have.
std::string fresh_name(const std::string& pool, std::uint32_t slot) {
  std::uint64_t chance = 0;
  while (getrandom(&chance, sizeof chance, 0) != sizeof chance) {
  }
  return fmt::format("{}.{}.{:016x}", pool, slot, chance);
}

/// How long one tasklet of this piper may take at the most.
std::optional<Duration> longest(const PlanPiper& piper) {
  if (!piper.timeout || (piper.deadline && *piper.deadline < *piper.timeout)) return piper.deadline;
  return piper.timeout;
}

/// Whether the process was in a plugin's call, not in open() or between two calls.
bool is_in_function(const ProcessSlot& slot) {
  return SlotPage::unpack(slot.page->at.load(std::memory_order_acquire)).in_function;
}

/// What a process wrote last, as the end of a message.
std::string last_words(const ProcessSlot& slot) {
  const std::string words = slot.output ? slot.output->tail() : std::string();
  return words.empty() ? words : "; its last words:\n" + words;
}

/// Tasks that are evaluated alone after an end that nobody saw the function of.
constexpr std::ptrdiff_t kMostSuspects = 32;

/// A process that has tasks, does nothing and says nothing for so long cannot be reached. One that
/// does not write the page may have other things to do first. A task that is under suspicion
/// confirms it sooner, if no large frame can be on its way through the socket.
Duration most_silence(const ProcessSlot& slot) {
  if (!slot.writes_page) return std::chrono::seconds(30);
  const bool is_suspect = !slot.sent.empty() && slot.sent.front().task->alone;
  return std::chrono::seconds(is_suspect && slot.shares ? 2 : 10);
}

/// What may be wrong with a process that does not say hello.
std::string advice(const PlanPool& pool) {
  if (pool.command.empty()) return "";
  return fmt::format("; does '{}' speak the protocol that a pool's command must?",
                     pool.command.front());
}

}  // namespace

Result<void> ProcessPools::start_guardian() {
  auto guardian = Guardian::start({.folder = folder_});
  if (!guardian) return tl::unexpected(guardian.error());
  guardian_ = std::move(*guardian);
  return {};
}

void ProcessPools::start_process(Pool& pool, ProcessSlot& slot) {
  int pipe[2] = {-1, -1};
  if (pipe2(pipe, O_CLOEXEC) != 0) {
    return desk_.give_up(nullptr, fmt::format("pool '{}': cannot make a pipe: {}", pool.plan.name,
                                              std::strerror(errno)));
  }
  Descriptor read_end(pipe[0]);
  const Descriptor write_end(pipe[1]);
  fcntl(read_end.get(), F_SETFL, O_NONBLOCK);
  slot.kill_at = desk_.now() + kBeforeHello;
  slot.begin(next_child_++, fresh_name(pool.plan.name, slot.number), std::move(read_end));
  by_name_[slot.name] = &slot;
  by_child_[slot.child] = &slot;
  Child child;
  child.number = slot.child;
  if (pool.plan.command.empty()) {
    child.program = "/proc/self/exe";
    child.argv = {"papy", "slot"};
  } else {
    child.argv = pool.plan.command;
  }
  child.env = {
      {"PAPY_ENDPOINT", post_->endpoint()}, {"PAPY_SLOT", slot.name}, {"PAPY_SCRATCH", folder_}};
  child.fds = {control_read_.get(), slot.page_file.get()};
  if (arenas_.file() >= 0) child.fds.push_back(arenas_.file());
  child.output = write_end.get();
  child.limits = {pool.plan.limits.memory, pool.plan.limits.open_files, pool.plan.limits.cpu_time};
  if (auto spawned = guardian_->spawn(child); !spawned)
    on_ended(slot, {.began = false,
                    .by_others = spawned.error().code != E2BIG,
                    .text = "could not be started: " + spawned.error().text});
}

void ProcessPools::start_due() {
  if (!guardian_->alive()) {
    guardian_->leave_folder();
    if (auto started = start_guardian(); !started)
      return desk_.give_up(nullptr, "the guardian cannot be replaced: " + started.error().text);
  }
  const Time now = desk_.now();
  each_slot([&](ProcessSlot& slot) {
    if (slot.state != ProcessSlot::State::down || !slot.start_at || *slot.start_at > now) return;
    check_plugin_files(slot);
    start_process(pool_of(slot), slot);
  });
}

/// A process of this slot is to load plugins, or has just done so.
void ProcessPools::check_plugin_files(const ProcessSlot& slot) {
  if (const auto changed = plugin_files_.changed())
    desk_.give_up(nullptr, fmt::format("pool '{}': {}", pool_of(slot).plan.name, *changed));
}

void ProcessPools::take_guardian_events() {
  for (const Guardian::Event& event : guardian_->events()) {
    const auto found = by_child_.find(event.child);
    if (found == by_child_.end()) continue;
    ProcessSlot& slot = *found->second;
    if (event.kind == Guardian::Event::Kind::started) {
      slot.pid = event.pid;
      continue;
    }
    if (event.kind == Guardian::Event::Kind::not_started) {
      on_ended(slot, {.began = false,
                      .by_others = !guardian_->alive(),
                      .code = event.error,
                      .text = "could not be started: " + event.text});
      continue;
    }
    // What it said before it ended counts.
    take_letters();
    on_ended(slot, death_of(event.status));
  }
}

void ProcessPools::read_output(ProcessSlot& slot) {
  if (!slot.output) return;
  slot.output->read([&](std::string_view line) {
    settings_.say(fmt::format("{}[{}]: {}", pool_of(slot).plan.name, slot.number, line));
  });
}

/// The process of this slot is gone. What it had goes back to the desk, and another is started.
void ProcessPools::on_ended(ProcessSlot& slot, const Death& death) {
  read_output(slot);
  by_child_.erase(slot.child);
  by_name_.erase(slot.name);
  const bool planned =
      slot.sentence ? slot.sentence->how.empty() : slot.state == ProcessSlot::State::leaving;
  const std::map<TaskId, Loss> blamed = culprits(slot, death);
  const Obituary obituary = obituary_of(slot, death);
  const auto replica = replicas_.on_gone(slot);
  const std::deque<const Task*> waiting = std::exchange(slot.waiting, {});
  for (const ProcessSlot::Sent& one : slot.end()) {
    const auto blame = blamed.find(one.task->id);
    desk_.lose(one.task, blame == blamed.end() ? Loss{} : blame->second);
  }
  for (const Task* const task : waiting) desk_.lose(task, Loss{});
  if (closing_) return;
  slot.start_at = desk_.now();
  if (replica) {
    const PlanPiper& piper = plan_.pipers[groups_[replica->first].pipers.front()];
    desk_.give_up(
        nullptr,
        fmt::format("piper '{}': {}; its state was lost with the process, since "
                    "its worker has no save and load, or saves more than 1 MiB",
                    piper.name, blamed.empty() ? obituary.what : blamed.begin()->second.message));
  } else if (!planned && blamed.empty()) {
    died_without_blame(slot, obituary);
  }
}

/// Nobody is to blame: it was killed by somebody, or dies whatever it is given.
void ProcessPools::died_without_blame(ProcessSlot& slot, const Obituary& obituary) {
  Pool& pool = pool_of(slot);
  *slot.start_at +=
      obituary.by_others ? pool.restarts.on_killed() : pool.restarts.on_death(desk_.now());
  const bool too_early = obituary.early && !obituary.by_others &&
                         ++pool.early_deaths[obituary.group] >= kMostEarlyDeaths;
  if (!too_early && !pool.restarts.is_hopeless()) return;
  desk_.give_up(nullptr, fmt::format("pool '{}': {}{}{}", pool.plan.name, obituary.what,
                                     too_early ? "" : ", like others before it, without a result",
                                     obituary.last_words));
}

ProcessPools::Obituary ProcessPools::obituary_of(const ProcessSlot& slot,
                                                 const Death& death) const {
  Obituary obituary{"a process " + death.text, last_words(slot), death.by_others && !slot.sentence,
                    false, std::nullopt};
  const ProcessSlot::Sent* const current = slot.current();
  if (slot.sentence) {
    obituary.what = "a process " + slot.sentence->how;
  } else if (slot.state == ProcessSlot::State::starting) {
    obituary.early = true;
    if (death.began) obituary.what += " before it said hello" + advice(pool_of(slot).plan);
  } else if (current != nullptr && !is_in_function(slot)) {
    obituary.early = true;
    obituary.group = current->task->group;
    obituary.what += " while it opened " + functions_of(*obituary.group);
    if (first_piper(*current->task).serial) obituary.what += ", or loaded or saved its state";
  } else if (!slot.opening.empty()) {
    obituary.early = true;
    obituary.group = *slot.opening.begin();
    obituary.what += " while it loaded " + functions_of(*obituary.group);
  }
  return obituary;
}

/// The functions of a group, for messages.
std::string ProcessPools::functions_of(GroupId group) const {
  std::vector<std::string> names;
  for (const PiperId piper : groups_[group].pipers) {
    for (const FunctionUse& use : plan_.pipers[piper].worker) {
      names.push_back(use.library.empty() ? use.name() : use.name() + " (" + use.library + ")");
    }
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

/// The tasks that are to blame for the end of their process, and what that comes to.
std::map<TaskId, Loss> ProcessPools::culprits(const ProcessSlot& slot, const Death& death) const {
  if (slot.sentence) {
    if (slot.sentence->task == 0 && !slot.sentence->how.empty())
      return suspects(slot, slot.sentence->how);
    if (!is_guilty(slot, *slot.sentence)) return {};
    Loss loss = slot.sentence->loss;
    loss.message += last_words(slot);
    return {{slot.sentence->task, std::move(loss)}};
  }
  if (slot.state == ProcessSlot::State::leaving) return {};  // just our doing
  const auto found = place_of_death(slot);
  if (!found) return death.by_others ? std::map<TaskId, Loss>() : suspects(slot, death.text);
  const auto& [task, at] = *found;
  Loss loss = crash(*task, at);
  const FunctionUse& use = function_at(*task, at);
  const std::string where =
      fmt::format("in {}{}", use.name(), use.library.empty() ? "" : " (" + use.library + ")");
  if (at.out_of_memory && pool_of(slot).plan.limits.memory) {
    loss.kind = "memory";
    loss.message = fmt::format("its process used up what limits.memory allows, {}", where);
  } else {
    loss.code = death.code;
    loss.message = fmt::format("its process {} {}", death.text, where);
  }
  loss.message += last_words(slot);
  return {{task->id, std::move(loss)}};
}

/// What an end comes to that nobody saw the function of: any tasklet may have brought it about. Of
/// very many, those are suspected that are the likeliest; if it was another, it will do so again.
std::map<TaskId, Loss> ProcessPools::suspects(const ProcessSlot& slot,
                                              const std::string& how) const {
  std::map<TaskId, Loss> all;
  std::vector<const Task*> tasks = slot.suspects();
  if (std::ssize(tasks) > kMostSuspects) {
    // Who cuts the process off is not answered, nor is what came behind. Who ends it comes last.
    const bool was_silent = slot.sentence.has_value();
    tasks.erase(was_silent ? tasks.begin() + kMostSuspects : tasks.begin(),
                was_silent ? tasks.end() : tasks.end() - kMostSuspects);
  }
  for (const Task* const task : tasks) {
    SlotPage::At anywhere;
    anywhere.many = true;
    Loss loss = crash(*task, anywhere);
    loss.message = fmt::format("its process {} behind {}{}", how, loss.function, last_words(slot));
    all.emplace(task->id, std::move(loss));
  }
  return all;
}

/// Whether the process is where it was when it was sentenced.
bool ProcessPools::is_guilty(const ProcessSlot& slot, const ProcessSlot::Sentence& sentence) {
  if (sentence.task == 0 || sentence.at.many) return sentence.task != 0;
  const ProcessSlot::Sent* const current = slot.current();
  return current != nullptr && current->task->id == sentence.task &&
         slot.place_in(*current->task).tasklet == sentence.at.tasklet;
}

/// What the process was evaluating; nothing: it was in no function.
std::optional<std::pair<const Task*, SlotPage::At>> ProcessPools::place_of_death(
    const ProcessSlot& slot) const {
  if (const ProcessSlot::Sent* const current = slot.current()) {
    const SlotPage::At at = slot.place_in(*current->task);
    if (!at.in_function) return std::nullopt;
    return std::pair(current->task, at);
  }
  if (slot.writes_page || slot.sent.empty()) return std::nullopt;
  SlotPage::At at;
  at.many = true;
  return std::pair(slot.sent.front().task, at);
}

/// The function at this place of a task.
const FunctionUse& ProcessPools::function_at(const Task& task, const SlotPage::At& at) const {
  const std::vector<PiperId>& pipers = groups_[task.group].pipers;
  const auto& chain =
      plan_.pipers[pipers[std::min<std::size_t>(at.stage, pipers.size() - 1)]].worker;
  return chain[std::min<std::size_t>(at.function, chain.size() - 1)];
}

/// A death at this place of a task.
Loss ProcessPools::crash(const Task& task, const SlotPage::At& at) const {
  Loss loss;
  loss.why = Loss::Why::died;
  loss.at = at.tasklet;
  loss.many = at.many;
  loss.ended = at.ended;
  loss.stage = static_cast<std::uint32_t>(
      std::min<std::size_t>(at.stage, groups_[task.group].pipers.size() - 1));
  loss.function = function_at(task, at).name();
  loss.kind = "crash";
  return loss;
}

/// When check_times(), relieve() or start_due() has something to do.
std::optional<Time> ProcessPools::next_event() const {
  std::optional<Time> next;
  const auto note = [&](std::optional<Time> time) {
    if (time && (!next || *time < *next)) next = time;
  };
  const Time now = desk_.now();
  each_slot([&](const ProcessSlot& slot) {
    note(slot.kill_at);
    if (!slot.is_idle()) note((slot.silence ? slot.silence->since : now) + most_silence(slot));
    if (!closing_) note(slow_at(*by_id_.at(slot.pool), slot));
    if (slot.state == ProcessSlot::State::down) {
      if (!closing_) note(slot.start_at);
    } else if (const auto verdict = time_limit(slot)) {
      note(verdict->first);
    }
  });
  return next;
}

/// When the tasklet that the process is at will have taken too long, and what it is then guilty of;
/// or when to look again at one that has not come to its first call. Nothing: there is no limit.
std::optional<std::pair<Time, ProcessSlot::Sentence>> ProcessPools::time_limit(
    const ProcessSlot& slot) const {
  if (slot.sent.empty() || slot.sentence) return std::nullopt;
  const ProcessSlot::Sent* const current = slot.current();
  const PlanPiper& piper = first_piper(*(current == nullptr ? slot.sent.front() : *current).task);
  const auto limit = longest(piper);
  if (!limit) return std::nullopt;
  const std::uint64_t since = slot.page->since.load(std::memory_order_acquire);
  const std::uint64_t clock = monotonic_ns();
  const Time now = desk_.now();
  if (current == nullptr || since == 0 || since > clock)
    return std::pair(now + *limit, ProcessSlot::Sentence{});
  const SlotPage::At at = slot.place_in(*current->task);
  const Time began =
      now - Duration(static_cast<std::int64_t>(clock - since)) + stopped_since(since);
  ProcessSlot::Sentence sentence{current->task->id, at, {}, {}};
  Loss& loss = sentence.loss;
  loss.why = Loss::Why::timed_out;
  loss.at = at.tasklet;
  loss.ended = at.ended;
  loss.function = piper.worker[std::min<std::size_t>(at.function, piper.worker.size() - 1)].name();
  loss.elapsed = now - began;
  std::optional<Time> end;
  if (piper.timeout) {
    end = began + *piper.timeout;
    loss.kind = "timeout";
    loss.message = fmt::format("took longer than its time-out of {}; its process was ended",
                               limit_text(*piper.timeout));
  }
  if (piper.deadline) {
    const Time deadline = current->task->since.value_or(began) + *piper.deadline;
    if (!end || deadline < *end) {
      end = deadline;
      loss.kind = "deadline";
      loss.message = fmt::format("was not done by its deadline of {}; its process was ended",
                                 limit_text(*piper.deadline));
    }
  }
  return std::pair(*end, std::move(sentence));
}

/// How long all processes were stopped since that time.
Duration ProcessPools::stopped_since(std::uint64_t since) const {
  Duration sum{0};
  for (const auto& [from, to] : stopped_) {
    if (to > since) sum += Duration(static_cast<std::int64_t>(to - std::max(from, since)));
  }
  return sum;
}

/// Ends processes whose tasklet takes too long, and those that do not end when they should.
void ProcessPools::check_times() {
  const Time now = desk_.now();
  each_slot([&](ProcessSlot& slot) {
    if (slot.state == ProcessSlot::State::down) return;
    if (slot.kill_at && *slot.kill_at <= now) {
      if (slot.state == ProcessSlot::State::starting) {
        const PlanPool& plan = pool_of(slot).plan;
        desk_.give_up(nullptr,
                      fmt::format("pool '{}': a process did not say hello within {}{}{}", plan.name,
                                  limit_text(kBeforeHello), advice(plan), last_words(slot)));
      }
      if (slot.killed) {
        settings_.say(
            fmt::format("warning: process {} of pool '{}' cannot be killed; its slot goes "
                        "on without it",
                        slot.pid, pool_of(slot).plan.name));
        // It may still write, to nobody's harm.
        for (ProcessSlot::Sent& sent : slot.sent) sent.memory.room.abandon();
        return on_ended(slot, {.text = "could not be killed"});
      }
      return end_process(slot, SIGKILL);
    }
    check_silence(slot, now);
    auto limit = time_limit(slot);
    if (!limit || limit->first > now || limit->second.task == 0) return;
    slot.sentence = std::move(limit->second);
    end_process(slot, SIGTERM);
  });
}

/// Its connection may have broken, by what a function did to it: then neither tasks nor results
/// come through, and nobody else would know.
void ProcessPools::check_silence(ProcessSlot& slot, Time now) {
  if (!slot.looks_idle()) return slot.silence.reset();
  const std::uint64_t begun = slot.page->begun.load(std::memory_order_acquire);
  if (!slot.silence || slot.silence->begun != begun) {
    slot.silence = {begun, now};
  } else if (now - slot.silence->since >= most_silence(slot)) {
    slot.sentence = {.how = "does not answer any more"};
    end_process(slot, SIGKILL);
  }
}

void ProcessPools::end_process(ProcessSlot& slot, int signal) {
  slot.state = ProcessSlot::State::leaving;
  slot.killed = signal == SIGKILL;
  slot.kill_at = desk_.now() + (slot.killed ? kBeforeWrittenOff : kBeforeKill);
  guardian_->signal(slot.child, signal);
}

/// Tells a process that has no more to do to end, which gets it some time.
void ProcessPools::close_process(ProcessSlot& slot) {
  post(slot, ToSlot(CloseMessage{}));
  slot.state = ProcessSlot::State::leaving;
  slot.kill_at = desk_.now() + kTimeToClose;
}

}  // namespace papy
