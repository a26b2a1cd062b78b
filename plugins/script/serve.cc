// script.serve: a program that runs all the time and answers each item.
#include <map>
#include <optional>
#include <papy/plugin.hpp>
#include <string>
#include <vector>

#include "script/form.h"
#include "script/line_talk.h"

namespace papy::script {
namespace {

using Texts = std::map<std::string, std::string>;

struct serve_args {
  PAPY_ARGS(serve_args, (std::vector<std::string>, argv, {}, "the program and its words"),
            (std::string, shell, "", "instead of argv: a command for a shell"),
            (std::string, interpreter, "/bin/sh", "the shell"),
            (std::string, lines, "text", "what stands on a line, to the program and from it",
             one_of("text", "json")),
            (Texts, env, {}, "variables of its environment"),
            (papy::path, directory, ".", "where it works"),
            (std::int64_t, most_output, 67108864, "bytes of a line", at_least(0),
             at_most(1073741824)))
};

class serve {
 public:
  using args = serve_args;
  serve(const serve_args& args, const open_info& info)
      : form_(form_of(args.lines)), most_(static_cast<std::size_t>(args.most_output)) {
    if (args.argv.empty() == args.shell.empty())
      throw fail("expected 'argv' or 'shell', and not both");
    command_.directory = working_folder(args.directory, info.base());
    command_.argv = args.shell.empty()
                        ? args.argv
                        : std::vector<std::string>{args.interpreter, "-c", args.shell};
    command_.program = found_program(command_.argv.front(), command_.directory);
    for (const auto& [name, value] : args.env) command_.environment.push_back(name + "=" + value);
    talk_.emplace(command_, most_);
  }

  packed operator()(any item, context& call) {
    std::string line = encoded(item, form_);
    if (form_ == Form::json) line.pop_back();
    if (line.find('\n') != std::string::npos)
      throw fail("the item has a line feed, but is to stand on one line (lines: json can)");
    if (talk_ && talk_->is_broken()) {
      talk_.reset();
      log(level::warning, "the program of '" + std::string(call.piper()) +
                              "' ended between two items, or wrote without being asked; it is "
                              "started again");
    }
    if (!talk_) talk_.emplace(command_, most_);
    try {
      return decoded(talk_->ask(line, call), form_, "the line");
    } catch (...) {
      if (talk_->is_broken()) talk_.reset();
      throw;
    }
  }

 private:
  Command command_;
  Form form_;
  std::size_t most_;
  std::optional<LineTalk> talk_;  // none: it is to be started
};

}  // namespace
}  // namespace papy::script

PAPY_WORKER_AS(serve, papy::script::serve,
               "keeps a program running and hands it items: one line to it, one line from it",
               papy::local | papy::cancels | papy::blocks);
