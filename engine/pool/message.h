#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "flow/task.h"
#include "item/bytes.h"

namespace papy {

// What the engine and the processes of its slots say to each other. Each message is the protocol's
// major version, the type, then one msgpack array with the fields in the order of the structs
// below. A ZeroMQ frame is one message, or a bundle of several (bundle.h). PROTOCOL.md has the
// layout byte by byte.

inline constexpr std::uint8_t kProtocolMajor = 1;
inline constexpr std::uint8_t kProtocolMinor = 0;

/// Bytes in the memory that the processes of a run share (arena.h).
struct SharedBytes {
  std::uint32_t arena = 0;
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  friend bool operator==(const SharedBytes&, const SharedBytes&) = default;
};

/// Items [from, to) of a batch on its way: the frame lies in the message or in shared memory.
struct WireItems {
  std::variant<Bytes, SharedBytes> frame;  ///< Bytes are borrowed
  std::uint32_t from = 0;
  std::uint32_t to = 0;
};

// To a slot.

/// The first answer: what all calls of this slot share.
struct WelcomeMessage {
  std::uint32_t minor = kProtocolMinor;
  std::uint32_t slot = 0;      ///< number in its pool
  std::string pool;            ///< name
  std::string base;            ///< folder that relative paths are relative to, absolute
  std::uint64_t max_item = 0;  ///< bytes that one call may emit
  std::int32_t log_level = 0;  ///< lines of plugins below it are dropped
  std::uint64_t memory = 0;    ///< bytes that the process may use; 0: no limit
};

/// The other side speaks another protocol, or must not be here: the slot says so and ends.
struct RefusedMessage {
  std::string reason;
};

/// What a group's pipers are: sent before the first task of that group.
struct OpenMessage {
  GroupId group = 0;
  std::string opening;  ///< opening.h
};

struct TaskMessage {
  TaskId id = 0;
  std::uint64_t number = 0;  ///< of all tasks sent to this slot: 0, 1, 2 ...
  GroupId group = 0;
  Task::Kind kind = Task::Kind::evaluate;
  std::uint64_t first = 0;
  std::uint32_t n = 0;
  std::uint32_t step = 1;
  std::uint32_t attempt = 1;
  std::uint32_t replica = 0;
  std::uint32_t last_places = 0;
  bool singly = false;                      ///< one by one: never call_many
  std::optional<std::uint64_t> elapsed_ns;  ///< since the first attempt began; of later attempts
  std::optional<Bytes> state;               ///< of a SERIAL piper: what its instance loads first
  std::vector<std::vector<WireItems>> inputs;
  std::vector<SharedBytes> room;  ///< memory that the result may be written to
};

/// No more tasks: close what is open, say Bye, end.
struct CloseMessage {};

using ToSlot = std::variant<WelcomeMessage, RefusedMessage, OpenMessage, TaskMessage, CloseMessage>;

// From a slot.

/// The first message. Its layout never changes.
struct HelloMessage {
  std::uint8_t major = kProtocolMajor;
  std::uint32_t minor = kProtocolMinor;
  std::string program;  ///< name and version, for messages
  std::uint64_t pid = 0;
  bool page = false;    ///< it writes the page: what it is at can be seen there
  bool shared = false;  ///< it has mapped the shared memory: large frames may lie there
};

/// The functions of a group are loaded and open.
struct OpenedMessage {
  GroupId group = 0;
};

/// Only from slots that do not write the shared page: this tasklet is about to be evaluated.
struct StartedMessage {
  TaskId id = 0;
  std::uint32_t tasklet = 0;
};

struct ResultMessage {
  TaskId id = 0;
  std::uint32_t done = 0;
  std::optional<WireItems> items;  ///< all results; none: no items
  std::vector<std::uint32_t> counts;
  std::vector<std::uint32_t> retry;
  std::vector<std::uint64_t> retry_elapsed_ns;
  bool ended = false;
  std::optional<std::string> stop;
  std::vector<StageCount> stages;
  std::uint64_t elapsed_ns = 0;  ///< that the task took
  std::optional<Bytes> state;    ///< of a SERIAL piper that can be saved
  bool tired = false;            ///< memory runs short: replace this process when it is convenient
};

/// The task was not begun, because it was taken back.
struct ReturnedMessage {
  TaskId id = 0;
};

/// The slot cannot do its work at all.
struct ErrorMessage {
  std::string text;
};

/// All is closed; the process ends.
struct ByeMessage {};

using FromSlot = std::variant<HelloMessage, OpenedMessage, StartedMessage, ResultMessage,
                              ReturnedMessage, ErrorMessage, ByeMessage>;

std::string encode(const ToSlot& message);
std::string encode(const FromSlot& message);

/// The error says what is wrong with the bytes. What is borrowed lives as long as they do. Nothing
/// is allocated that the bytes do not pay for.
Result<ToSlot> decode_to_slot(Bytes bytes);
Result<FromSlot> decode_from_slot(Bytes bytes);

}  // namespace papy
