#include "workflow/schema.h"

#include "cli/command.h"
#include "cli/print.h"
#include "cli/usage.h"

namespace papy {

Command add_schema(CLI::App& papy) {
  CLI::App& words =
      *papy.add_subcommand("schema", "Print the JSON Schema of workflows, for editors");
  set_example(words, "papy schema > papy-workflow-1.schema.json");
  return {&words, [] { return print(schema_json()); }};
}

}  // namespace papy
