#include "pool/evaluator.h"

#include <algorithm>
#include <utility>

#include "flow/failing.h"
#include "item/failure.h"

namespace papy {
namespace {

/// Offsets in a batch are 32 bits wide; half of that leaves room for what else is in it.
constexpr std::uint64_t kMaxBatch = UINT32_MAX / 2;

}  // namespace

Evaluator::Evaluator(const CallSettings& settings, std::vector<OpenPiper> pipers,
                     std::uint32_t slot)
    : settings_(settings),
      pipers_(std::move(pipers)),
      call_(settings.host, settings.cancelled, settings.max_item),
      out_(settings.memory) {
  call_->slot = slot;
}

TaskResult Evaluator::run(const Task& task, SlotPage* page, std::optional<Duration> age) {
  TaskResult result;
  run(task, page, monotonic_ns(), age, &result);
  return result;
}

void Evaluator::run(const Task& task, SlotPage* page, std::uint64_t began,
                    std::optional<Duration> age, TaskResult* result) {
  page_ = page;
  page_->since.store(0, std::memory_order_relaxed);
  page_->enter({});
  page_->task.store(task.id, std::memory_order_release);
  result->clear();
  result->stages.resize(pipers_.size());
  result->done = task.n;
  since_.reset();
  if (age) since_ = began - static_cast<std::uint64_t>(age->count());
  for (std::size_t i = 0; i < pipers_.size(); ++i) {
    const bool is_last = i + 1 == pipers_.size();
    BatchBuilder* out = is_last ? &out_ : &between_[i % 2];
    out->clear();
    Stage stage{pipers_[i],
                *pipers_[i].piper,
                task,
                *result,
                result->stages[i],
                out,
                static_cast<std::uint16_t>(i),
                is_last};
    if (task.kind == Task::Kind::flush) {
      flush(stage);
    } else {
      if (i == 0) {
        const auto width = static_cast<std::uint32_t>(task.inputs.size());
        inboxes_.fill(task, width, stage.piper.consume);
      } else {
        inboxes_.fill(between_[(i - 1) % 2]);
      }
      run_stage(stage);
    }
    const std::uint64_t now = monotonic_ns();
    stage.count.busy = Duration(now - began);
    began = now;
  }
  // So far these say when the first attempts began.
  for (Duration& elapsed : result->retry_elapsed)
    elapsed = Duration(static_cast<std::int64_t>(began)) - elapsed;
  result->items = out_.finish();
  page_->task.store(0, std::memory_order_release);
}

void Evaluator::run_stage(Stage& stage) {
  const std::uint32_t n = inboxes_.tasklets();
  const std::uint64_t most = kMaxBatch - std::min(settings_.max_item, kMaxBatch);
  bool many = can_run_many(stage);
  Next next = Next::go_on;
  std::uint32_t t = 0;
  while (t < n && next == Next::go_on) {
    if (t > 0 && stage.out->payload_bytes() > most) {
      stage.result.done = t;  // the next result might not fit
      stage.result.ended = false;
      break;
    }
    if (many) {
      const std::uint32_t settled = run_many(stage, t);
      many = settled > 0;
      t += settled;
      if (stage.stops) next = Next::stop_here;
    } else {
      next = run_one(stage, t++);
    }
  }
  stage.count.in += std::min(n, stage.result.done);
}

/// Whether the vectorised entry may be used: never where one tasklet must be known from another.
bool Evaluator::can_run_many(const Stage& stage) const {
  const PlanPiper& piper = stage.piper;
  const std::uint32_t n = inboxes_.tasklets();
  return n > 0 && stage.open.share > 1 && stage.open.chain.size() == 1 &&
         stage.open.chain.front().worker->call_many != nullptr && inboxes_.plain() &&
         inboxes_.size(n - 1) == inboxes_.per() && !piper.serial && !piper.timeout &&
         !piper.deadline && piper.retries.attempts == 1 && piper.join == Join::all &&
         !piper.produce.repeat && !stage.task.alone && !stage.task.singly && stage.task.step == 1;
}

/// Evaluates tasklets from `from` on in one call, as many as one call may take. Returns how many
/// were settled: all, or those up to the first that failed. 0: its results are of no use; call()
/// may say why.
std::uint32_t Evaluator::run_many(Stage& stage, std::uint32_t from) {
  const OpenFunction& function = stage.open.chain.front();
  const std::uint32_t n = std::min(inboxes_.tasklets() - from, stage.open.share);
  status_.assign(n, PAPY_OK);
  ends_.assign(n, 0);
  papy_range range{sizeof range,          stage.number(from), n,           inboxes_.per(),
                   inboxes_.values(from), status_.data(),     ends_.data()};
  begin_call(stage, from, /*many=*/true);
  enter(0);
  call_->inputs = range.inputs;
  call_->n_inputs = inboxes_.per();
  call_->args = {function.use->args.data(), function.use->args.size()};
  BatchBuilder& out = *stage.out;
  call_.bind(&out);
  papy_status whole = call_.guarded(
      [&] { return function.worker->call_many(function.state, call_.raw(), &range); });
  if (!call_.unbind() || call_.out_of_room()) whole = PAPY_ERROR;
  std::uint32_t settled = 0;
  if (whole == PAPY_OK) {
    settled = take_range(stage, n);
  } else if (whole == PAPY_FATAL) {
    status_[0] = whole;
  }
  out.rewind();
  const papy_status said = settled < n ? status_[settled] : PAPY_OK;
  if ((whole != PAPY_OK && whole != PAPY_FATAL) || said >= 0) return settled;
  handed_ = inboxes_.values(from + settled);
  handed_size_ = inboxes_.per();
  status_fault(stage, *function.use, said);
  fail(stage, from + settled);
  return settled + 1;
}

/// Takes what a range of n tasklets emitted, up to the first that came neither to values nor to a
/// gap. Returns how many tasklets those are.
std::uint32_t Evaluator::take_range(Stage& stage, std::uint32_t n) {
  BatchBuilder& out = *stage.out;
  const auto written = static_cast<std::size_t>(out.cursor() - out.item_begin());
  const auto not_ok =
      std::find_if(status_.begin(), status_.end(), [](papy_status s) { return s != PAPY_OK; });
  const auto ok = static_cast<std::uint32_t>(not_ok - status_.begin());
  if (ok == n && ends_[n - 1] != written) return 0;  // what lies behind the last belongs to nobody
  if (ok == n && stage.piper.produce == Produce{}) {
    const std::uint32_t before = out.size();
    out.close_values(ends_.data(), n);
    const std::uint32_t settled = out.size() - before;
    note_count(stage, settled);
    return settled;
  }
  std::size_t at = 0;
  for (std::uint32_t t = 0; t < n; ++t) {
    const std::size_t end = ends_[t];
    if (end < at || end > written) return t;
    if (status_[t] == PAPY_SKIP && end == at) {
      ++stage.count.skipped;
      // Gaps have no bytes: they may be put before what was written behind.
      std::uint8_t* const cursor = out.cursor();
      out.rewind();
      put_gaps(stage);
      out.moved_to(cursor);
    } else if (status_[t] != PAPY_OK || !take_tasklet(stage, end - at)) {
      return t;
    }
    at = end;
  }
  return n;
}

/// Closes the values in the next `bytes` of the output. False: they are not what one tasklet gives.
bool Evaluator::take_tasklet(Stage& stage, std::size_t bytes) {
  BatchBuilder& out = *stage.out;
  const Produce& produce = stage.piper.produce;
  const std::uint32_t before = out.size();
  std::uint8_t* const cursor = out.cursor();
  out.moved_to(out.item_begin() + bytes);
  const auto values = out.close_values();
  if (values && !produce.any && *values != produce.n) out.truncate(before);
  out.moved_to(cursor);
  if (!values || (!produce.any && *values != produce.n)) return false;
  note_count(stage, *values);
  return true;
}

Evaluator::Next Evaluator::run_one(Stage& stage, std::uint32_t t) {
  const papy_value* values = inboxes_.values(t);
  const std::uint32_t n = inboxes_.size(t);
  const std::uint32_t width = inboxes_.width();
  if (stage.piper.join == Join::all && inboxes_.plain()) return evaluate(stage, t, values, n);

  failures_.clear();
  compact_.clear();
  for (std::uint32_t place = 0; place < n; place += width) {
    bool gap = false;
    std::uint32_t chosen = width;  // join: first
    for (std::uint32_t i = 0; i < width; ++i) {
      const ItemKind kind = inboxes_.kind(t, place + i);
      gap |= kind == ItemKind::gap;
      if (kind != ItemKind::gap && chosen == width) chosen = i;
      if (stage.piper.join == Join::all && kind == ItemKind::failure)
        failures_.push_back(values[place + i]);
    }
    if (stage.piper.join == Join::first) {
      if (chosen == width) continue;
      const bool failed = inboxes_.kind(t, place + chosen) == ItemKind::failure;
      (failed ? failures_ : compact_).push_back(values[place + chosen]);
    } else if (!gap) {
      compact_.insert(compact_.end(), values + place, values + place + width);
    }
  }
  if (!failures_.empty()) {
    travel(stage, t);
    return Next::go_on;
  }
  if (compact_.empty()) {
    ++stage.count.skipped;
    put_gaps(stage);
    return Next::go_on;
  }
  return evaluate(stage, t, compact_.data(), static_cast<std::uint32_t>(compact_.size()));
}

/// Settles a tasklet that came to fault_, or has it tried again.
Evaluator::Next Evaluator::fail(Stage& stage, std::uint32_t t) {
  settings_.on_fault();
  const bool again =
      fault_.then == Fault::Then::try_again && stage.task.attempt < stage.piper.retries.attempts;
  if (again) return retry(stage, t);
  const bool stopped_before = stage.result.stop.has_value();
  note_stop(stage, stage.number(t));
  if (becomes_gap(stage)) {
    ++stage.count.skipped;
    put_gaps(stage);
  } else {
    ++stage.count.failed;
    put_failure(stage, failure_item(stage, stage.number(t)));
  }
  stage.stops = stage.result.stop && !stopped_before;
  if (!stage.stops) return Next::go_on;
  stage.result.done = t + 1;
  stage.result.ended = false;
  return Next::stop_here;
}

/// Holds the place with gaps, or with the failure that it is when there is no time for another
/// attempt; the flow leaves them out.
Evaluator::Next Evaluator::retry(Stage& stage, std::uint32_t t) {
  ++stage.count.retried;
  stage.result.retry.push_back(t);
  const std::uint64_t out = stage.count.out;
  if (stage.piper.deadline) {
    stage.result.retry_elapsed.emplace_back(static_cast<std::int64_t>(first_began_));
    put_failure(stage, failure_item(stage, stage.number(t)));
  } else {
    put_gaps(stage);
  }
  stage.count.out = out;
  if (!stage.piper.serial) return Next::go_on;
  stage.result.done = t + 1;
  return Next::stop_here;
}

bool Evaluator::becomes_gap(const Stage& stage) const {
  return papy::becomes_gap(stage.piper, fault_.kind, stage.open.skips_late);
}

/// Says that the run must stop, if it must because of fault_.
void Evaluator::note_stop(Stage& stage, std::uint64_t number) {
  std::optional<std::string>& stop = stage.result.stop;
  if (stop) return;
  if (fault_.then == Fault::Then::stop_the_run) {
    stop = "piper '" + stage.piper.name + "': " + fault_.use->name() + ": " + fault_.message;
  } else if (stage.piper.on_error == OnError::stop) {
    stop = reason_to_stop(stage.piper, number, fault_.message);
  }
}

std::string Evaluator::failure_item(Stage& stage, std::uint64_t number) {
  Failure failure;
  failure.piper = stage.piper.name;
  if (fault_.use != nullptr) failure.function = fault_.use->name();
  failure.kind = fault_.kind;
  failure.code = fault_.code;
  failure.message = std::move(fault_.message);
  failure.place = number;
  failure.attempts = stage.task.attempt;
  std::uint64_t bytes = 0;
  for (std::uint32_t i = 0; i < handed_size_; ++i) bytes += handed_[i].size;
  // One that takes many places is stored as often.
  if (bytes * places_of_failure(stage.piper.produce) <= settings_.max_item) {
    for (std::uint32_t i = 0; i < handed_size_; ++i)
      failure.inbox.emplace_back(static_cast<const char*>(handed_[i].data), handed_[i].size);
  }
  return encode(failure);
}

/// A failure came in: it travels on.
void Evaluator::travel(Stage& stage, std::uint32_t t) {
  std::vector<Failure> failures;
  for (const papy_value& value : failures_) {
    failures.push_back(decode_failure({static_cast<const std::uint8_t*>(value.data), value.size}));
  }
  Failure failure;
  if (failures.size() == 1) {
    failure = std::move(failures.front());
    ++failure.hops;
  } else {
    failure.piper = stage.piper.name;
    failure.kind = "joined";
    failure.message = std::to_string(failures.size()) + " items of the inbox failed";
    failure.place = stage.number(t);
    failure.causes = std::move(failures);
  }
  ++stage.count.passed;
  put_failure(stage, encode(failure));
}

void Evaluator::put_gaps(Stage& stage) {
  const std::uint32_t places = stage.piper.produce.any ? 0 : stage.piper.produce.n;
  for (std::uint32_t i = 0; i < places; ++i) stage.out->add({ItemKind::gap, {}});
  note_count(stage, places);
}

void Evaluator::put_failure(Stage& stage, const std::string& item) {
  const std::uint32_t places = places_of_failure(stage.piper.produce);
  for (std::uint32_t i = 0; i < places; ++i)
    stage.out->add({ItemKind::failure, papy::bytes_of(item)});
  note_count(stage, places);
}

void Evaluator::note_count(Stage& stage, std::uint32_t items) {
  stage.count.out += items;
  if (stage.is_last && stage.piper.produce.any) stage.result.counts.push_back(items);
}

}  // namespace papy
