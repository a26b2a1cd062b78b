#include "workflow/programs.h"

#include <fmt/format.h>

#include <utility>

#include "base/text.h"

namespace papy {

void find_programs(Workflow& workflow, const FindProgram& find, const Reading& reading) {
  for (PoolDecl& pool : workflow.pools) {
    if (pool.program == nullptr) continue;
    std::string& program = pool.settings.command.front();
    const std::string at = fmt::format("pools.{}.command[0]", pool.name.name);
    if (program.empty()) {
      reading.say(Level::error, "program-not-found", *pool.program, at,
                  "the first word of 'command' is empty, expected a program");
      continue;
    }
    const std::string word = program;
    if (word.find('/') != std::string::npos) program = absolute_path(word, reading.base);
    if (!find) continue;
    Result<std::string> found = find(program);
    if (found) {
      program = std::move(*found);
    } else {
      reading.say(Level::error, "program-not-found", *pool.program, at,
                  fmt::format("program {} cannot be had: {}", in_quotes(word), found.error().text));
    }
  }
}

}  // namespace papy
