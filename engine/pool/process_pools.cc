#include "pool/process_pools.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "pool/bundle.h"
#include "pool/call.h"
#include "pool/open_files.h"
#include "pool/private_folder.h"
#include "pool/socket.h"
#include "pool/task_message.h"
#include "pool/wire_inputs.h"

namespace papy {
namespace {

/// Letters that are taken before others have their turn.
constexpr int kLettersATurn = 64;

/// Time of a task from which on it does not wait for others, nor they for its result.
constexpr Duration kWorthAMessage = std::chrono::microseconds(20);

/// A process that is at one task for so many batches' time makes those behind it wait too long.
constexpr int kSlow = 4;

}  // namespace

ProcessPools::ProcessPools(const Plan& plan, const std::vector<Group>& groups, Desk& desk,
                           Arenas& arenas, Settings settings)
    : plan_(plan),
      groups_(groups),
      desk_(desk),
      arenas_(arenas),
      settings_(std::move(settings)),
      plugin_files_(plan) {
  std::uint32_t arena = 1;  // 0 is ours
  for (PoolId p = 0; p < plan.pools.size(); ++p) {
    if (plan.pools[p].type != PoolType::process) continue;
    pools_.push_back(std::make_unique<Pool>(*this, p, plan.pools[p]));
    by_id_[p] = pools_.back().get();
    for (std::uint32_t s = 0; s < plan.pools[p].slots; ++s)
      pools_.back()->slots.push_back(std::make_unique<ProcessSlot>(p, s, arena++));
  }
  for (GroupId g = 0; g < groups.size(); ++g) {
    if (by_id_.contains(plan.pipers[groups[g].pipers.front()].pool))
      openings_[g] = encode(opening_of(plan, groups[g]));
  }
}

ProcessPools::~ProcessPools() { join(); }

Waiter& ProcessPools::waiter(PoolId pool) { return *by_id_.at(pool); }

const PlanPiper& ProcessPools::first_piper(const Task& task) const {
  return plan_.pipers[groups_[task.group].pipers.front()];
}

void ProcessPools::Pool::wake() {
  woken.store(true, std::memory_order_release);
  const std::uint64_t one = 1;
  // A full counter wakes as well: nothing is lost.
  if (write(owner.wake_.get(), &one, sizeof one) < 0) return;
}

Result<void> ProcessPools::open() {
  if (pools_.empty()) return {};
  std::uint32_t slots = 0;
  each_slot([&](ProcessSlot&) { ++slots; });
  arenas_.open(slots + 1);
  if (auto allowed = allow_open_files(slots); !allowed) return allowed;
  auto folder = make_private_folder();
  if (!folder) return tl::unexpected(folder.error());
  folder_ = std::move(*folder);
  if (auto started = start_guardian(); !started) return started;
  auto post = Post::open(folder_, "engine");
  if (!post) return tl::unexpected(post.error());
  post_.emplace(std::move(*post));
  wake_.reset(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  int ends[2] = {-1, -1};
  if (!wake_ || pipe2(ends, O_CLOEXEC) != 0)
    return error(std::string("cannot make a pipe: ") + std::strerror(errno), errno);
  control_read_.reset(ends[0]);
  control_write_.reset(ends[1]);
  Result<void> shared;
  each_slot([&](ProcessSlot& slot) {
    if (shared) shared = slot.make_page();
  });
  return shared;
}

void ProcessPools::start() {
  if (!pools_.empty()) thread_ = std::thread([this] { run(); });
}

void ProcessPools::join() {
  over_.store(true, std::memory_order_release);
  if (!thread_.joinable()) return;
  pools_.front()->wake();
  thread_.join();
  guardian_.reset();
}

void ProcessPools::stop() {
  if (!thread_.joinable()) return;
  std::unique_lock lock(still_mutex_);
  still_ = Still::wanted;
  still_wanted_.store(true, std::memory_order_release);
  pools_.front()->wake();
  still_changed_.wait(lock, [this] { return still_ == Still::yes; });
}

void ProcessPools::go_on() {
  const std::unique_lock lock(still_mutex_);
  still_ = Still::no;
  still_wanted_.store(false, std::memory_order_release);
  still_changed_.notify_all();
}

/// Stops all processes, and waits until they are to go on.
void ProcessPools::stand_still() {
  const auto tell_all = [this](int signal) {
    for (const auto& [child, slot] : by_child_) guardian_->signal(child, signal);
  };
  const std::uint64_t from = monotonic_ns();
  tell_all(SIGSTOP);
  {
    std::unique_lock lock(still_mutex_);
    still_ = Still::yes;
    still_changed_.notify_all();
    still_changed_.wait(lock, [this] { return still_ == Still::no; });
  }
  stopped_.emplace_back(from, monotonic_ns());
  each_slot([](ProcessSlot& slot) { slot.silence.reset(); });
  tell_all(SIGCONT);
}

void ProcessPools::run() {
  each_slot([this](ProcessSlot& slot) { start_process(pool_of(slot), slot); });
  while (true) {
    if (over_.load(std::memory_order_acquire) && !closing_) close_all();
    if (closing_ && all_down()) return;
    each_slot([this](ProcessSlot& slot) { flush(slot); });
    wait();
    if (still_wanted_.load(std::memory_order_acquire)) stand_still();
    take_letters();
    take_guardian_events();
    check_times();
    if (closing_) continue;
    for (const auto& pool : pools_) relieve(*pool);
    start_due();
    for (const auto& pool : pools_) feed(*pool);
  }
}

bool ProcessPools::all_down() const {
  bool all = true;
  each_slot([&](const ProcessSlot& slot) { all = all && slot.state == ProcessSlot::State::down; });
  return all;
}

/// Sleeps until a letter, a line, the guardian, a wake-up or the time of something comes; takes the
/// lines and the wake-ups.
void ProcessPools::wait() {
  std::vector<zmq::pollitem_t> items{{post_->socket().handle(), 0, ZMQ_POLLIN, 0},
                                     {nullptr, wake_.get(), ZMQ_POLLIN, 0}};
  if (guardian_->fd() >= 0) items.push_back({nullptr, guardian_->fd(), ZMQ_POLLIN, 0});
  each_slot([&](const ProcessSlot& slot) {
    if (slot.output && slot.output->fd() >= 0)
      items.push_back({nullptr, slot.output->fd(), ZMQ_POLLIN, 0});
  });
  std::chrono::milliseconds timeout(-1);
  if (const auto next = next_event()) {
    const auto left = std::max(Duration(0), *next - desk_.now());
    timeout = std::chrono::ceil<std::chrono::milliseconds>(left);
  }
  try {
    zmq::poll(items, timeout);
  } catch (const zmq::error_t& failed) {
    if (failed.num() != EINTR) throw;
  }
  each_slot([this](ProcessSlot& slot) { read_output(slot); });
  std::uint64_t count = 0;
  if (read(wake_.get(), &count, sizeof count) < 0 && errno != EAGAIN) return;
  for (const auto& pool : pools_) {
    if (pool->woken.exchange(false, std::memory_order_acquire)) pool->parked = false;
  }
}

void ProcessPools::take_letters() {
  for (int i = 0; i < kLettersATurn; ++i) {
    const auto letter = post_->receive();
    if (!letter) return;
    const auto slot = by_name_.find(letter->from);
    if (slot == by_name_.end()) continue;  // of a process that is gone
    slot->second->silence.reset();
    for (const Bytes bytes : messages_in(bytes_of(letter->frame))) {
      const auto message = decode_from_slot(bytes);
      if (!message) {
        misbehaved(*slot->second, "sent " + message.error().text);
        break;
      }
      std::visit([&](const auto& m) { on(*slot->second, m); }, *message);
    }
  }
}

/// Takes work from the desk as long as there is a slot that should have more.
void ProcessPools::feed(Pool& pool) {
  for (const auto& slot : pool.slots) pump(*slot);
  while (!pool.parked) {
    ProcessSlot* free = nullptr;
    for (const auto& slot : pool.slots) {
      if (slot->has_credit(settings_.target) &&
          (free == nullptr || slot->sent.size() < free->sent.size()))
        free = slot.get();
    }
    if (free == nullptr) return;
    const Task* const task = desk_.next(pool.id);
    if (task == nullptr) {
      pool.parked = true;
      return;
    }
    assign(pool, task, *free);
  }
}

/// Tasks wait behind one that takes far longer than was expected, while others have nothing to do:
/// those get them.
void ProcessPools::relieve(Pool& pool) {
  const Time now = desk_.now();
  for (const auto& slot : pool.slots) {
    const auto slow = slow_at(pool, *slot);
    if (!slow || *slow > now) continue;
    for (const Task* const task : slot->take_back()) desk_.lose(task, Loss{});
    slot->front_since = now;  // what it has begun may be slow as well: look again after as long
  }
}

/// When tasks that this slot was sent have waited too long behind another; nothing: they do not, or
/// nobody else could take them.
std::optional<Time> ProcessPools::slow_at(const Pool& pool, const ProcessSlot& slot) const {
  if (!pool.parked || slot.sent.size() < 2 || slot.state != ProcessSlot::State::up) return {};
  if (slot.passes_over()) return {};
  // Who does not read the page begins what it has; a replica stays where its state is.
  if (!slot.writes_page || first_piper(*slot.sent.back().task).serial) return {};
  // Where a stride chooses the slots, who is idle may not have them.
  if (pool.plan.stride && *pool.plan.stride < pool.slots.size()) return {};
  const bool others = std::any_of(pool.slots.begin(), pool.slots.end(), [&](const auto& other) {
    return other->is_idle() && other->has_credit(settings_.target);
  });
  if (!others) return {};
  return slot.front_since + kSlow * settings_.target;
}

/// Decides which slot gets the task: `free`, unless it belongs to another or must be alone.
void ProcessPools::assign(Pool& pool, const Task* task, ProcessSlot& free) {
  ProcessSlot* slot = &home_of(pool, task->group, task->alone ? place_alone(pool, free) : free);
  if (first_piper(*task).serial) {
    Replicas::Replica& replica = replicas_.of(*task);
    if (replica.slot == nullptr) replica.slot = slot;
    slot = replica.slot;
  }
  slot->waiting.push_back(task);
  pump(*slot);
}

/// Where a task in quarantine does not have to wait, at best: at a process that has done nothing.
ProcessSlot& ProcessPools::place_alone(Pool& pool, ProcessSlot& free) {
  ProcessSlot* best = &free;
  const Time now = desk_.now();
  for (const auto& slot : pool.slots) {
    if (slot->fitness_for_quarantine(now) > best->fitness_for_quarantine(now)) best = slot.get();
  }
  return *best;
}

/// `free`, unless the group's stride is smaller than the number of slots: a process evaluates one
/// tasklet at a time, so as many slots as the stride says get all tasks of the group.
ProcessSlot& ProcessPools::home_of(Pool& pool, GroupId group, ProcessSlot& free) {
  if (!pool.plan.stride || *pool.plan.stride >= pool.slots.size()) return free;
  std::vector<ProcessSlot*>& homes = pool.homes[group];
  if (std::find(homes.begin(), homes.end(), &free) != homes.end()) return free;
  if (homes.size() < *pool.plan.stride) return *homes.emplace_back(&free);
  // What is still at a process that is gone or going comes back first; then its place is free.
  for (ProcessSlot*& home : homes) {
    if (home->state != ProcessSlot::State::up && home->is_idle()) return *(home = &free);
  }
  return **std::min_element(homes.begin(), homes.end(), [](const auto* a, const auto* b) {
    return a->sent.size() + a->waiting.size() < b->sent.size() + b->waiting.size();
  });
}

/// Sends what may be sent.
void ProcessPools::pump(ProcessSlot& slot) {
  const bool keeps = replicas_.hold(slot);
  while (slot.may_send(keeps, settings_.target)) {
    const Task* const task = slot.waiting.front();
    slot.tired = slot.tired || (!keeps && slot.would_exceed(pool_of(slot).plan.recycle));
    if (slot.tired && !keeps) break;
    open_group(slot, task->group);
    if (slot.waits_for_opened()) return;
    slot.waiting.pop_front();
    send(slot, task);
  }
  // A process that is to be replaced has finished what it had.
  const bool leaves = slot.tired || slot.wants_fresh();
  if (leaves && slot.state == ProcessSlot::State::up && slot.sent.empty() && !keeps)
    close_process(slot);
}

/// Tells the process what the group is, once.
void ProcessPools::open_group(ProcessSlot& slot, GroupId group) {
  if (!slot.opened.insert(group).second) return;
  slot.opening.insert(group);
  post(slot, ToSlot(OpenMessage{group, openings_.at(group)}));
}

void ProcessPools::send(ProcessSlot& slot, const Task* task) {
  TaskMessage message = message_of(*task);
  const auto expected = desk_.expected(*task);
  if (task->since)
    message.elapsed_ns = static_cast<std::uint64_t>((desk_.now() - *task->since).count());
  if (first_piper(*task).serial) {
    Replicas::Replica& replica = replicas_.of(*task);
    if (std::exchange(replica.fresh, false) && replica.saved)
      message.state = papy::bytes_of(*replica.saved);
  }
  WireInputs wire(slot.shares ? &arenas_ : nullptr);
  for (const auto& slices : task->inputs) message.inputs.push_back(wire.items(slices));
  ProcessSlot::Memory memory{room_for(slot, *task), wire.take_copies()};
  if (memory.room) message.room.push_back(memory.room.bytes());
  if (slot.sent.empty()) slot.front_since = desk_.now();
  message.number = slot.note_sent(task, expected, std::move(memory));
  post(slot, ToSlot(std::move(message)));
  if (!expected || *expected > kWorthAMessage) flush(slot);
}

/// Messages wait for each other until the loop sleeps, or there are many.
void ProcessPools::post(ProcessSlot& slot, const ToSlot& message) {
  slot.outgoing.add(encode(message));
  if (slot.outgoing.is_full()) flush(slot);
}

void ProcessPools::flush(ProcessSlot& slot) {
  // A process that cannot be reached is about to be known as dead: what it had is sent again then.
  if (!slot.outgoing.empty()) post_->send(slot.name, slot.outgoing.take());
}

/// Memory for the result, if that will be large.
Grant ProcessPools::room_for(const ProcessSlot& slot, const Task& task) {
  if (!slot.shares) return {};
  const std::size_t size = result_sizes_[task.group].expected(task.n);
  return size < kLarge ? Grant() : arenas_.grant(slot.arena, size);
}

/// Tells all processes to end, which gets them some time.
void ProcessPools::close_all() {
  closing_ = true;
  each_slot([this](ProcessSlot& slot) {
    slot.start_at.reset();
    if (slot.state == ProcessSlot::State::up) {
      close_process(slot);
    } else if (slot.state == ProcessSlot::State::starting) {
      end_process(slot, SIGKILL);
    }
  });
}

}  // namespace papy
