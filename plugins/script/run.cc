// script.run: a program for each item.
#include <algorithm>
#include <map>
#include <optional>
#include <papy/plugin.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "script/call_folder.h"
#include "script/exchange.h"
#include "script/file_content.h"
#include "script/form.h"
#include "script/record.h"
#include "script/template.h"
#include "script/values.h"

namespace papy::script {
namespace {

using Texts = std::map<std::string, std::string>;
using Numbers = std::vector<std::int64_t>;

struct run_args {
  PAPY_ARGS(run_args,
            (std::vector<std::string>, argv, {}, "the program and its words; fields in braces"),
            (std::string, shell, "", "instead of argv: a command for a shell; fields are quoted"),
            (std::string, interpreter, "/bin/sh", "the shell"),
            (std::string, stdin, "none", "how the item stands on its stdin; none: nothing does",
             one_of("none", "text", "bytes", "json", "msgpack")),
            (std::string, input, "", "the field that stands there; empty: the whole item"),
            (std::string, stdout, "text", "what its stdout is",
             one_of("text", "bytes", "json", "msgpack", "none")),
            (Texts, in, {}, "fields that are given as files -> the names of these"),
            (Texts, out, {}, "fields that are files it writes -> the names of these"),
            (std::string, files, "bytes", "what the files it writes are",
             one_of("bytes", "text", "json", "msgpack")),
            (Texts, env, {}, "variables of its environment; fields in braces"),
            (papy::path, directory, ".", "where it works"),
            (Numbers, ok, {}, "exit statuses besides 0 that are no failure"),
            (std::string, emit, "output",
             "output: what it wrote, the files if there are any; record: all that is known of it",
             one_of("output", "record")),
            (int, tries, 1, "record: a failure before this attempt, the last, is no record",
             at_least(1)),
            (bool, dry, false, "nothing is run: the command stands for its output"),
            (std::int64_t, most_output, 67108864, "bytes of stdout, and of each file", at_least(0),
             at_most(1073741824)),
            (std::int64_t, most_errors, 65536, "bytes of stderr that are kept, the last ones",
             at_least(0), at_most(1073741824)))
};

/// A port: the field that stands for a file, and its name.
struct Port {
  std::string name;
  Field field;
  Template file;
};

std::vector<Port> ports_of(const Texts& texts) {
  std::vector<Port> ports;
  for (const auto& [name, file] : texts) {
    const auto field = parse_field(name);
    const bool is_port = field && field->part == Field::Part::whole &&
                         field->what != Field::What::number && field->what != Field::What::slot;
    if (!is_port) throw fail("'" + name + "' is no name of a port, expected one as in {name}");
    ports.push_back({name, *field, Template(file)});
  }
  return ports;
}

std::vector<Template> templates_of(const std::vector<std::string>& texts) {
  return {texts.begin(), texts.end()};
}

class run {
 public:
  using args = run_args;
  run(const run_args& args, const open_info& info);

  void operator()(const inbox<>& inbox, out<>& out, context& call);

 private:
  /// What one call makes for its program.
  struct Prepared {
    Command command;
    std::string shown;
    std::string input;
    std::vector<std::string> written;  // paths of the out ports
  };
  bool wants_folder() const { return !in_.empty() || !out_.empty(); }
  bool records() const { return args_.emit == "record"; }
  Prepared prepare(Values& values, const CallFolder* folder) const;
  std::string input_of(const Values& values) const;
  void set_words(Prepared& prepared, const Values& values) const;
  Ended ended(Prepared& prepared, const context& call) const;
  bool is_ok(int status) const;
  void check(const Ended& ended, const context& call) const;
  packed files_of(const Prepared& prepared) const;
  record record_of(const Ended& ended, const Prepared& prepared, const Values& values) const;

  run_args args_;
  std::string directory_;
  std::vector<Template> argv_;
  std::optional<ShellTemplate> shell_;
  std::string program_;  // found already; empty: its name has fields
  Form stdin_;
  Form stdout_;
  std::optional<Field> input_;
  std::vector<Port> in_;
  std::vector<Port> out_;
  std::vector<std::pair<std::string, Template>> environment_;
};

run::run(const run_args& args, const open_info& info)
    : args_(args),
      directory_(working_folder(args.directory, info.base())),
      argv_(templates_of(args.argv)),
      stdin_(form_of(args.stdin)),
      stdout_(form_of(args.stdout)),
      input_(parse_field(args.input)),
      in_(ports_of(args.in)),
      out_(ports_of(args.out)) {
  if (args.argv.empty() == args.shell.empty())
    throw fail("expected 'argv' or 'shell', and not both");
  if (!input_) throw fail("argument 'input': '" + args.input + "' is no field");
  if (!args.shell.empty()) shell_.emplace(args.shell);
  for (const auto& [name, value] : args.env) environment_.emplace_back(name, Template(value));
  const std::string& program = shell_ ? args.interpreter : args.argv.front();
  if (shell_ || !argv_.front().has_fields()) program_ = found_program(program, directory_);
}

void run::set_words(Prepared& prepared, const Values& values) const {
  Command& command = prepared.command;
  if (shell_) {
    ShellTemplate::Command text = shell_->command(values);
    command.argv = {args_.interpreter, "-c", std::move(text.text), args_.interpreter};
    std::move(text.words.begin(), text.words.end(), std::back_inserter(command.argv));
    prepared.shown = shell_->shown(values);
  } else {
    for (const Template& word : argv_) command.argv.push_back(word.text(values));
    for (const std::string& word : command.argv)
      prepared.shown += (prepared.shown.empty() ? "" : " ") + quoted(word, Quotes::none);
  }
  command.directory = directory_;
  for (const auto& [name, value] : environment_)
    command.environment.push_back(name + "=" + value.text(values));
}

std::string run::input_of(const Values& values) const {
  if (stdin_ == Form::none) return {};
  if (input_->what == Field::What::item) return encoded(values.item().view(), stdin_);
  return encoded(values.value(*input_), stdin_);
}

/// Makes all names and contents before the first field stands for a file.
run::Prepared run::prepare(Values& values, const CallFolder* folder) const {
  Prepared prepared;
  prepared.input = input_of(values);
  std::vector<std::pair<std::string, std::string>> files;  // field, path
  for (const Port& port : in_) {
    files.emplace_back(port.name, folder->file(port.file.text(values), port.name));
    write_content(files.back().second, plain_text(values.value(port.field)));
  }
  for (const Port& port : out_) {
    files.emplace_back(port.name, folder->file(port.file.text(values), port.name));
    prepared.written.push_back(files.back().second);
  }
  for (auto& [name, path] : files) values.set_file(name, std::move(path));
  set_words(prepared, values);
  return prepared;
}

Ended run::ended(Prepared& prepared, const context& call) const {
  Command& command = prepared.command;
  command.program = program_.empty() ? found_program(command.argv.front(), directory_) : program_;
  Child child(command, prepared.input.empty() ? Child::Input::none : Child::Input::pipe);
  const Bounds bounds{static_cast<std::size_t>(args_.most_output),
                      static_cast<std::size_t>(args_.most_errors)};
  return Exchange(child, prepared.input, bounds, call).run();
}

bool run::is_ok(int status) const {
  return status == 0 || std::find(args_.ok.begin(), args_.ok.end(), status) != args_.ok.end();
}

/// Throws what the call fails with, if it fails; what is recorded does not.
void run::check(const Ended& ended, const context& call) const {
  if (ended.cut == Cut::output) {
    throw fail("wrote more than " + std::to_string(args_.most_output) +
               " bytes to stdout ('most_output')");
  }
  if (ended.cut == Cut::cancelled) throw cancelled();
  if (records() && call.attempt() >= static_cast<std::uint32_t>(args_.tries)) return;
  if (ended.cut == Cut::late) throw cancelled();
  if (is_ok(ended.exit_status())) return;
  throw failure(PAPY_ERROR, ended.exit_status(),
                why_failed(ended.exit_status(), ended.signal(), false, ended.err.text()));
}

packed run::files_of(const Prepared& prepared) const {
  std::map<std::string, packed> files;
  for (std::size_t i = 0; i < out_.size(); ++i) {
    const std::string& path = prepared.written[i];
    const auto content = read_content(path, static_cast<std::size_t>(args_.most_output));
    if (!content) {
      throw fail("{" + out_[i].name + "} was not written: there is no file '" +
                 part_of(path, Field::Part::name) + "'");
    }
    files[out_[i].name] = decoded(*content, form_of(args_.files), "{" + out_[i].name + "}");
  }
  return pack(files);
}

record run::record_of(const Ended& ended, const Prepared& prepared, const Values& values) const {
  record done;
  done.item = values.item();
  done.command = prepared.shown;
  done.late = ended.cut == Cut::late;
  const bool is_well = !done.late && is_ok(ended.exit_status());
  done.status = is_well ? 0 : ended.exit_status();
  done.signal = ended.signal();
  done.began = ended.began;
  done.seconds = ended.seconds;
  done.stdout = is_well ? decoded(ended.out, stdout_, "stdout") : text_or_bytes(ended.out);
  done.stderr = text_or_bytes(ended.err.text());
  if (is_well && !out_.empty()) done.files = files_of(prepared);
  return done;
}

void run::operator()(const inbox<>& inbox, out<>& out, context& call) {
  Values values({inbox.begin(), inbox.end()}, call.tasklet(), call.slot());
  std::optional<CallFolder> folder;
  if (wants_folder()) folder.emplace(call);
  Prepared prepared = prepare(values, folder ? &*folder : nullptr);
  Ended ended;
  if (args_.dry) {
    ended.out = prepared.shown + "\n";
  } else {
    ended = this->ended(prepared, call);
    check(ended, call);
  }
  if (records()) {
    record done = record_of(ended, prepared, values);
    done.number = static_cast<std::int64_t>(call.tasklet()) + 1;
    out.emit(pack(done).view());
  } else if (out_.empty()) {
    out.emit(decoded(ended.out, stdout_, "stdout").view());
  } else {
    out.emit(files_of(prepared).view());
  }
}

}  // namespace
}  // namespace papy::script

PAPY_WORKER_AS(run, papy::script::run, "runs a program for each item; what it writes is the result",
               papy::local | papy::cancels | papy::blocks);
