#include "pool/runner.h"

#include <algorithm>
#include <system_error>
#include <utility>

namespace papy {
namespace {

bool has_processes(const Plan& plan) {
  return std::any_of(plan.pools.begin(), plan.pools.end(),
                     [](const PlanPool& pool) { return pool.type == PoolType::process; });
}

/// What lies in buffers may lie there, and what slots have beside that.
Arenas::Settings arena_settings(const Plan& plan, const Runner::Settings& settings) {
  Arenas::Settings arenas;
  const std::uint64_t memory = plan.memory.value_or(settings.flow.memory);
  arenas.most = memory + memory / 4;
  arenas.notice = settings.processes.say;
  return arenas;
}

}  // namespace

Runner::Runner(const Plan& plan, Resolver resolver, const papy_host* host, Events& events,
               Report& report)
    : Runner(plan, std::move(resolver), host, events, report, Settings{}) {}

Runner::Runner(const Plan& plan, Resolver resolver, const papy_host* host, Events& events,
               Report& report, const Settings& settings)
    : plan_(plan),
      settings_(settings),
      resolver_(std::move(resolver)),
      arenas_(arena_settings(plan, settings)),
      plumber_(plan, events, report, settings.flow),
      calls_{.host = host,
             .cancelled = &plumber_.killed(),
             .memory = has_processes(plan) ? &arenas_ : nullptr},
      groups_(fuse(plan, settings.flow.fusion)),
      instances_(resolver_, host, plan.base),
      processes_(plan, groups_, plumber_, arenas_, settings.processes) {
  std::vector<Waiter*> pools, inputs, outputs;
  for (PoolId p = 0; p < plan.pools.size(); ++p) {
    if (plan.pools[p].type == PoolType::process) {
      pools.push_back(&processes_.waiter(p));
      continue;
    }
    pools_.push_back(std::make_unique<ThreadPool>(p, plan_, groups_, plumber_, instances_, calls_));
    pools.push_back(&pools_.back()->waiter());
  }
  for (InputId i = 0; i < plan.inputs.size(); ++i) {
    inputs_.push_back(
        std::make_unique<InputPort>(i, plan_, plumber_, calls_, plumber_.unwanted(i)));
  }
  for (OutputId o = 0; o < plan.outputs.size(); ++o) {
    outputs_.push_back(std::make_unique<OutputPort>(o, plan_, plumber_, calls_));
  }
  for (auto& input : inputs_) inputs.push_back(&input->waiter());
  for (auto& output : outputs_) outputs.push_back(&output->waiter());
  plumber_.attach(std::move(pools), std::move(inputs), std::move(outputs));
}

Runner::~Runner() = default;

Result<void> Runner::open() {
  if (auto opened = processes_.open(); !opened) return opened;
  for (InputId i = 0; i < inputs_.size(); ++i) {
    if (auto opened = inputs_[i]->open(resolver_); !opened) return opened;
    plumber_.expect(i, inputs_[i]->size());
  }
  for (std::size_t o = 0; o < outputs_.size(); ++o) {
    if (auto opened = outputs_[o]->open(resolver_); !opened) {
      // Nothing was written: the others need not leave anything behind.
      for (std::size_t before = 0; before < o; ++before) (void)outputs_[before]->finish(false);
      return opened;
    }
  }
  return {};
}

void Runner::End::note(std::string text, std::int32_t code) {
  if (io_errors.empty()) io_code = code;
  io_errors.push_back(std::move(text));
}

Result<void> Runner::start() {
  try {
    for (auto& pool : pools_) pool->start();
    processes_.start();
    for (auto& output : outputs_) output->start();
    for (auto& input : inputs_) input->start();
  } catch (const std::system_error& failed) {
    return error(std::string("cannot start a thread: ") + failed.code().message() +
                 "; expected fewer workers, or higher limits (ulimit -u, ulimit -v)");
  }
  return {};
}

Runner::End Runner::run() {
  if (auto started = start(); !started) {
    End end;
    end.how = Plumber::How::policy;
    end.reason = started.error().text;
    end.left_behind = true;  // those that were started
    return end;
  }
  End end{plumber_.run()};
  if (end.how == Plumber::How::killed) {
    // Foreign code may be anywhere: nobody waits for it, unless it sees that it is not wanted.
    for (auto& pool : pools_) {
      if (pool->cancels()) pool->join_within(settings_.patience);
    }
    end.left_behind = true;
    return end;
  }
  for (auto& pool : pools_) pool->join();
  processes_.join();
  for (InputId i = 0; i < inputs_.size(); ++i) {
    const bool ended = inputs_[i]->join(settings_.patience);
    end.left_behind |= !ended;
    if (ended && !inputs_[i]->failed().empty()) {
      end.note("input '" + plan_.inputs[i].name + "': " + inputs_[i]->failed(),
               inputs_[i]->failed_code());
    }
  }
  finish_outputs(&end);
  return end;
}

void Runner::finish_outputs(End* end) {
  std::vector<bool> ended;
  bool ok = end->io_errors.empty();
  for (auto& output : outputs_) {
    ended.push_back(output->join(settings_.patience));
    end->left_behind |= !ended.back();
    ok = ok && ended.back() && output->failed().empty();
  }
  for (std::size_t o = 0; o < outputs_.size(); ++o) {
    if (!ended[o]) continue;
    OutputPort& output = *outputs_[o];
    const bool could_write = output.failed().empty();
    if (!could_write)
      end->note("output '" + plan_.outputs[o].name + "': " + output.failed(), output.failed_code());
    // A run that did not go well leaves its outputs as they are, under no final name.
    if (ok && end->how == Plumber::How::finished) {
      if (auto finished = output.finish(true); !finished)
        end->note(finished.error().text, output.failed_code());
    }
    if (!output.failed().empty()) end->unwritten.push_back(static_cast<OutputId>(o));
    output.close();
  }
}

}  // namespace papy
