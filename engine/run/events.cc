#include "run/events.h"

#include <unistd.h>

#include "flow/groups.h"
#include "item/json.h"
#include "run/json_line.h"

namespace papy {
namespace {

double seconds(Duration duration) { return static_cast<double>(duration.count()) / 1e9; }

JsonLine event(std::string_view name, Duration time) {
  JsonLine line;
  line.text("event", name).seconds("t", seconds(time));
  return line;
}

/// A JSON array of what `json_of` makes of each.
template <typename List, typename JsonOf>
std::string array(const List& list, const JsonOf& json_of) {
  std::string out = "[";
  for (const auto& each : list) {
    if (out.size() > 1) out.push_back(',');
    out.append(json_of(each));
  }
  out.push_back(']');
  return out;
}

std::string text(std::string_view value) {
  std::string out;
  append_json_text(out, value);
  return out;
}

std::string_view type_name(PoolType type) {
  return type == PoolType::thread ? "thread" : "process";
}

std::string_view ending_name(Ending ending) {
  switch (ending) {
    case Ending::finished:
      return "finished";
    case Ending::drained:
      return "drained";
    case Ending::policy:
      return "policy";
    case Ending::broken:
      return "broken";
    case Ending::stdout_closed:
      return "stdout-closed";
    case Ending::killed:
      return "killed";
    case Ending::bug:
      return "bug";
  }
  return {};
}

std::string pool_json(const PlanPool& pool) {
  return JsonLine()
      .text("name", pool.name)
      .text("type", type_name(pool.type))
      .natural("slots", pool.slots)
      .boolean("ordered", pool.ordered)
      .object();
}

std::string piper_json(const Plan& plan, const PlanPiper& piper) {
  return JsonLine()
      .text("name", piper.name)
      .raw("functions",
           array(piper.worker, [](const FunctionUse& use) { return text(use.name()); }))
      .raw("from", array(piper.from, [&](StreamId from) { return text(plan.stream_name(from)); }))
      .text("pool", plan.pools[piper.pool].name)
      .object();
}

std::string group_json(const FailureGroup& group) {
  return JsonLine()
      .text("piper", group.piper)
      .text("function", group.function)
      .text("kind", group.kind)
      .integer("code", group.code)
      .natural("count", group.count)
      .text("example", group.message)
      .object();
}

std::string output_json(const OutputAccount& output) {
  return JsonLine()
      .text("name", output.name)
      .natural("length", output.length)
      .boolean("length_known", output.length_known)
      .natural("written", output.count.written)
      .natural("failed", output.count.failed)
      .natural("gaps", output.count.gaps)
      .natural("not_done", output.not_done)
      .object();
}

std::string edge_json(const Flow::EdgeCount& edge) {
  JsonLine line;
  line.text("from", edge.from)
      .text("to", edge.to)
      .natural("consumed", edge.consumed)
      .natural("dropped", edge.dropped)
      .natural("unmatched", edge.unmatched)
      .natural("not_done", edge.not_done);
  if (edge.length) line.natural("length", *edge.length);
  return line.object();
}

bool same(const StageCount& a, const StageCount& b) {
  return a.in == b.in && a.out == b.out && a.failed == b.failed && a.passed == b.passed &&
         a.skipped == b.skipped && a.retried == b.retried && a.busy == b.busy;
}

bool same(const Snapshot::Input& a, const Snapshot::Input& b) {
  return a.items == b.items && a.ended == b.ended && a.size == b.size;
}

}  // namespace

Result<std::unique_ptr<EventLog>> EventLog::create(const std::string& path, const Plan& plan,
                                                   Clock clock) {
  auto file = LineFile::create(path, LineFile::Folders::must_exist);
  if (!file) return tl::unexpected<Error>(file.error());
  return std::unique_ptr<EventLog>(new EventLog(std::move(*file), plan, std::move(clock)));
}

void EventLog::run(const Run& run) {
  file_->append(event("run", clock_())
                    .text("time", run.time)
                    .text("run", run.id)
                    .text("papy", run.version)
                    .text("workflow", plan_.name)
                    .text("file", plan_.file)
                    .natural("pid", static_cast<std::uint64_t>(getpid()))
                    .take());
}

void EventLog::plan() {
  const auto input = [](const PlanInput& in) {
    return JsonLine().text("name", in.name).text("function", in.source.name()).object();
  };
  const auto output = [&](const PlanOutput& out) {
    return JsonLine()
        .text("name", out.name)
        .text("function", out.sink.name())
        .text("from", plan_.stream_name(out.from))
        .object();
  };
  const auto group = [&](const Group& pipers) {
    return array(pipers.pipers, [&](PiperId p) { return text(plan_.pipers[p].name); });
  };
  const auto piper = [&](const PlanPiper& each) { return piper_json(plan_, each); };
  file_->append(event("plan", clock_())
                    .raw("pools", array(plan_.pools, pool_json))
                    .raw("inputs", array(plan_.inputs, input))
                    .raw("pipers", array(plan_.pipers, piper))
                    .raw("outputs", array(plan_.outputs, output))
                    .raw("groups", array(fuse(plan_), group))
                    .take());
  file_->flush();
}

void EventLog::batch(const BatchNote& note) {
  file_->append(event("batch", clock_())
                    .text("pool", plan_.pools[note.pool].name)
                    .natural("slot", note.slot)
                    .natural("group", note.group)
                    .natural("first", note.first)
                    .natural("tasklets", note.tasklets)
                    .natural("attempt", note.attempt)
                    .seconds("began_s", seconds(note.began))
                    .seconds("elapsed_s", seconds(note.elapsed))
                    .take());
}

void EventLog::failure(OutputId output, std::uint64_t place, const Failure& failure) {
  file_->append(event("failure", clock_())
                    .text("output", plan_.outputs[output].name)
                    .natural("place", place)
                    .raw("failure", to_json(failure))
                    .take());
}

void EventLog::warning(std::string_view text) {
  file_->append(event("warning", clock_()).text("text", text).take());
}

void EventLog::progress(const Snapshot& now) {
  before_.inputs.resize(now.inputs.size());
  before_.pipers.resize(now.pipers.size());
  before_.outputs.resize(now.outputs.size());
  for (InputId i = 0; i < now.inputs.size(); ++i) {
    const Snapshot::Input& input = now.inputs[i];
    if (same(input, before_.inputs[i])) continue;
    JsonLine line = event("input", now.elapsed);
    line.text("name", plan_.inputs[i].name)
        .natural("items", input.items)
        .boolean("ended", input.ended);
    if (input.size) line.natural("size", *input.size);
    file_->append(line.take());
  }
  for (PiperId p = 0; p < now.pipers.size(); ++p) {
    const StageCount& count = now.pipers[p];
    if (same(count, before_.pipers[p])) continue;
    file_->append(event("piper", now.elapsed)
                      .text("name", plan_.pipers[p].name)
                      .natural("in", count.in)
                      .natural("out", count.out)
                      .natural("failed", count.failed)
                      .natural("passed", count.passed)
                      .natural("skipped", count.skipped)
                      .natural("retried", count.retried)
                      .seconds("busy_s", seconds(count.busy))
                      .seconds("waited_s", seconds(count.waited))
                      .take());
  }
  for (OutputId o = 0; o < now.outputs.size(); ++o) {
    const OutputCount& count = now.outputs[o];
    if (count == before_.outputs[o]) continue;
    file_->append(event("output", now.elapsed)
                      .text("name", plan_.outputs[o].name)
                      .natural("written", count.written)
                      .natural("failed", count.failed)
                      .natural("gaps", count.gaps)
                      .take());
  }
  before_ = now;
  file_->flush();
}

void EventLog::end(const Account& account) {
  progress(account.end);
  JsonLine line = event("end", account.end.elapsed);
  line.text("ending", ending_name(account.ending))
      .text("reason", account.reason)
      .natural("exit_code", static_cast<std::uint64_t>(exit_code(plan_, account)))
      .seconds("elapsed_s", seconds(account.end.elapsed))
      .raw("failures", array(account.failures, group_json))
      .raw("outputs", array(output_accounts(plan_, account), output_json))
      .raw("edges", array(account.edges, edge_json));
  if (!account.dead_letters.empty()) line.text("dead_letters", account.dead_letters);
  file_->append(line.take());
  file_->flush();
}

}  // namespace papy
