#include "scene.h"

#include <algorithm>

#include "base/check.h"

namespace papy {
namespace {

ItemKind kind_of(const std::string& text) {
  if (text == "-") return ItemKind::gap;
  return !text.empty() && text[0] == '!' ? ItemKind::failure : ItemKind::value;
}

void write(const std::string& text, BatchBuilder* out) {
  const ItemKind kind = kind_of(text);
  out->add({kind, kind == ItemKind::gap ? Bytes{} : bytes_of(std::string_view(text))});
}

std::string read(const ItemView& item) {
  return item.kind == ItemKind::gap ? "-" : std::string(text_of(item.bytes));
}

}  // namespace

PlanPool& Scene::pool(const std::string& name) {
  PlanPool& pool = plan_.pools.emplace_back();
  pool.name = name;
  return pool;
}

void Scene::input(const std::string& name) { plan_.inputs.emplace_back().name = name; }

PlanPiper& Scene::piper(const std::string& name, const std::vector<std::string>& from) {
  if (plan_.pools.empty()) pool("pool");
  PlanPiper piper;
  piper.name = name;
  for (const std::string& one : from) piper.from.push_back(stream(one));
  piper.pool = static_cast<PoolId>(plan_.pools.size() - 1);
  plan_.pipers.push_back(std::move(piper));
  return plan_.pipers.back();
}

void Scene::output(const std::string& from) {
  PlanOutput& output = plan_.outputs.emplace_back();
  output.name = from;
  output.from = stream(from);
}

StreamId Scene::stream(const std::string& name) const {
  for (StreamId s = 0; s < plan_.streams(); ++s) {
    if (plan_.stream_name(s) == name) return s;
  }
  PAPY_CHECK(false, "no such stream in this scene: " + name);
}

Flow& Scene::flow() {
  if (flow_ == nullptr) flow_ = std::make_unique<Flow>(plan_);
  return *flow_;
}

void Scene::give(const std::string& input, const std::string& letters, bool ended) {
  const InputId id = stream(input);
  BatchBuilder out;
  for (const char letter : letters) write(std::string(1, letter), &out);
  flow().begin_input(id);
  flow().on_input(id, out.finish(), ended, Duration(0));
}

Scene::Items Scene::inbox(const Task& task, std::uint32_t t) const {
  const PlanPiper& piper = plan_.pipers[flow_->groups()[task.group].pipers.front()];
  const std::uint32_t places = t + 1 == task.n ? task.last_places : piper.consume;
  Items inbox;
  for (std::uint32_t place = 0; place < places; ++place) {
    for (const std::vector<Slice>& slices : task.inputs) {
      std::uint32_t skip = t * piper.consume + place;
      for (const Slice& slice : slices) {
        if (skip < slice.size()) {
          inbox.push_back(read(slice.item(skip)));
          break;
        }
        skip -= slice.size();
      }
    }
  }
  return inbox;
}

std::string Scene::told(const Task* task) const {
  if (task == nullptr) return "nothing";
  if (task->kind == Task::Kind::flush) return "flush of " + std::to_string(task->replica);
  std::string text = std::to_string(task->first) + "+" + std::to_string(task->n) + ":";
  for (std::uint32_t t = 0; t < task->n; ++t) {
    text += t == 0 ? " " : ", ";
    for (const std::string& item : inbox(*task, t)) text += item;
  }
  return text;
}

TaskResult Scene::result(const std::vector<Items>& items) {
  TaskResult result;
  BatchBuilder out;
  for (const Items& tasklet : items) {
    for (const std::string& item : tasklet) write(item, &out);
    result.counts.push_back(static_cast<std::uint32_t>(tasklet.size()));
  }
  result.done = static_cast<std::uint32_t>(items.size());
  result.items = out.finish();
  return result;
}

TaskResult Scene::result(const Task& task) const {
  const PlanPiper& piper = plan_.pipers[flow_->groups()[task.group].pipers.back()];
  if (task.kind == Task::Kind::flush) return result(std::vector<Items>{{"<end>"}});
  std::vector<Items> all;
  for (std::uint32_t t = 0; t < task.n; ++t) {
    std::string text;
    for (const std::string& item : inbox(task, t)) {
      if (kind_of(item) != ItemKind::value && kind_of(text) == ItemKind::value) text = item;
      if (kind_of(text) == ItemKind::value) text += item;
    }
    if (kind_of(text) == ItemKind::value) text = "[" + text + "]";
    all.push_back(Items(piper.produce.n, text));
  }
  return result(all);
}

void Scene::work() {
  bool moved = true;
  while (moved) {
    moved = false;
    for (PoolId p = 0; p < plan_.pools.size(); ++p) {
      while (const Task* task = flow().next(p)) {
        done(task);
        moved = true;
      }
    }
    for (OutputId o = 0; o < plan_.outputs.size(); ++o) written(plan_.outputs[o].name);
  }
}

std::string Scene::written(const std::string& from) {
  for (OutputId o = 0; o < plan_.outputs.size(); ++o) {
    if (plan_.outputs[o].name != from) continue;
    while (flow().has_output(o)) {
      OutputCount count;
      for (const auto& [first, slice] : flow().take_output(o)) {
        for (std::uint32_t i = 0; i < slice.size(); ++i) {
          const ItemKind kind = slice.item(i).kind;
          written_[o] += read(slice.item(i));
          ++(kind == ItemKind::value     ? count.written
             : kind == ItemKind::failure ? count.failed
                                         : count.gaps);
        }
      }
      flow().on_output(o, count);
    }
    return written_[o];
  }
  PAPY_CHECK(false, "no such output in this scene: " + from);
}

}  // namespace papy
