#include "cli/choice.h"
#include "cli/command.h"
#include "cli/run_workflow.h"
#include "cli/usage.h"

namespace papy {

Command add_run(CLI::App& papy) {
  auto settings = std::make_shared<RunSettings>();
  CLI::App& words = *papy.add_subcommand("run", "Run a workflow");
  words.add_option("FILE", settings->file, "The workflow; - reads it from stdin")
      ->type_name("")
      ->required();
  settings->load.add_to(words);
  words.add_flag("-q,--quiet", settings->quiet, "Say nothing but why a run did not go well");
  words.add_option("--events", settings->events, "Write what happens as JSON lines to this file")
      ->type_name("FILE");
  add_choice<LogLevel>(words, "--log-level", "Least level of messages shown", settings->log_level,
                       {{"info", LogLevel::info},
                        {"debug", LogLevel::debug},
                        {"warning", LogLevel::warning},
                        {"error", LogLevel::error},
                        {"off", LogLevel::off}});
  add_choice<ShowProgress>(words, "--progress", "Show how far it is; auto: redrawn on a terminal",
                           settings->progress,
                           {{"auto", ShowProgress::automatic},
                            {"always", ShowProgress::always},
                            {"never", ShowProgress::never}});
  set_example(words, "papy run reads.yaml --set r1=a.fq.gz --set r2=b.fq.gz --events run.jsonl");
  return {&words, [settings] { return run_workflow(*settings); }};
}

}  // namespace papy
