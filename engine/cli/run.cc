#include "cli/command.h"
#include "cli/run_workflow.h"
#include "cli/usage.h"

namespace papy {

Command add_run(CLI::App& papy) {
  auto settings = std::make_shared<RunSettings>();
  CLI::App& words = *papy.add_subcommand("run", "Run a workflow");
  words.add_option("file", settings->file, "The workflow; - reads it from stdin")
      ->type_name("FILE")
      ->required();
  settings->load.add_to(words);
  words.add_flag("-q,--quiet", settings->quiet, "Say nothing but why a run did not go well");
  words.add_option("--events", settings->events, "Write what happens as JSON lines to this file")
      ->type_name("FILE");
  words
      .add_option("--log-level", settings->log_level,
                  "Least level of messages shown: debug, info (default), warning, error, off")
      ->type_name("LEVEL")
      ->transform(
          CLI::CheckedTransformer(std::map<std::string, LogLevel>{{"debug", LogLevel::debug},
                                                                  {"info", LogLevel::info},
                                                                  {"warning", LogLevel::warning},
                                                                  {"error", LogLevel::error},
                                                                  {"off", LogLevel::off}}));
  words
      .add_option("--progress", settings->progress,
                  "Show progress: auto (default; redrawn on a terminal), always, never")
      ->type_name("WHEN")
      ->transform(CLI::CheckedTransformer(
          std::map<std::string, ShowProgress>{{"auto", ShowProgress::automatic},
                                              {"always", ShowProgress::always},
                                              {"never", ShowProgress::never}}));
  set_example(words, "papy run reads.yaml --set r1=a.fq.gz --set r2=b.fq.gz --events run.jsonl");
  return {&words, [settings] { return run_workflow(*settings); }};
}

}  // namespace papy
