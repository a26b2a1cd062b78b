#include <fcntl.h>
#include <fmt/format.h>
#include <malloc.h>
#include <signal.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/print.h"
#include "cli/usage.h"

namespace papy {
namespace {

/// Blocks of batches come and go by the megabyte: they stay in the process instead of going back to
/// the system and coming again page by page.
void keep_freed_memory() {
  mallopt(M_MMAP_THRESHOLD, 64 << 20);
  mallopt(M_TRIM_THRESHOLD, 512 << 20);
}

/// Takes the numbers 0 to 2 where the caller left them closed, so that no file of ours gets them.
/// Reading or writing there fails, as it does on a closed stream.
void hold_standard_streams() {
  for (int stream = 0; stream <= 2; ++stream) {
    if (fcntl(stream, F_GETFD) < 0 && errno == EBADF)
      open("/dev/null", (stream == 0 ? O_WRONLY : O_RDONLY) | O_NOCTTY);
  }
}

std::vector<Command> add_commands(CLI::App& papy) {
  std::vector<Command> commands{add_run(papy),  add_each(papy),  add_lint(papy),
                                add_plan(papy), add_graph(papy), add_call(papy)};
  CLI::App& plugin = *papy.add_subcommand("plugin", "Look at plugin libraries");
  set_example(plugin, "papy plugin inspect fastx");
  commands.push_back(add_plugin_inspect(plugin));
  commands.push_back(add_plugin_list(plugin));
  commands.push_back(add_schema(papy));
  commands.push_back(add_version(papy));
  commands.push_back(add_guardian(papy));
  commands.push_back(add_slot(papy));
  return commands;
}

/// The words behind the program's name, last first, as CLI11 takes them.
std::vector<std::string> words_of(int argc, char** argv) {
  std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
  protect_items(words);
  std::reverse(words.begin(), words.end());
  return words;
}

int main_of(int argc, char** argv) {
  CLI::App papy("Runs declarative pipelines of native code.", "papy");
  papy.set_version_flag("--version", "papy " PAPY_VERSION, "Print the version and end");
  set_example(papy, "papy run workflows/paired-reads.yaml --set r1=a.fq.gz --set r2=b.fq.gz");
  const std::vector<Command> commands = add_commands(papy);
  try {
    papy.parse(words_of(argc, argv));
  } catch (const CLI::CallForHelp&) {
    return print(papy.help());
  } catch (const CLI::CallForVersion& version) {
    return print(fmt::format("{}\n", version.what()));
  } catch (const CLI::ParseError& wrong) {
    return fail(kUsage, usage_text(papy, wrong));
  }
  for (const Command& command : commands) {
    if (command.words->parsed()) return command.run();
  }
  // A word is missing: the help of the innermost command that was named says which there are.
  fmt::print(stderr, "{}", papy.help());
  return kUsage;
}

}  // namespace
}  // namespace papy

int main(int argc, char** argv) {
  papy::keep_freed_memory();
  papy::hold_standard_streams();
  signal(SIGPIPE, SIG_IGN);  // whoever writes is told, and says so
  signal(SIGXFSZ, SIG_IGN);
  signal(SIGCHLD, SIG_DFL);  // where it is ignored nobody learns how a program ended
  return papy::main_of(argc, argv);
}
