#include "scene.h"

#include <memory>
#include <utility>

namespace papy::test {

std::optional<int> ManualEvents::wait(std::optional<Time> deadline) {
  constexpr Time kProgress = std::chrono::milliseconds(500);
  std::unique_lock lock(mutex_);
  if (!notified_ && signals_.empty() && deadline && *deadline % kProgress != Time{0}) {
    now_ = std::max(now_, *deadline);
    ++passed_;
    return std::nullopt;
  }
  changed_.wait(lock, [this] { return notified_ || !signals_.empty(); });
  notified_ = false;
  changed_.notify_all();
  if (signals_.empty()) return std::nullopt;
  const int first = signals_.front();
  signals_.pop_front();
  changed_.notify_all();
  return first;
}

void ManualEvents::notify() {
  const std::lock_guard lock(mutex_);
  notified_ = true;
  changed_.notify_all();
}

Time ManualEvents::now() const {
  const std::lock_guard lock(mutex_);
  return now_;
}

void ManualEvents::signal(int number) {
  const std::lock_guard lock(mutex_);
  signals_.push_back(number);
  changed_.notify_all();
}

void ManualEvents::advance(Duration by) {
  const std::lock_guard lock(mutex_);
  now_ += by;
  notified_ = true;
  changed_.notify_all();
}

void ManualEvents::wait_until_noticed() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !notified_ && signals_.empty(); });
}

int ManualEvents::passed() const {
  const std::lock_guard lock(mutex_);
  return passed_;
}

void Notes::on_batch(const BatchNote&) {
  const std::lock_guard lock(mutex_);
  ++batches;
}

void Notes::on_failure(OutputId output, std::uint64_t place, const Failure& failure) {
  const std::lock_guard lock(mutex_);
  failures[output].push_back(std::to_string(place) + " " + failure.piper + " " + failure.kind +
                             ": " + failure.message);
}

void Notes::on_warning(std::string_view text) {
  const std::lock_guard lock(mutex_);
  warnings.emplace_back(text);
}

Scene::Scene() {
  plan.name = "scene";
  plan.base = "/";
}

Function* Scene::keep(Function function) { return &functions_.emplace_back(std::move(function)); }

StreamId Scene::input(Function source) {
  const auto id = static_cast<StreamId>(plan.inputs.size());
  plan.inputs.push_back({"in" + std::to_string(id), keep(std::move(source))->use("source")});
  return id;
}

StreamId Scene::piper(const std::vector<const Function*>& chain, std::vector<StreamId> from,
                      PlanPiper how) {
  if (plan.pools.empty()) pool({.name = "pool", .slots = 2});
  if (how.name.empty()) how.name = "p" + std::to_string(plan.pipers.size());
  for (std::size_t i = 0; i < chain.size(); ++i)
    how.worker.push_back(chain[i]->use("f" + std::to_string(i)));
  how.from = std::move(from);
  plan.pipers.push_back(std::move(how));
  return static_cast<StreamId>(plan.streams() - 1);
}

OutputId Scene::output(StreamId from, Function sink) {
  const auto id = static_cast<OutputId>(plan.outputs.size());
  plan.outputs.push_back({"out" + std::to_string(id), keep(std::move(sink))->use("sink"), from});
  written_.resize(plan.outputs.size());
  return id;
}

OutputId Scene::output(StreamId from) {
  const std::size_t id = plan.outputs.size();
  Function sink;
  sink.call = [this, id](papy_call* call) {
    const papy_value& value = call->inputs[0];
    std::string& all = written_[id].words;
    if (!all.empty()) all += ' ';
    all += words({ItemKind::value, {static_cast<const std::uint8_t*>(value.data), value.size}});
    return papy_status{PAPY_OK};
  };
  sink.finish = [this, id](papy_call*, bool ok) {
    written_[id].finished += ok ? "ok" : "not ok";
    return papy_status{PAPY_OK};
  };
  return output(from, std::move(sink));
}

PoolId Scene::pool(PlanPool pool) {
  if (pool.name.empty()) pool.name = "pool" + std::to_string(plan.pools.size());
  plan.pools.push_back(std::move(pool));
  return static_cast<PoolId>(plan.pools.size() - 1);
}

Result<void> Scene::open() {
  runner_.emplace(plan, resolve, nullptr, events, notes, settings);
  return runner_->open();
}

Runner::End Scene::run_opened() { return runner_->run(); }

Runner::End Scene::run() {
  if (auto opened = open(); !opened) {
    Runner::End end;
    end.how = Plumber::How::policy;
    end.reason = "open: " + opened.error().text;
    return end;
  }
  return run_opened();
}

std::string Scene::written(OutputId output) const { return written_[output].words; }
std::string Scene::finished(OutputId output) const { return written_[output].finished; }

std::string Scene::counted(OutputId output) {
  const OutputCount count = runner_->plumber().snapshot().outputs[output];
  return std::to_string(count.written) + " written, " + std::to_string(count.failed) + " failed, " +
         std::to_string(count.gaps) + " gaps";
}

Function numbers(std::int64_t n) {
  const auto at = std::make_shared<std::int64_t>(0);
  return {.call = [at, n](papy_call* call) {
    for (std::uint64_t i = 0; i < call->wanted && *at < n; ++i) emit(call, (*at)++);
    return papy_status{*at == n ? PAPY_END : PAPY_OK};
  }};
}

Function endless() { return numbers(INT64_MAX); }

}  // namespace papy::test
