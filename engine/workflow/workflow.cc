#include "workflow/workflow.h"

#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "base/text.h"
#include "workflow/field_check.h"

namespace papy {
namespace {

std::optional<std::uint64_t> natural(const SectionReader& reader, std::string_view key) {
  const auto value = reader.integer(key);
  return value ? std::optional(static_cast<std::uint64_t>(*value)) : std::nullopt;
}

// Reads section after section into the Workflow.
class WorkflowReader {
 public:
  WorkflowReader(const SectionReader& document, std::uint32_t cores, const Reading& reading)
      : document_(document), cores_(cores), reading_(reading) {}

  Workflow read() {
    workflow_.name = document_.text("name").value_or("");
    for_each("plugins", &WorkflowReader::read_plugin);
    for_each("pools", &WorkflowReader::read_pool);
    for_each("inputs", &WorkflowReader::read_input);
    for_each("pipers", &WorkflowReader::read_piper);
    for_each("outputs", &WorkflowReader::read_output);
    if (const Node* const run = document_.node("run")) read_run(*run);
    if (const Node* const lint = document_.node("lint")) read_lint(*lint);
    return std::move(workflow_);
  }

 private:
  using ReadOne = void (WorkflowReader::*)(const NameUse& name, const Node& node,
                                           const KeyPath& path);

  void for_each(std::string_view section, ReadOne read);
  void read_plugin(const NameUse& name, const Node& node, const KeyPath& path);
  void read_pool(const NameUse& name, const Node& node, const KeyPath& path);
  void read_processes(const SectionReader& reader, const KeyPath& path, PoolDecl& decl);
  void read_limits(const Node& node, const KeyPath& path, PlanLimits& limits);
  void refuse_on_threads(const SectionReader& reader, const KeyPath& path);
  void read_input(const NameUse& name, const Node& node, const KeyPath& path);
  void read_piper(const NameUse& name, const Node& node, const KeyPath& path);
  void read_output(const NameUse& name, const Node& node, const KeyPath& path);
  void read_run(const Node& node);
  void read_lint(const Node& node);
  void read_worker(const SectionReader& piper, const KeyPath& path, PiperDecl& decl);
  void read_retries(const Node& node, const KeyPath& path, Retries& retries);
  void read_rates(const SectionReader& piper, const KeyPath& path, PiperDecl& decl);
  std::optional<FunctionCall> read_function(const Node* name, const KeyPath& path, const Node* args,
                                            const KeyPath& args_path);

  const SectionReader& document_;
  const std::uint32_t cores_;
  const Reading& reading_;
  Workflow workflow_;
};

void WorkflowReader::for_each(std::string_view section, ReadOne read) {
  const Node* const node = document_.node(section);
  if (node == nullptr) return;
  const KeyPath root;
  const KeyPath path = root / section;
  for (const Node::Entry& entry : node->follow().entries) {
    const std::string& name = entry.key->text;
    const KeyPath here = path / name;
    if (!is_name(name)) {
      reading_.error(
          "bad-name", *entry.key, here,
          fmt::format("{} is no name, expected letters, digits, _ and -", in_quotes(name)));
    } else if (const std::string_view meant = ambiguity(name);
               !entry.key->is_quoted && !meant.empty() && meant != kLooksOctal) {
      reading_.error(
          "ambiguous-scalar", *entry.key, here,
          fmt::format("{} is a name here, but {} to other readers of YAML", in_quotes(name), meant),
          fmt::format("quote it: \"{}\"", name));
    }
    (this->*read)({name, entry.key}, *entry.value, here);
  }
}

std::optional<FunctionCall> WorkflowReader::read_function(const Node* name, const KeyPath& path,
                                                          const Node* args,
                                                          const KeyPath& args_path) {
  if (name == nullptr) return std::nullopt;
  const std::string_view word = *name_of(*name);
  const std::size_t dot = word.rfind('.');
  const bool has_both = dot != std::string_view::npos && dot > 0 && dot + 1 < word.size();
  if (!has_both) {
    if (std::holds_alternative<Unknown>(name->scalar())) return std::nullopt;
    reading_.error("bad-function-name", *name, path,
                   fmt::format("{} names no function", in_quotes(word)),
                   "write plugin.function, like fastx.trim");
    return std::nullopt;
  }
  FunctionCall call;
  call.alias = word.substr(0, dot);
  call.function = word.substr(dot + 1);
  call.node = name;
  call.at = path.text();
  call.args = args;
  call.args_at = args_path.text();
  return call;
}

void WorkflowReader::read_plugin(const NameUse& name, const Node& node, const KeyPath& path) {
  const SectionReader reader(node, kPlugin, name.name, path, reading_, name.node);
  PluginDecl decl{.alias = name, .at = path.text(), .node = &node};
  decl.is_optional = reader.boolean("optional", false);
  const Node* const file = reader.node("path");
  const Node* const any_of = reader.node("any_of");
  const auto add = [&](const Node& candidate) {
    const auto word = name_of(candidate);
    if (word && !std::holds_alternative<Unknown>(candidate.scalar())) {
      decl.candidates.push_back({std::string(*word), &candidate});
    }
  };
  if (file != nullptr) add(*file);
  if (any_of != nullptr) {
    for (const Node* const item : any_of->follow().items) add(*item);
  }
  if (file != nullptr && any_of != nullptr) {
    reading_.error(
        "conflicting-keys", *any_of, path / "any_of",
        fmt::format("{} has 'path' and 'any_of', expected one of them", reader.subject()));
  }
  const Node& body = node.follow();
  if (body.find("path") == nullptr && body.find("any_of") == nullptr &&
      (body.kind == Node::Kind::mapping || body.kind == Node::Kind::null)) {
    decl.candidates.push_back({name.name, name.node});
  }
  if (!decl.candidates.empty()) workflow_.plugins.push_back(std::move(decl));
}

void WorkflowReader::read_pool(const NameUse& name, const Node& node, const KeyPath& path) {
  const SectionReader reader(node, kPool, name.name, path, reading_, name.node);
  PoolDecl decl{.name = name};
  const Node* const type = reader.node("type");
  decl.is_type_known = type == nullptr || !std::holds_alternative<Unknown>(type->scalar());
  decl.has_command = node.follow().find("command") != nullptr;
  PlanPool& pool = decl.settings;
  pool.name = name.name;
  pool.type = static_cast<PoolType>(reader.choice("type").value_or(0));
  pool.slots = static_cast<std::uint32_t>(reader.integer("workers").value_or(cores_));
  pool.stride = natural(reader, "stride");
  pool.buffer = natural(reader, "buffer");
  pool.batch = natural(reader, "batch");
  pool.ordered = reader.boolean("ordered", true);
  pool.skip = reader.boolean("skip", false);
  read_processes(reader, path, decl);
  const bool is_type_right = type != nullptr || node.follow().find("type") == nullptr;
  if (pool.type == PoolType::thread && decl.is_type_known && is_type_right) {
    refuse_on_threads(reader, path);
  }
  if (pool.stride && pool.buffer && *pool.buffer < *pool.stride) {
    reading_.say(Level::warning, "buffer-below-stride", *reader.node("buffer"),
                 (path / "buffer").text(),
                 fmt::format("{} can never have {} tasklets under evaluation: its buffer holds {}",
                             reader.subject(), *pool.stride, *pool.buffer));
  }
  workflow_.pools.push_back(std::move(decl));
}

void WorkflowReader::read_processes(const SectionReader& reader, const KeyPath& path,
                                    PoolDecl& decl) {
  PlanPool& pool = decl.settings;
  pool.max_crashes =
      static_cast<std::uint32_t>(reader.integer("max_crashes").value_or(pool.max_crashes));
  pool.recycle = natural(reader, "recycle");
  if (const Node* const limits = reader.node("limits")) {
    read_limits(*limits, path / "limits", pool.limits);
  }
  const Node* const command = reader.node("command");
  if (command == nullptr) return;
  for (const Node* const word : command->follow().items) {
    pool.command.push_back(text_of(word->scalar()));
  }
  const Node& first = *command->follow().items.front();
  if (!std::holds_alternative<Unknown>(first.scalar())) decl.program = &first;
}

void WorkflowReader::read_limits(const Node& node, const KeyPath& path, PlanLimits& limits) {
  constexpr std::uint64_t kLeastMemory = 32u << 20;
  const SectionReader reader(node, kLimits, "", path, reading_);
  limits.memory = reader.size("memory");
  if (limits.memory && *limits.memory < kLeastMemory) {
    reading_.error(
        "limit-too-small", *reader.node("memory"), path / "memory",
        fmt::format("'memory' is {}, less than a process needs for itself", *reader.text("memory")),
        "expected 32MiB or more");
  }
  limits.open_files = natural(reader, "open_files");
  const std::optional<Duration> time = reader.duration("cpu_time");
  if (!time) return;
  const auto seconds = std::chrono::floor<std::chrono::seconds>(*time);
  if (seconds != *time || seconds.count() < 1) {
    reading_.error("whole-seconds", *reader.node("cpu_time"), path / "cpu_time",
                   fmt::format("'cpu_time' is {}, expected whole seconds, 1s or more",
                               *reader.text("cpu_time")),
                   "'timeout' of a piper limits the time of one attempt, however short");
  }
  limits.cpu_time = static_cast<std::uint64_t>(seconds.count());
}

void WorkflowReader::refuse_on_threads(const SectionReader& reader, const KeyPath& path) {
  for (const std::string_view key : {"command", "max_crashes", "recycle", "limits"}) {
    const Node* const value = reader.node(key);
    if (value == nullptr) continue;
    reading_.error("needs-processes", *value, path / key,
                   fmt::format("{} is of type thread, but {} is for processes", reader.subject(),
                               in_quotes(key)),
                   fmt::format("write `type: process`, or remove '{}'", key));
  }
}

void WorkflowReader::read_input(const NameUse& name, const Node& node, const KeyPath& path) {
  const SectionReader reader(node, kInput, name.name, path, reading_, name.node);
  workflow_.inputs.push_back({name, read_function(reader.node("source"), path / "source",
                                                  reader.node("args"), path / "args")});
}

void WorkflowReader::read_output(const NameUse& name, const Node& node, const KeyPath& path) {
  const SectionReader reader(node, kOutput, name.name, path, reading_, name.node);
  OutputDecl output{.name = name,
                    .sink = read_function(reader.node("sink"), path / "sink", reader.node("args"),
                                          path / "args")};
  if (const Node* const from = reader.node("from")) {
    output.from = NameUse{std::string(*name_of(*from)), from};
  }
  workflow_.outputs.push_back(std::move(output));
}

void WorkflowReader::read_worker(const SectionReader& piper, const KeyPath& path, PiperDecl& decl) {
  const Node* const worker = piper.node("worker");
  if (worker == nullptr) return;
  const KeyPath here = path / "worker";
  const Node* const args = piper.node("args");
  const auto add = [&](std::optional<FunctionCall> call) {
    if (call) decl.worker.push_back(std::move(*call));
  };
  const auto add_element = [&](const Node& node, const KeyPath& at) {
    if (node.follow().kind == Node::Kind::mapping) {
      const SectionReader element(node, kChainElement, "", at, reading_);
      add(read_function(element.node("function"), at / "function", element.node("args"),
                        at / "args"));
    } else {
      add(read_function(&node, at, nullptr, at));
    }
  };
  const Node& body = worker->follow();
  const bool is_one_name = body.kind == Node::Kind::scalar;
  if (is_one_name) return add(read_function(worker, here, args, path / "args"));
  if (body.kind == Node::Kind::mapping) {
    add_element(*worker, here);
  } else {
    for (std::size_t i = 0; i < body.items.size(); ++i) add_element(*body.items[i], here[i]);
    if (decl.worker.size() != body.items.size()) decl.worker.clear();
  }
  if (args == nullptr) return;
  reading_.error("args-of-chain", *args, path / "args",
                 fmt::format("{} has args beside a chain, expected them at the chain's elements",
                             piper.subject()),
                 "write worker: [{function: a.b, args: {...}}, ...]");
}

void WorkflowReader::read_retries(const Node& node, const KeyPath& path, Retries& retries) {
  const SectionReader reader(node, kRetries, "", path, reading_);
  retries.attempts = static_cast<std::uint32_t>(reader.integer("attempts").value_or(1));
  retries.backoff = reader.duration("backoff").value_or(Duration{0});
  const Node* const when = reader.node("when");
  if (when == nullptr) return;
  retries.on_error = false;
  for (const Node* const item : when->follow().items) {
    const std::string_view word = *name_of(*item);
    retries.on_error = retries.on_error || word == "error";
    retries.on_timeout = retries.on_timeout || word == "timeout";
  }
}

void WorkflowReader::read_rates(const SectionReader& piper, const KeyPath& path, PiperDecl& decl) {
  PlanPiper& settings = decl.settings;
  const auto count = [&](std::string_view key) {
    return static_cast<std::uint32_t>(piper.integer(key).value_or(1));
  };
  settings.consume = count("consume");
  settings.spawn = count("spawn");
  settings.produce.n = count("produce");
  settings.produce.repeat = piper.boolean("repeat", false);
  decl.produce = piper.node("produce");
  if (decl.produce == nullptr) return;
  settings.produce.any = text_of(decl.produce->scalar()) == "any";
  if (settings.produce.any && settings.produce.repeat) {
    reading_.error("conflicting-keys", *piper.node("repeat"), path / "repeat",
                   fmt::format("{} repeats its value, but `produce: any` does not say how often",
                               piper.subject()),
                   "write a number: produce: 2");
  }
}

void WorkflowReader::read_piper(const NameUse& name, const Node& node, const KeyPath& path) {
  const SectionReader reader(node, kPiper, name.name, path, reading_, name.node);
  PiperDecl decl{.name = name};
  read_worker(reader, path, decl);
  if (const Node* const from = reader.node("from")) {
    const Node& there = from->follow();
    if (there.kind == Node::Kind::scalar) {
      decl.from.push_back({std::string(*name_of(*from)), from});
    } else {
      for (const Node* const item : there.items) {
        decl.from.push_back({std::string(*name_of(*item)), item});
      }
    }
  }
  if (const Node* const pool = reader.node("pool")) {
    decl.is_pool_known = !std::holds_alternative<Unknown>(pool->scalar());
    if (decl.is_pool_known) decl.pool = NameUse{std::string(*name_of(*pool)), pool};
  }
  PlanPiper& settings = decl.settings;
  settings.name = name.name;
  read_rates(reader, path, decl);
  settings.join = static_cast<Join>(reader.choice("join").value_or(0));
  settings.rest = static_cast<Rest>(reader.choice("consume_rest").value_or(0));
  settings.on_error = static_cast<OnError>(reader.choice("on_error").value_or(0));
  settings.track = reader.boolean("track", false);
  settings.serial = reader.boolean("stateful", false);
  settings.has_flush = settings.serial && settings.produce.any;
  decl.stateful = reader.node("stateful");
  settings.timeout = reader.duration("timeout");
  settings.deadline = reader.duration("deadline");
  decl.timeout = reader.node("timeout");
  decl.deadline = reader.node("deadline");
  if (const Node* const retries = reader.node("retries")) {
    read_retries(*retries, path / "retries", settings.retries);
  }
  workflow_.pipers.push_back(std::move(decl));
}

void WorkflowReader::read_run(const Node& node) {
  const KeyPath root;
  const KeyPath path = root / "run";
  const SectionReader reader(node, kRun, "", path, reading_);
  workflow_.memory = reader.size("memory");
  if (const Node* const limit = reader.node("max_failures")) {
    const Scalar scalar = scalar_as(FieldKind::integer, *limit);
    if (const auto* count = std::get_if<std::int64_t>(&scalar)) {
      workflow_.max_failures.count = static_cast<std::uint64_t>(*count);
    } else {
      workflow_.max_failures.share = parse_share(text_of(scalar));
    }
  }
  if (const auto file = reader.text("dead_letters")) {
    workflow_.dead_letters = absolute_path(*file, reading_.base);
  }
}

void WorkflowReader::read_lint(const Node& node) {
  const KeyPath root;
  const KeyPath path = root / "lint";
  const SectionReader reader(node, kLint, "", path, reading_);
  const Node* const list = reader.node("ignore");
  if (list == nullptr) return;
  const KeyPath ignore = path / "ignore";
  const auto& items = list->follow().items;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const KeyPath here = ignore[i];
    const SectionReader entry(*items[i], kIgnore, "", here, reading_);
    if (const auto rule = entry.text("rule")) {
      workflow_.ignores.push_back({*rule, entry.text("at").value_or(""), items[i]});
    }
  }
}

}  // namespace

Workflow read_workflow(const SectionReader& document, std::uint32_t cores, const Reading& reading) {
  return WorkflowReader(document, cores, reading).read();
}

}  // namespace papy
