#include <fmt/format.h>

#include <limits>
#include <utility>

#include "base/text.h"
#include "pool/message_head.h"

namespace papy {
namespace {

/// Takes the fields of a message in turn; what does not fit is noted once, and everything after it
/// is zero. Fields that a newer minor version added behind the known ones are passed over.
class Reader {
 public:
  explicit Reader(Bytes fields) : in_(fields) { array(); }

  bool ok() const { return ok_; }

  template <typename Number = std::uint64_t>
  Number natural() {
    const auto value = in_.natural();
    if (!value || *value > std::numeric_limits<Number>::max()) return failed<Number>();
    return static_cast<Number>(*value);
  }
  template <typename Number = std::int64_t>
  Number integer() {
    const auto value = in_.integer();
    if (!value || *value > std::numeric_limits<Number>::max() ||
        *value < std::numeric_limits<Number>::min())
      return failed<Number>();
    return static_cast<Number>(*value);
  }
  bool boolean() { return or_failed(in_.boolean()); }
  std::string text() { return std::string(or_failed(in_.text())); }
  Bytes binary() { return or_failed(in_.binary()); }
  std::uint32_t array() { return or_failed(in_.array()); }
  /// An array of exactly this many.
  void array_of(std::uint32_t n) {
    if (array() != n) ok_ = false;
  }
  bool nil() { return in_.nil(); }
  std::string any() { return in_.done() ? failed<std::string>() : std::string(text_of(in_.any())); }

  template <typename Number>
  std::vector<Number> naturals() {
    std::vector<Number> all(array());
    for (Number& number : all) number = natural<Number>();
    return all;
  }
  std::optional<Bytes> binary_or_nil() {
    if (nil()) return std::nullopt;
    return binary();
  }
  SharedBytes shared() {
    array_of(3);
    SharedBytes bytes;
    bytes.arena = natural<std::uint32_t>();
    bytes.offset = natural();
    bytes.size = natural();
    return bytes;
  }
  WireItems items() {
    array_of(3);
    WireItems items;
    if (const auto inside = in_.binary()) {
      items.frame = *inside;
    } else {
      items.frame = shared();
    }
    items.from = natural<std::uint32_t>();
    items.to = natural<std::uint32_t>();
    if (items.from > items.to) ok_ = false;
    return items;
  }
  StageCount stage() {
    array_of(7);
    StageCount count;
    for (std::uint64_t* number :
         {&count.in, &count.out, &count.failed, &count.passed, &count.skipped, &count.retried})
      *number = natural();
    count.busy = Duration(natural<std::int64_t>());
    return count;
  }

 private:
  template <typename Value>
  Value failed() {
    ok_ = false;
    return Value{};
  }
  template <typename Value>
  Value or_failed(const std::optional<Value>& value) {
    return value ? *value : failed<Value>();
  }

  Unpacker in_;
  bool ok_ = true;
};

WelcomeMessage read_welcome(Reader& in) {
  WelcomeMessage m;
  m.minor = in.natural<std::uint32_t>();
  m.slot = in.natural<std::uint32_t>();
  m.pool = in.text();
  m.base = in.text();
  m.max_item = in.natural();
  m.log_level = in.integer<std::int32_t>();
  m.memory = in.natural();
  return m;
}

OpenMessage read_open(Reader& in) {
  OpenMessage m;
  m.group = in.natural<GroupId>();
  m.opening = in.any();
  return m;
}

TaskMessage read_task(Reader& in) {
  TaskMessage m;
  m.id = in.natural();
  m.number = in.natural();
  m.group = in.natural<GroupId>();
  m.kind = in.natural() == 1 ? Task::Kind::flush : Task::Kind::evaluate;
  m.first = in.natural();
  m.n = in.natural<std::uint32_t>();
  m.step = in.natural<std::uint32_t>();
  m.attempt = in.natural<std::uint32_t>();
  m.replica = in.natural<std::uint32_t>();
  m.last_places = in.natural<std::uint32_t>();
  m.singly = in.boolean();
  if (!in.nil()) m.elapsed_ns = in.natural();
  m.state = in.binary_or_nil();
  m.inputs.resize(in.array());
  for (auto& input : m.inputs) {
    const std::uint32_t n = in.array();
    for (std::uint32_t i = 0; i < n && in.ok(); ++i) input.push_back(in.items());
  }
  const std::uint32_t rooms = in.array();
  for (std::uint32_t i = 0; i < rooms && in.ok(); ++i) m.room.push_back(in.shared());
  return m;
}

HelloMessage read_hello(Reader& in, std::uint8_t major) {
  HelloMessage m;
  m.major = major;
  m.minor = in.natural<std::uint32_t>();
  m.program = in.text();
  m.pid = in.natural();
  m.page = in.boolean();
  m.shared = in.boolean();
  return m;
}

StartedMessage read_started(Reader& in) {
  StartedMessage m;
  m.id = in.natural();
  m.tasklet = in.natural<std::uint32_t>();
  return m;
}

ResultMessage read_result(Reader& in) {
  ResultMessage m;
  m.id = in.natural();
  m.done = in.natural<std::uint32_t>();
  if (!in.nil()) m.items = in.items();
  m.counts = in.naturals<std::uint32_t>();
  m.retry = in.naturals<std::uint32_t>();
  m.retry_elapsed_ns = in.naturals<std::uint64_t>();
  m.ended = in.boolean();
  if (!in.nil()) m.stop = cut_message(in.text());
  const std::uint32_t stages = in.array();
  for (std::uint32_t i = 0; i < stages && in.ok(); ++i) m.stages.push_back(in.stage());
  m.elapsed_ns = in.natural();
  m.state = in.binary_or_nil();
  m.tired = in.boolean();
  return m;
}

template <typename Message>
Result<Message> checked(const Reader& in, Message message) {
  if (!in.ok()) return error("a message whose fields are not those of its type");
  return message;
}

tl::unexpected<Error> unknown_type(std::uint8_t type) {
  return error(fmt::format("a message of the unknown type {}", type));
}

}  // namespace

Result<ToSlot> decode_to_slot(Bytes bytes) {
  const auto fields = message_fields(bytes);
  if (!fields) return tl::unexpected(fields.error());
  Reader in(*fields);
  switch (static_cast<MessageType>(bytes[1])) {
    case MessageType::welcome: {
      auto m = read_welcome(in);
      return checked<ToSlot>(in, std::move(m));
    }
    case MessageType::refused: {
      RefusedMessage m{in.text()};
      return checked<ToSlot>(in, std::move(m));
    }
    case MessageType::open: {
      auto m = read_open(in);
      return checked<ToSlot>(in, std::move(m));
    }
    case MessageType::task: {
      auto m = read_task(in);
      return checked<ToSlot>(in, std::move(m));
    }
    case MessageType::close:
      return checked<ToSlot>(in, CloseMessage{});
    default:
      return unknown_type(bytes[1]);
  }
}

Result<FromSlot> decode_from_slot(Bytes bytes) {
  const auto fields = message_fields(bytes);
  if (!fields) return tl::unexpected(fields.error());
  Reader in(*fields);
  switch (static_cast<MessageType>(bytes[1])) {
    case MessageType::hello: {
      auto m = read_hello(in, bytes[0]);
      return checked<FromSlot>(in, std::move(m));
    }
    case MessageType::opened: {
      OpenedMessage m{in.natural<GroupId>()};
      return checked<FromSlot>(in, m);
    }
    case MessageType::started: {
      auto m = read_started(in);
      return checked<FromSlot>(in, m);
    }
    case MessageType::result: {
      auto m = read_result(in);
      return checked<FromSlot>(in, std::move(m));
    }
    case MessageType::returned: {
      ReturnedMessage m{in.natural()};
      return checked<FromSlot>(in, m);
    }
    case MessageType::error: {
      ErrorMessage m{cut_message(in.text())};
      return checked<FromSlot>(in, std::move(m));
    }
    case MessageType::bye:
      return checked<FromSlot>(in, ByeMessage{});
    default:
      return unknown_type(bytes[1]);
  }
}

}  // namespace papy
