#include "pool/process_slot.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>
#include <utility>

#include "flow/flow.h"

namespace papy {
namespace {

/// Most tasks and bytes that a process is sent ahead.
constexpr std::size_t kMostTasks = 1024;
constexpr std::uint64_t kMostBytes = 4 << 20;
/// Most bytes that are kept for the results of these.
constexpr std::uint64_t kMostRoom = 16 << 20;

std::uint64_t bytes_in(const Task& task) {
  std::uint64_t bytes = 0;
  for (const auto& slices : task.inputs) {
    for (const Slice& slice : slices) bytes += bytes_of(slice);
  }
  return bytes;
}

}  // namespace

ProcessSlot::~ProcessSlot() {
  if (page != nullptr) munmap(page, sizeof(SlotPage));
}

Result<void> ProcessSlot::make_page() {
  page_file.reset(memfd_create("papy-slot", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!page_file || ftruncate(page_file.get(), sizeof(SlotPage)) != 0)
    return error(std::string("cannot share memory with a slot: ") + std::strerror(errno), errno);
  // A process that made it smaller would take the engine's mapping away.
  fcntl(page_file.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
  void* const memory =
      mmap(nullptr, sizeof(SlotPage), PROT_READ | PROT_WRITE, MAP_SHARED, page_file.get(), 0);
  if (memory == MAP_FAILED)
    return error(std::string("cannot share memory with a slot: ") + std::strerror(errno), errno);
  page = static_cast<SlotPage*>(memory);
  return {};
}

void ProcessSlot::begin(std::uint32_t new_child, std::string new_name, Descriptor new_output) {
  new (page) SlotPage;
  child = new_child;
  name = std::move(new_name);
  output.emplace(std::move(new_output));
  state = State::starting;
  start_at.reset();
}

bool ProcessSlot::looks_idle() const {
  return state == State::up && !sentence && (!sent.empty() || passing_over_ > 0) &&
         (writes_page || opening.empty()) && page->task.load(std::memory_order_acquire) == 0;
}

std::vector<const Task*> ProcessSlot::suspects() const {
  std::vector<const Task*> tasks;
  if (sent.empty()) return tasks;
  if (!writes_page) return {sent.front().task};
  const std::uint64_t begun = page->begun.load(std::memory_order_acquire);
  const std::uint64_t task = page->task.load(std::memory_order_acquire);
  const bool is_plausible = begun <= next_number_;
  const bool opens = task == SlotPage::kLoads || (task != 0 && begun <= 1);
  if (is_plausible && (opens || (begun == 0 && !opening.empty()))) return tasks;
  for (const Sent& one : sent) {
    if (!is_plausible || begun == 0 || one.number < begun) tasks.push_back(one.task);
  }
  return tasks;
}

bool ProcessSlot::has_credit(Duration target) const {
  if (state != State::up || tired || !waiting.empty() || passing_over_ > 0) return false;
  return has_room(target);
}

bool ProcessSlot::has_room(Duration target) const {
  if (sent.empty()) return true;
  if (sent.front().task->alone || unknown_ > 0) return false;
  return sent.size() < kMostTasks && bytes_ < kMostBytes && room_ < kMostRoom &&
         expected_ < 2 * target;
}

bool ProcessSlot::may_send(bool keeps, Duration target) const {
  if (state != State::up || waiting.empty() || passing_over_ > 0) return false;
  if (wants_fresh() && !keeps) return false;
  return has_room(target) && (sent.empty() || !waiting.front()->alone);
}

int ProcessSlot::fitness_for_quarantine(Time now) const {
  if (!is_idle() || tired || state == State::leaving) return 0;
  if (state == State::up) return tasklets == 0 ? 4 : 1;
  if (state == State::starting) return 3;
  return start_at && *start_at <= now ? 2 : 0;
}

std::uint64_t ProcessSlot::note_sent(const Task* task, std::optional<Duration> expected,
                                     Memory memory) {
  const std::uint64_t bytes = bytes_in(*task);
  const std::uint64_t room = memory.room ? memory.room.bytes().size : 0;
  sent.push_back({task, next_number_, expected, bytes, room, std::move(memory)});
  bytes_ += bytes;
  room_ += room;
  if (expected) {
    expected_ += *expected;
  } else {
    ++unknown_;
  }
  return next_number_++;
}

ProcessSlot::Sent* ProcessSlot::find(TaskId id) {
  const auto found =
      std::find_if(sent.begin(), sent.end(), [&](const Sent& s) { return s.task->id == id; });
  return found == sent.end() ? nullptr : &*found;
}

const Task* ProcessSlot::take(TaskId id) {
  const auto found =
      std::find_if(sent.begin(), sent.end(), [&](const Sent& s) { return s.task->id == id; });
  return found == sent.end() ? nullptr : remove(found);
}

const Task* ProcessSlot::remove(std::deque<Sent>::iterator place) {
  const Sent taken = std::move(*place);
  sent.erase(place);
  bytes_ -= taken.bytes;
  room_ -= taken.room;
  if (taken.expected) {
    expected_ -= *taken.expected;
  } else {
    --unknown_;
  }
  return taken.task;
}

std::vector<const Task*> ProcessSlot::take_back() {
  std::vector<const Task*> taken;
  // What was taken back before must not be permitted by accident: its memory is others' by now.
  if (sent.empty() || passing_over_ > 0) return taken;
  const std::uint64_t first = page->revoke(sent.front().number + 1);
  const auto unbegun =
      std::find_if(sent.begin(), sent.end(), [&](const Sent& s) { return s.number >= first; });
  for (auto left = sent.end() - unbegun; left > 0; --left)
    taken.push_back(remove(sent.end() - left));
  passing_over_ = taken.size();
  if (taken.empty()) page->permit();
  return taken;
}

void ProcessSlot::on_passed_over() {
  if (passing_over_ > 0 && --passing_over_ == 0) page->permit();
}

const ProcessSlot::Sent* ProcessSlot::current() const {
  const TaskId id = page->task.load(std::memory_order_acquire);
  const auto found =
      std::find_if(sent.begin(), sent.end(), [&](const Sent& s) { return s.task->id == id; });
  return id == 0 || found == sent.end() ? nullptr : &*found;
}

bool ProcessSlot::would_exceed(std::optional<std::uint64_t> most) const {
  std::uint64_t all = tasklets;
  for (const Sent& one : sent) all += one.task->n;
  return most && all > 0 && all + waiting.front()->n > *most;
}

bool ProcessSlot::waits_for_opened() const {
  return !writes_page && opening.contains(waiting.front()->group);
}

SlotPage::At ProcessSlot::place_in(const Task& task) const {
  SlotPage::At at = SlotPage::unpack(page->at.load(std::memory_order_acquire));
  at.ended &= !at.many && at.tasklet < task.n;  // what is nonsense must not end a stream
  at.tasklet = std::min(at.tasklet, task.n == 0 ? 0 : task.n - 1);
  return at;
}

std::deque<ProcessSlot::Sent> ProcessSlot::end() {
  state = State::down;
  child = 0;
  pid = 0;
  name.clear();
  output.reset();
  outgoing.clear();
  opened.clear();
  opening.clear();
  tasklets = 0;
  writes_page = shares = false;
  tired = false;
  sentence.reset();
  silence.reset();
  kill_at.reset();
  killed = false;
  next_number_ = passing_over_ = bytes_ = room_ = 0;
  expected_ = Duration(0);
  unknown_ = 0;
  return std::exchange(sent, {});
}

}  // namespace papy
