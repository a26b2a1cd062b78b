// How an evaluator calls the functions of one piper.

#include <algorithm>
#include <utility>

#include "flow/failing.h"
#include "item/failure.h"
#include "item/scan.h"
#include "pool/evaluator.h"

namespace papy {
namespace {

/// What was written behind the last closed item.
Bytes open_bytes(const BatchBuilder& out) {
  return {out.item_begin(), static_cast<std::size_t>(out.cursor() - out.item_begin())};
}

}  // namespace

/// Of tasklet t, or with `many` of those from t on.
void Evaluator::begin_call(const Stage& stage, std::uint32_t t, bool many) {
  at_ = {t, stage.index, 0, many, false};
  at_.ended = stage.result.ended && t + 1 == inboxes_.tasklets();  // said by a piper before
  ended_ = false;
  call_->piper = stage.piper.name.c_str();
  call_->tasklet = stage.number(t);
  call_->attempt = stage.task.attempt;
  call_->deadline_ns = 0;
  call_->width = inboxes_.width();
  call_->places = call_->consume = stage.piper.consume;
}

/// The call ends with its attempt or with its tasklet's deadline. False: that is over already.
bool Evaluator::set_time_limit(const PlanPiper& piper) {
  if (!piper.timeout && !piper.deadline) return true;
  const auto limit = [](const std::optional<Duration>& duration) {
    return duration ? static_cast<std::uint64_t>(duration->count()) : UINT64_MAX / 2;
  };
  const std::uint64_t now = monotonic_ns();
  first_began_ = since_.value_or(now);
  must_end_ = first_began_ + limit(piper.deadline);
  call_->deadline_ns = std::min(now + limit(piper.timeout), must_end_);
  page_->since.store(now, std::memory_order_relaxed);
  return now < must_end_;
}

Evaluator::Next Evaluator::evaluate(Stage& stage, std::uint32_t t, const papy_value* values,
                                    std::uint32_t n) {
  const PlanPiper& piper = stage.piper;
  handed_ = values;
  handed_size_ = n;
  if (piper.rest == Rest::fail && inboxes_.size(t) < inboxes_.per()) {
    fault_ = {nullptr, "incomplete", 0,
              "the last group has " + std::to_string(inboxes_.size(t) / inboxes_.width()) + " of " +
                  std::to_string(piper.consume) + " places",
              Fault::Then::give_up};
    return fail(stage, t);
  }
  begin_call(stage, t);
  if (piper.join == Join::first) call_->width = 1;
  if (!set_time_limit(piper)) {
    fault_ = {nullptr, "deadline", 0,
              "the deadline of " + limit_text(*piper.deadline) + " passed before attempt " +
                  std::to_string(stage.task.attempt) + " could begin",
              Fault::Then::give_up};
    return fail(stage, t);
  }
  call_->inputs = values;
  call_->n_inputs = n;
  call_->places = n / call_->width;

  Verdict verdict = call_chain(stage, 0);
  const bool nothing = verdict == Verdict::values && open_bytes(*stage.out).empty();
  if (ended_ && nothing) {
    stage.result.ended = true;
    stage.result.done = t;
    return Next::stop_here;
  }
  if (verdict == Verdict::values) verdict = accept(stage);
  Next next = Next::go_on;
  if (verdict == Verdict::fault) next = fail(stage, t);
  if (verdict == Verdict::gap) {
    ++stage.count.skipped;
    put_gaps(stage);
  }
  const bool again = !stage.result.retry.empty() && stage.result.retry.back() == t;
  if (!ended_ || again || next == Next::stop_here) return next;
  stage.result.ended = true;
  stage.result.done = t + 1;
  return Next::stop_here;
}

/// Calls the functions from `from` on, each but the first with what the one before emitted; what
/// the last emits is left open in the stage's output. Notes whether one said END.
Evaluator::Verdict Evaluator::call_chain(Stage& stage, std::size_t from) {
  papy_value between{};
  for (std::size_t f = from;; ++f) {
    const OpenFunction& function = stage.open.chain[f];
    const bool is_last = f + 1 == stage.open.chain.size();
    BatchBuilder* out = is_last ? stage.out : &chain_[f % 2];
    if (!is_last) out->clear();
    enter(f);
    const Verdict verdict = call_function(function.worker->call, function, stage, out);
    if (verdict != Verdict::values || is_last) return verdict;
    const Bytes emitted = open_bytes(*out);
    if (emitted.empty() && ended_) return Verdict::values;
    if (!is_one_value(emitted)) {
      return bad_result(
          *function.use,
          emitted.empty()
              ? "gives nothing, but the next function of the chain needs a value"
              : "does not give one valid msgpack value for the next function of the chain");
    }
    between = {emitted.data(), emitted.size()};
    call_->inputs = &between;
    call_->n_inputs = call_->width = call_->places = call_->consume = 1;
  }
}

/// Says on the page that this function of the chain is about to be called.
void Evaluator::enter(std::size_t function) {
  at_.function = static_cast<std::uint8_t>(function);
  at_.in_function = true;
  at_.ended |= ended_;
  page_->enter(at_);
}

/// One call. What it emits is left open in `out`, unless it came to nothing.
Evaluator::Verdict Evaluator::call_function(papy_status (*entry)(void*, papy_call*),
                                            const OpenFunction& function, const Stage& stage,
                                            BatchBuilder* out) {
  call_->args = {function.use->args.data(), function.use->args.size()};
  call_.bind(out);
  const papy_status status = call_.guarded([&] { return entry(function.state, call_.raw()); });
  Verdict verdict = Verdict::values;
  if (!call_.unbind()) {
    verdict = bad_result(*function.use, "wrote beyond the end of its output");
  } else if (call_.out_of_room()) {
    verdict = bad_result(*function.use,
                         "gives more than " + std::to_string(settings_.max_item) + " bytes");
  } else if (status == PAPY_SKIP) {
    verdict = Verdict::gap;
  } else if (status != PAPY_OK && status != PAPY_END) {
    verdict = status_fault(stage, *function.use, status);
  }
  if (verdict != Verdict::values) {
    out->rewind();
  } else {
    ended_ |= status == PAPY_END;
  }
  return verdict;
}

/// What a status that is neither OK nor SKIP nor END means.
Evaluator::Verdict Evaluator::status_fault(const Stage& stage, const FunctionUse& use,
                                           papy_status status) {
  using Then = Fault::Then;
  const Retries& retries = stage.piper.retries;
  if (status == PAPY_CANCELLED && call_.is_late()) {
    if (call_->deadline_ns == must_end_) {
      fault_ = {&use, "deadline", 0,
                "took longer than its deadline of " + limit_text(*stage.piper.deadline),
                Then::give_up};
      return Verdict::fault;
    }
    fault_ = {&use, "timeout", 0, "took longer than its time-out",
              retries.on_timeout ? Then::try_again : Then::give_up};
    return Verdict::fault;
  }
  const bool again = status == PAPY_RETRY ||
                     (failure_kind(status) == failure_kind(PAPY_ERROR) && retries.on_error);
  const Then then = status == PAPY_FATAL ? Then::stop_the_run
                    : again              ? Then::try_again
                                         : Then::give_up;
  fault_ = {&use, failure_kind(status), call_.code(), call_.text(status), then};
  return Verdict::fault;
}

Evaluator::Verdict Evaluator::bad_result(const FunctionUse& use, std::string message) {
  fault_ = {&use, "bad-result", 0, std::move(message), Fault::Then::give_up};
  return Verdict::fault;
}

/// Closes what the last function of a chain emitted for one tasklet.
Evaluator::Verdict Evaluator::accept(Stage& stage) {
  BatchBuilder& out = *stage.out;
  const Produce& produce = stage.piper.produce;
  const FunctionUse& use = *stage.open.chain.back().use;
  const std::uint8_t* const begin = out.item_begin();
  const std::uint8_t* const end = out.cursor();
  const std::uint32_t wanted = produce.repeat ? 1 : produce.n;
  std::uint32_t values = 0;
  for (const std::uint8_t* p = begin; p < end; ++values) {
    const std::uint8_t* next = end_of_value(p, end);
    if (next == nullptr) {
      const std::string at = std::to_string(p - begin);
      out.rewind();
      return bad_result(use, "result is not valid msgpack at byte " + at);
    }
    p = next;
  }
  if (!produce.any && values != wanted) {
    out.rewind();
    const std::string n = std::to_string(values);
    return bad_result(use, "gives " + n + " values, not " + std::to_string(wanted) + ": expected " +
                               (values > 0 ? "'produce: " + n + "' or " : "") + "'produce: any'");
  }
  if (produce.repeat && produce.n > 1) return repeat_value(stage);
  for (const std::uint8_t* p = begin; p < end;) {
    p = values == 1 ? end : end_of_value(p, end);
    out.close_item(ItemKind::value, p);
  }
  note_count(stage, values);
  return Verdict::values;
}

/// One value was emitted, which counts n times.
Evaluator::Verdict Evaluator::repeat_value(Stage& stage) {
  BatchBuilder& out = *stage.out;
  const std::uint32_t n = stage.piper.produce.n;
  const std::string value(text_of(open_bytes(out)));
  if (value.size() > settings_.max_item / n) {
    out.rewind();
    return bad_result(*stage.open.chain.back().use,
                      "gives " + std::to_string(value.size()) + " bytes to be repeated " +
                          std::to_string(n) + " times, more than " +
                          std::to_string(settings_.max_item) + " bytes");
  }
  out.close_item(ItemKind::value);
  for (std::uint32_t i = 1; i < n; ++i) out.add({ItemKind::value, papy::bytes_of(value)});
  note_count(stage, n);
  return Verdict::values;
}

/// The end of a SERIAL piper: each function of the chain says what it still has, the functions
/// behind it take it.
void Evaluator::flush(Stage& stage) {
  const std::vector<OpenFunction>& chain = stage.open.chain;
  handed_ = nullptr;
  handed_size_ = 0;
  for (std::size_t f = 0; f < chain.size(); ++f) {
    if (chain[f].worker->flush == nullptr) continue;
    const bool is_last = f + 1 == chain.size();
    begin_call(stage, 0);
    (void)set_time_limit(stage.piper);  // what is over already is told by the deadline
    enter(f);
    call_->inputs = nullptr;
    call_->n_inputs = call_->places = 0;
    call_->width = call_->consume = 1;
    flushed_.clear();
    BatchBuilder* const out = is_last ? stage.out : &flushed_;
    const Verdict verdict = call_function(chain[f].worker->flush, chain[f], stage, out);
    if (is_last || verdict != Verdict::values) {
      accept_flushed(stage, verdict, *chain[f].use);
    } else if (const auto values = flushed_.close_values()) {
      flush_through(stage, f + 1, *values);
    } else {
      accept_flushed(stage, bad_result(*chain[f].use, "result is not valid msgpack"),
                     *chain[f].use);
    }
    if (stage.result.stop) break;
  }
  stage.count.out += stage.out->size();
}

/// Hands the values in flushed_ through the functions from `from` on, until one has had enough.
void Evaluator::flush_through(Stage& stage, std::size_t from, std::uint32_t values) {
  ended_ = false;
  for (std::uint32_t i = 0; i < values && !ended_ && !stage.result.stop; ++i) {
    const Bytes bytes = flushed_.item(i).bytes;
    const papy_value value{bytes.data(), bytes.size()};
    call_->inputs = &value;
    call_->n_inputs = call_->width = call_->places = call_->consume = 1;
    accept_flushed(stage, call_chain(stage, from), *stage.open.chain.back().use);
  }
}

/// Closes what lies open in the stage's output, of which a flush may give any number of values.
void Evaluator::accept_flushed(Stage& stage, Verdict verdict, const FunctionUse& use) {
  BatchBuilder& out = *stage.out;
  if (verdict == Verdict::gap) return;
  if (verdict == Verdict::values) {
    if (out.close_values()) return;
    out.rewind();
    bad_result(use, "result is not valid msgpack");
  }
  settings_.on_fault();
  ++stage.count.in;
  note_stop(stage, stage.task.first);
  if (becomes_gap(stage)) {
    ++stage.count.skipped;
    return;
  }
  ++stage.count.failed;
  out.add({ItemKind::failure, papy::bytes_of(failure_item(stage, stage.task.first))});
}

}  // namespace papy
