#pragma once

#include <string>

namespace papy {

/// What the engine gives to a slot's process: environment and descriptors (README.md).
struct SlotSettings {
  std::string program;   ///< name and version, for messages
  std::string endpoint;  ///< the engine's, ipc://...
  std::string name;      ///< this process's ZeroMQ routing id
  std::string scratch;   ///< an existing folder for the scratch directory of plugins
  int control = 3;       ///< readable when the engine is gone
  int page = 4;          ///< memory of a SlotPage
  int arenas = 5;        ///< memory for large items (arena.h); the engine may do without
};

/// The process of a slot: says hello, opens what it is told to, evaluates the tasks that come in
/// their order, and ends when it is told to or when the engine is gone. Returns the exit code.
/// Whatever goes wrong is said on stderr, which the engine reads.
int run_slot(const SlotSettings& settings);

}  // namespace papy
