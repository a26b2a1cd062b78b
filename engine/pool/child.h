#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace papy {

/// What a child may use at most. Protection from accidents, not from malice.
struct ChildLimits {
  std::optional<std::uint64_t> memory;      ///< bytes that it may allocate (RLIMIT_DATA)
  std::optional<std::uint64_t> open_files;  ///< RLIMIT_NOFILE
  std::optional<std::uint64_t> cpu_time;  ///< seconds (RLIMIT_CPU): SIGXCPU, a second later SIGKILL

  bool operator==(const ChildLimits&) const = default;
};

/// A process that the guardian is to start.
///
///     Child slot{.number = 7, .program = "/proc/self/exe", .argv = {"papy", "slot"},
///                .env = {{"PAPY_SLOT", name}}, .fds = {control, page}, .output = pipe};
struct Child {
  std::uint32_t number = 0;       ///< chosen by the caller, never used twice
  std::string program;            ///< empty: argv[0]; looked for on PATH when it has no slash;
                                  ///< "/proc/self/exe" is papy, even if replaced or deleted
  std::vector<std::string> argv;  ///< at least one word
  std::vector<std::pair<std::string, std::string>> env;  ///< replaces and adds to what is inherited
  std::vector<int> fds;  ///< become its descriptors 3, 4, 5 ...; borrowed
  int output = -1;       ///< becomes its stdout and stderr; borrowed
  ChildLimits limits;
  std::string directory;  ///< it works there; empty: where papy does
};

/// A signal for the process group of a child.
struct ChildSignal {
  std::uint32_t number = 0;
  std::int32_t signal = 0;

  bool operator==(const ChildSignal&) const = default;
};

/// What the guardian is told. Both ends are one program, so its bytes are nobody else's business.
using ChildOrder = std::variant<Child, ChildSignal>;

/// The longest encoded order.
inline constexpr std::size_t kLongestOrder = 64 << 10;
/// Most descriptors that travel with an order: what the system lets through at once.
inline constexpr std::size_t kMostDescriptors = 253;

/// Descriptors travel beside the bytes: `output` and then `fds`.
std::string encode(const ChildOrder& order);

/// Descriptors are left out. Nothing if the bytes are not an order.
std::optional<ChildOrder> decode_order(std::string_view bytes);

/// What the guardian tells of a child, as it is sent.
struct ChildNews {
  enum class Kind : std::int32_t { started, not_started, ended };
  /// What failed when a child could not be started.
  enum class Step : std::int32_t { fork, setup, directory, exec };

  Kind kind = Kind::started;
  Step step = Step::fork;
  std::uint32_t child = 0;
  std::int32_t pid = 0;     ///< of started and ended
  std::int32_t status = 0;  ///< of ended, as waitpid() gives it
  std::int32_t error = 0;   ///< errno of not_started
};

}  // namespace papy
