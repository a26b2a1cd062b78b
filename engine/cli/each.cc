#include "cli/each.h"

#include <algorithm>
#include <thread>

#include "cli/command.h"
#include "cli/print.h"
#include "cli/run_workflow.h"
#include "cli/usage.h"

namespace papy {
namespace {

struct EachWords {
  EachSettings each;
  RunSettings run;
  bool bar = false;
  bool write_yaml = false;
};

void add_options(CLI::App& words, EachWords& settings) {
  EachSettings& each = settings.each;
  each.jobs = std::max(1u, std::thread::hardware_concurrency());
  words.add_option("-j,--jobs", each.jobs, "Programs at once; one a processor if not given")
      ->type_name("N")
      ->check(CLI::Range(1, 4096));
  words.add_option("-a,--arg-file", each.arg_file, "Take items from this file, one a line")
      ->type_name("FILE");
  words.add_flag("-k,--keep-order", each.keep_order, "Show results in the order of the items");
  words.add_flag("--tag", each.tag, "Put the item in front of each line");
  words.add_option("--joblog", each.joblog, "Write a line for each program to this file")
      ->type_name("FILE");
  words.add_option("--results", each.results, "Keep what each program wrote in this folder")
      ->type_name("DIR");
  words.add_option("--halt", each.halt, "Start no more: never, soon,fail=N or soon,fail=N%")
      ->type_name("WHEN");
  words.add_option("--retries", each.retries, "Try each item so often")
      ->type_name("N")
      ->check(CLI::Range(1, 1000));
  words.add_option("--timeout", each.timeout, "End a program after this time, as 10 or 2m")
      ->type_name("TIME");
  words.add_option("--shell", each.shell, "The shell that reads the command, /bin/sh if not given")
      ->type_name("PROGRAM");
  words.add_flag("--dry-run", each.dry_run, "Show the commands instead of running them");
  words.add_flag("--bar", settings.bar, "Show how far it is, and a summary");
  words.add_flag("--write-yaml", settings.write_yaml, "Print the workflow that this is, and end");
  settings.run.load.plugins.add_to(words);
}

int run_each(EachWords& settings, const CLI::App& words) {
  const std::vector<std::string> rest = words.remaining();
  if (!rest.empty() && rest.front().size() > 1 && rest.front()[0] == '-')
    return fail(kUsage, unknown_option_text(words, rest.front()));
  if (const auto taken = take_each_words(rest, settings.each); !taken)
    return fail(kUsage, "papy each: " + taken.error().text);
  const auto document = each_document(settings.each);
  if (!document) return fail(kUsage, "papy each: " + document.error().text);
  if (settings.write_yaml) return print(*document);
  settings.run.file = "each";
  settings.run.text = *document;
  settings.run.quiet = !settings.bar;
  settings.run.progress = settings.bar ? ShowProgress::automatic : ShowProgress::never;
  return run_workflow(settings.run);
}

}  // namespace

Command add_each(CLI::App& papy) {
  auto settings = std::make_shared<EachWords>();
  CLI::App& words = *papy.add_subcommand("each", "Run a program for each item");
  words.prefix_command();
  add_options(words, *settings);
  set_example(
      words,
      "papy each -j4 'gzip -k {}' ::: *.txt\n\n"
      "Items stand behind ':::' (several: all combinations), or come from stdin, one a line. "
      "In the command {} is the item, {.} the same without its ending, {/} the name of "
      "the file, {//} its folder, {/.} the name without ending, {#} the number of the item, "
      "{1} {2} {2/.} the items of several lists");
  return {&words, [settings, &words] { return run_each(*settings, words); }};
}

}  // namespace papy
