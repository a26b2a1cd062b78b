#include "pool/evaluator.h"

#include <algorithm>
#include <utility>

#include "item/failure.h"
#include "item/scan.h"

namespace papy {

/// One piper within a task.
struct Evaluator::Stage {
  const OpenPiper& open;
  const PlanPiper& piper;
  const Task& task;
  TaskResult& result;
  StageCount& count;
  BatchBuilder* out;
  bool is_last;

  std::uint64_t number(std::uint32_t t) const { return task.first + std::uint64_t{t} * task.step; }
};

namespace {

/// Values that one tasklet takes in the stream when it comes to one failure.
std::uint32_t places_of_failure(const Produce& produce) { return produce.any ? 1 : produce.n; }

}  // namespace

Evaluator::Evaluator(const CallSettings& settings, std::vector<OpenPiper> pipers,
                     std::uint32_t slot)
    : settings_(settings),
      pipers_(std::move(pipers)),
      call_(settings.host, settings.cancelled, settings.max_item) {
  call_->slot = slot;
}

TaskResult Evaluator::run(const Task& task) {
  TaskResult result;
  result.stages.resize(pipers_.size());
  result.done = task.n;
  std::uint64_t began = monotonic_ns();
  for (std::size_t i = 0; i < pipers_.size(); ++i) {
    const bool is_last = i + 1 == pipers_.size();
    BatchBuilder* out = is_last ? &out_ : &between_[i % 2];
    out->clear();
    Stage stage{pipers_[i], *pipers_[i].piper, task, result, result.stages[i], out, is_last};
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
  result.items = out_.finish();
  return result;
}

void Evaluator::run_stage(Stage& stage) {
  std::uint32_t t = run_many(stage);
  const std::uint32_t n = inboxes_.tasklets();
  for (; t < n; ++t) {
    if (run_one(stage, t) == Next::stop_here) break;
  }
  stage.count.in += std::min(t + 1, n);
}

/// The vectorised entry, where it may be used. Returns how many tasklets are settled; at the first
/// that did not simply succeed it gives up, and run_one() evaluates from there.
std::uint32_t Evaluator::run_many(Stage& stage) {
  const PlanPiper& piper = stage.piper;
  const OpenFunction& function = stage.open.chain.front();
  const std::uint32_t n = inboxes_.tasklets();
  const bool fits = stage.open.chain.size() == 1 && function.worker->call_many != nullptr &&
                    inboxes_.plain() && inboxes_.size(n - 1) == inboxes_.per() && !piper.serial &&
                    !piper.timeout && piper.retries.attempts == 1 && piper.join == Join::all &&
                    !piper.produce.repeat && !stage.task.alone && stage.task.step == 1;
  if (n == 0 || !fits) return 0;

  status_.assign(n, PAPY_OK);
  ends_.resize(n);
  papy_range range{sizeof range,       stage.task.first, n,           inboxes_.per(),
                   inboxes_.values(0), status_.data(),   ends_.data()};
  BatchBuilder& out = *stage.out;
  call_->piper = piper.name.c_str();
  call_->args = {function.use->args.data(), function.use->args.size()};
  call_->width = inboxes_.width();
  call_->places = call_->consume = piper.consume;
  call_->n_inputs = inboxes_.per();
  call_->attempt = 1;
  call_->deadline_ns = 0;
  call_->tasklet = stage.task.first;
  call_.bind(&out);
  const papy_status whole = function.worker->call_many(function.state, call_.raw(), &range);
  std::uint32_t settled = 0;
  if (call_.unbind() && whole == PAPY_OK) settled = take_range(stage, n);
  out.rewind();
  return settled;
}

/// Takes what a range of n tasklets emitted, up to the first that did not simply succeed. Returns
/// how many tasklets those are.
std::uint32_t Evaluator::take_range(Stage& stage, std::uint32_t n) {
  const Produce& produce = stage.piper.produce;
  BatchBuilder& out = *stage.out;
  const auto ok =
      std::find_if(status_.begin(), status_.end(), [](papy_status s) { return s != PAPY_OK; });
  n = static_cast<std::uint32_t>(ok - status_.begin());
  if (!produce.any && produce.n == 1) {
    const std::uint32_t before = out.size();
    out.close_values(ends_.data(), n);
    n = out.size() - before;
    stage.count.out += n;
    return n;
  }
  std::uint8_t* const written = out.cursor();
  for (std::uint32_t t = 0; t < n; ++t) {
    const std::size_t from = t == 0 ? 0 : ends_[t - 1];
    const std::uint32_t before = out.size();
    std::uint8_t* const end = out.item_begin() + (ends_[t] - from);
    if (ends_[t] < from || end > written) return t;
    out.moved_to(end);
    const auto values = out.close_values();
    if (!values || (!produce.any && *values != produce.n)) {
      out.truncate(before);
      return t;
    }
    note_count(stage, *values);
  }
  return n;
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
    skip(stage);
    return Next::go_on;
  }
  return evaluate(stage, t, compact_.data(), static_cast<std::uint32_t>(compact_.size()));
}

Evaluator::Next Evaluator::evaluate(Stage& stage, std::uint32_t t, const papy_value* values,
                                    std::uint32_t n) {
  const PlanPiper& piper = stage.piper;
  if (piper.rest == Rest::fail && inboxes_.size(t) < inboxes_.per()) {
    return fail(stage, t, nullptr, "incomplete", 0,
                "the last group has " + std::to_string(inboxes_.size(t) / inboxes_.width()) +
                    " of " + std::to_string(piper.consume) + " places",
                false);
  }
  call_->piper = piper.name.c_str();
  call_->tasklet = stage.number(t);
  call_->attempt = stage.task.attempt;
  call_->deadline_ns =
      piper.timeout ? monotonic_ns() + static_cast<std::uint64_t>(piper.timeout->count()) : 0;
  call_->width = piper.join == Join::first ? 1 : inboxes_.width();
  call_->inputs = values;
  call_->n_inputs = n;
  call_->places = n / call_->width;
  call_->consume = piper.consume;

  papy_value between{};
  for (std::size_t f = 0;; ++f) {
    const OpenFunction& function = stage.open.chain[f];
    const bool is_last = f + 1 == stage.open.chain.size();
    BatchBuilder* out = is_last ? stage.out : &chain_[f % 2];
    if (!is_last) out->clear();
    call_->args = {function.use->args.data(), function.use->args.size()};
    call_.bind(out);
    const papy_status status = function.worker->call(function.state, call_.raw());
    if (!call_.unbind()) {
      out->rewind();
      return fail(stage, t, function.use, "bad-result", 0, "wrote beyond the end of its output",
                  false);
    }
    if (call_.out_of_room()) {
      out->rewind();
      return fail(stage, t, function.use, "bad-result", 0,
                  "gives more than " + std::to_string(settings_.max_item) + " bytes", false);
    }
    if (status == PAPY_SKIP) {
      out->rewind();
      skip(stage);
      return Next::go_on;
    }
    if (status != PAPY_OK && status != PAPY_END) {
      out->rewind();
      return failed(stage, t, status, function.use);
    }
    if (is_last) return accept(stage, t, status == PAPY_END);

    const Bytes emitted{out->item_begin(),
                        static_cast<std::size_t>(out->cursor() - out->item_begin())};
    if (!is_one_value(emitted)) {
      return fail(stage, t, function.use, "bad-result", 0,
                  emitted.empty()
                      ? "gives nothing, but the next function of the chain needs a value"
                      : "does not give one valid msgpack value for the next function of the chain",
                  false);
    }
    between = {emitted.data(), emitted.size()};
    call_->inputs = &between;
    call_->n_inputs = call_->width = call_->places = call_->consume = 1;
  }
}

/// Takes what the last function of a chain emitted; `last`: it said END.
Evaluator::Next Evaluator::accept(Stage& stage, std::uint32_t t, bool last) {
  BatchBuilder& out = *stage.out;
  const Produce& produce = stage.piper.produce;
  const FunctionUse* use = stage.open.chain.back().use;
  const std::uint8_t* const begin = out.item_begin();
  const std::uint8_t* const end = out.cursor();
  const std::uint32_t wanted = produce.repeat ? 1 : produce.n;
  std::uint32_t values = 0;
  for (const std::uint8_t* p = begin; p < end; ++values) {
    const std::uint8_t* next = end_of_value(p, end);
    if (next == nullptr) {
      const std::string at = std::to_string(p - begin);
      out.rewind();
      return fail(stage, t, use, "bad-result", 0, "result is not valid msgpack at byte " + at,
                  false);
    }
    p = next;
  }
  if (last) {
    stage.result.ended = true;
    stage.result.done = values == 0 ? t : t + 1;
    if (values == 0) return Next::stop_here;
  }
  if (!produce.any && values != wanted) {
    stage.result.ended = false;
    stage.result.done = inboxes_.tasklets();
    out.rewind();
    return fail(stage, t, use, "bad-result", 0,
                "gives " + std::to_string(values) + " values, not " + std::to_string(wanted),
                false);
  }
  if (produce.repeat && produce.n > 1) {
    const std::string value(text_of({begin, static_cast<std::size_t>(end - begin)}));
    out.close_item(ItemKind::value);
    for (std::uint32_t i = 1; i < produce.n; ++i) out.add({ItemKind::value, papy::bytes_of(value)});
    values = produce.n;
  } else {
    for (const std::uint8_t* p = begin; p < end;) {
      p = values == 1 ? end : end_of_value(p, end);
      out.close_item(ItemKind::value, p);
    }
  }
  note_count(stage, values);
  return last ? Next::stop_here : Next::go_on;
}

Evaluator::Next Evaluator::failed(Stage& stage, std::uint32_t t, papy_status status,
                                  const FunctionUse* use) {
  const Retries& retries = stage.piper.retries;
  if (status == PAPY_FATAL) {
    stage.result.stop =
        "piper '" + stage.piper.name + "': " + use->name() + ": " + call_.text(status);
  }
  if (status == PAPY_CANCELLED && call_.is_late()) {
    return fail(stage, t, use, "timeout", 0, "took longer than its time-out", retries.on_timeout);
  }
  const bool retryable = status == PAPY_RETRY || (status == PAPY_ERROR && retries.on_error);
  return fail(stage, t, use, failure_kind(status), call_.code(), call_.text(status), retryable);
}

Evaluator::Next Evaluator::fail(Stage& stage, std::uint32_t t, const FunctionUse* use,
                                const char* kind, std::int32_t code, std::string message,
                                bool retryable) {
  const PlanPiper& piper = stage.piper;
  if (retryable && stage.task.attempt < piper.retries.attempts) {
    ++stage.count.retried;
    stage.result.retry.push_back(t);
    skip(stage);  // holds the place; the flow leaves it out
    --stage.count.skipped;
    stage.count.out -= piper.produce.any ? 0 : piper.produce.n;
    if (!piper.serial) return Next::go_on;
    stage.result.done = t + 1;
    return Next::stop_here;
  }
  if (piper.on_error == OnError::skip) {
    skip(stage);
    return Next::go_on;
  }
  Failure failure;
  failure.piper = piper.name;
  if (use != nullptr) failure.function = use->name();
  failure.kind = kind;
  failure.code = code;
  failure.message = std::move(message);
  for (std::uint32_t i = 0; i < inboxes_.size(t); ++i) {
    const papy_value& value = inboxes_.values(t)[i];
    if (inboxes_.kind(t, i) == ItemKind::value) {
      failure.inbox.emplace_back(static_cast<const char*>(value.data), value.size);
    }
  }
  failure.place = stage.number(t);
  failure.attempts = stage.task.attempt;
  ++stage.count.failed;
  if (piper.on_error == OnError::stop && !stage.result.stop) {
    stage.result.stop = "piper '" + piper.name + "' failed at item " +
                        std::to_string(failure.place) +
                        " and says on_error: stop: " + failure.message;
  }
  const std::string bytes = encode(failure);
  const std::uint32_t places = places_of_failure(piper.produce);
  for (std::uint32_t i = 0; i < places; ++i) put(stage, ItemKind::failure, papy::bytes_of(bytes));
  note_count(stage, places);
  return Next::go_on;
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
  const std::string bytes = encode(failure);
  const std::uint32_t places = places_of_failure(stage.piper.produce);
  for (std::uint32_t i = 0; i < places; ++i) put(stage, ItemKind::failure, papy::bytes_of(bytes));
  note_count(stage, places);
}

void Evaluator::skip(Stage& stage) {
  ++stage.count.skipped;
  const std::uint32_t places = stage.piper.produce.any ? 0 : stage.piper.produce.n;
  for (std::uint32_t i = 0; i < places; ++i) put(stage, ItemKind::gap, {});
  note_count(stage, places);
}

void Evaluator::put(Stage& stage, ItemKind kind, Bytes bytes) { stage.out->add({kind, bytes}); }

void Evaluator::note_count(Stage& stage, std::uint32_t items) {
  stage.count.out += items;
  if (stage.is_last && stage.piper.produce.any) stage.result.counts.push_back(items);
}

/// Hands what function `from` - 1 gave through the rest of the chain, into the stage's output.
papy_status Evaluator::call_rest(Stage& stage, std::size_t from, papy_value value,
                                 const FunctionUse** at) {
  std::string held(static_cast<const char*>(value.data), value.size);
  for (std::size_t f = from; f < stage.open.chain.size(); ++f) {
    const OpenFunction& function = stage.open.chain[f];
    *at = function.use;
    const bool is_last = f + 1 == stage.open.chain.size();
    BatchBuilder* out = is_last ? stage.out : &chain_[0];
    if (!is_last) out->clear();
    const papy_value input{held.data(), held.size()};
    call_->inputs = &input;
    call_->n_inputs = call_->width = call_->places = call_->consume = 1;
    call_->args = {function.use->args.data(), function.use->args.size()};
    call_.bind(out);
    const papy_status status = function.worker->call(function.state, call_.raw());
    const bool sane = call_.unbind();
    if (status != PAPY_OK || !sane || is_last) return sane ? status : PAPY_FAIL;
    held.assign(
        text_of({out->item_begin(), static_cast<std::size_t>(out->cursor() - out->item_begin())}));
    if (!is_one_value(papy::bytes_of(held))) return PAPY_FAIL;
  }
  stage.out->append(papy::bytes_of(held));
  return PAPY_OK;
}

/// The end of a SERIAL piper: each function of the chain says what it still has, the functions
/// behind it take it.
void Evaluator::flush(Stage& stage) {
  BatchBuilder& out = *stage.out;
  BatchBuilder held;
  const auto give_up = [&](papy_status status, const FunctionUse* use) {
    out.rewind();
    Failure failure{stage.piper.name, use->name(), failure_kind(status), call_.code(),
                    call_.text(status)};
    failure.place = stage.task.first;
    ++stage.count.failed;
    put(stage, ItemKind::failure, papy::bytes_of(encode(failure)));
  };
  for (std::size_t f = 0; f < stage.open.chain.size(); ++f) {
    const OpenFunction& function = stage.open.chain[f];
    if (function.worker->flush == nullptr) continue;
    held.clear();
    call_->piper = stage.piper.name.c_str();
    call_->tasklet = stage.task.first;
    call_->attempt = 1;
    call_->deadline_ns = 0;
    call_->inputs = nullptr;
    call_->n_inputs = call_->places = 0;
    call_->width = call_->consume = 1;
    call_->args = {function.use->args.data(), function.use->args.size()};
    call_.bind(&held);
    papy_status status = function.worker->flush(function.state, call_.raw());
    if (!call_.unbind()) status = PAPY_FAIL;
    if (status != PAPY_OK && status != PAPY_SKIP && status != PAPY_END) {
      give_up(status, function.use);
      continue;
    }
    const std::uint8_t* const end = held.cursor();
    for (const std::uint8_t* p = held.item_begin(); p < end;) {
      const std::uint8_t* next = end_of_value(p, end);
      if (next == nullptr) {
        give_up(PAPY_FAIL, function.use);
        break;
      }
      const FunctionUse* at = function.use;
      status = call_rest(stage, f + 1, {p, static_cast<std::size_t>(next - p)}, &at);
      if (status == PAPY_OK) {
        for (const std::uint8_t* q = out.item_begin(); q != nullptr && q < out.cursor();) {
          q = end_of_value(q, out.cursor());
          if (q != nullptr) out.close_item(ItemKind::value, q);
        }
        out.rewind();
      } else if (status != PAPY_SKIP) {
        give_up(status, at);
      }
      p = next;
    }
  }
  stage.count.out += out.size();
}

}  // namespace papy
