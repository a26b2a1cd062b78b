#include <memory>

#include "cli/command.h"
#include "pool/guardian_main.h"

namespace papy {

Command add_guardian(CLI::App& papy) {
  auto folder = std::make_shared<std::string>();
  CLI::App& words = *papy.add_subcommand(kGuardianCommand, "Parent of worker processes");
  words.group("");  // papy starts it itself: no help shows it
  words.add_option("FOLDER", *folder, "Is removed at the end");
  return {&words, [folder] { return guardian_main(*folder); }};
}

}  // namespace papy
