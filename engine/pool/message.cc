#include "pool/message.h"

#include <fmt/format.h>

#include <limits>
#include <utility>

#include "base/text.h"
#include "item/pack.h"
#include "item/scan.h"

namespace papy {
namespace {

/// Numbers of the types in the second byte. Never reused.
enum class Type : std::uint8_t {
  hello = 1,
  welcome = 2,
  open = 3,
  opened = 4,
  task = 5,
  started = 6,
  result = 7,
  returned = 8,
  error = 9,
  close = 10,
  bye = 11,
  refused = 12,
  bundle = 13,
};

// Writing.

/// Begins a message: its head, and the array that holds its fields.
Packer begin(std::string& out, Type type, std::size_t fields) {
  out.push_back(static_cast<char>(kProtocolMajor));
  out.push_back(static_cast<char>(type));
  Packer packer(out);
  packer.array(fields);
  return packer;
}

void write(Packer& out, const SharedBytes& shared) {
  out.array(3);
  out.natural(shared.arena);
  out.natural(shared.offset);
  out.natural(shared.size);
}

void write(Packer& out, const WireItems& items) {
  out.array(3);
  if (const Bytes* inside = std::get_if<Bytes>(&items.frame)) {
    out.binary(*inside);
  } else {
    write(out, std::get<SharedBytes>(items.frame));
  }
  out.natural(items.from);
  out.natural(items.to);
}

void write_bytes(Packer& out, const std::optional<Bytes>& bytes) {
  if (bytes) {
    out.binary(*bytes);
  } else {
    out.nil();
  }
}

template <typename Number>
void write_all(Packer& out, const std::vector<Number>& numbers) {
  out.array(numbers.size());
  for (const Number number : numbers) out.natural(number);
}

void write(std::string& out, const WelcomeMessage& m) {
  Packer packer = begin(out, Type::welcome, 7);
  packer.natural(m.minor);
  packer.natural(m.slot);
  packer.text(m.pool);
  packer.text(m.base);
  packer.natural(m.max_item);
  packer.integer(m.log_level);
  packer.natural(m.memory);
}

void write(std::string& out, const RefusedMessage& m) {
  begin(out, Type::refused, 1).text(m.reason);
}

void write(std::string& out, const OpenMessage& m) {
  Packer packer = begin(out, Type::open, 2);
  packer.natural(m.group);
  packer.raw(m.opening);
}

void write(std::string& out, const TaskMessage& m) {
  Packer packer = begin(out, Type::task, 15);
  packer.natural(m.id);
  packer.natural(m.number);
  packer.natural(m.group);
  packer.natural(m.kind == Task::Kind::flush ? 1 : 0);
  packer.natural(m.first);
  packer.natural(m.n);
  packer.natural(m.step);
  packer.natural(m.attempt);
  packer.natural(m.replica);
  packer.natural(m.last_places);
  packer.boolean(m.singly);
  if (m.elapsed_ns) {
    packer.natural(*m.elapsed_ns);
  } else {
    packer.nil();
  }
  write_bytes(packer, m.state);
  packer.array(m.inputs.size());
  for (const auto& input : m.inputs) {
    packer.array(input.size());
    for (const WireItems& items : input) write(packer, items);
  }
  packer.array(m.room.size());
  for (const SharedBytes& room : m.room) write(packer, room);
}

void write(std::string& out, const CloseMessage&) { begin(out, Type::close, 0); }

void write(std::string& out, const HelloMessage& m) {
  out.push_back(static_cast<char>(m.major));
  out.push_back(static_cast<char>(Type::hello));
  Packer packer(out);
  packer.array(5);
  packer.natural(m.minor);
  packer.text(m.program);
  packer.natural(m.pid);
  packer.boolean(m.page);
  packer.boolean(m.shared);
}

void write(std::string& out, const OpenedMessage& m) {
  begin(out, Type::opened, 1).natural(m.group);
}

void write(std::string& out, const StartedMessage& m) {
  Packer packer = begin(out, Type::started, 2);
  packer.natural(m.id);
  packer.natural(m.tasklet);
}

void write(Packer& out, const StageCount& count) {
  out.array(7);
  for (const std::uint64_t number : {count.in, count.out, count.failed, count.passed, count.skipped,
                                     count.retried, static_cast<std::uint64_t>(count.busy.count())})
    out.natural(number);
}

void write(std::string& out, const ResultMessage& m) {
  Packer packer = begin(out, Type::result, 12);
  packer.natural(m.id);
  packer.natural(m.done);
  if (m.items) {
    write(packer, *m.items);
  } else {
    packer.nil();
  }
  write_all(packer, m.counts);
  write_all(packer, m.retry);
  write_all(packer, m.retry_elapsed_ns);
  packer.boolean(m.ended);
  if (m.stop) {
    packer.text(*m.stop);
  } else {
    packer.nil();
  }
  packer.array(m.stages.size());
  for (const StageCount& count : m.stages) write(packer, count);
  packer.natural(m.elapsed_ns);
  write_bytes(packer, m.state);
  packer.boolean(m.tired);
}

void write(std::string& out, const ReturnedMessage& m) {
  begin(out, Type::returned, 1).natural(m.id);
}

void write(std::string& out, const ErrorMessage& m) { begin(out, Type::error, 1).text(m.text); }

void write(std::string& out, const ByeMessage&) { begin(out, Type::bye, 0); }

// Reading.

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

/// The fields of a message of our version, as one array.
Result<Bytes> fields_of(Bytes bytes) {
  if (bytes.size() < 3) return error(fmt::format("a message of {} bytes", bytes.size()));
  const Bytes fields = bytes.subspan(2);
  if (!is_one_value(fields)) return error("a message that is not valid msgpack");
  if (bytes[0] != kProtocolMajor && bytes[1] != static_cast<std::uint8_t>(Type::hello))
    return error(fmt::format("a message of protocol {}, not {}", bytes[0], kProtocolMajor));
  return fields;
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

void Bundle::add(std::string message) {
  bytes_ += message.size();
  messages_.push_back(std::move(message));
}

std::string Bundle::take() {
  std::string frame;
  if (messages_.size() == 1) {
    frame = std::move(messages_.front());
  } else {
    frame.reserve(bytes_ + 8 * messages_.size() + 8);
    Packer packer = begin(frame, Type::bundle, messages_.size());
    for (const std::string& message : messages_) packer.binary(papy::bytes_of(message));
  }
  clear();
  return frame;
}

void Bundle::clear() {
  messages_.clear();
  bytes_ = 0;
}

std::vector<Bytes> messages_in(Bytes frame) {
  if (frame.size() < 2 || frame[1] != static_cast<std::uint8_t>(Type::bundle)) return {frame};
  const auto fields = fields_of(frame);
  if (!fields) return {frame};
  Unpacker in(*fields);
  std::vector<Bytes> messages;
  for (std::uint32_t left = in.array().value_or(0); left > 0; --left) {
    const auto message = in.binary();
    if (!message) return {frame};
    messages.push_back(*message);
  }
  return messages;
}

std::string encode(const ToSlot& message) {
  std::string out;
  std::visit([&](const auto& m) { write(out, m); }, message);
  return out;
}

std::string encode(const FromSlot& message) {
  std::string out;
  std::visit([&](const auto& m) { write(out, m); }, message);
  return out;
}

Result<ToSlot> decode_to_slot(Bytes bytes) {
  const auto fields = fields_of(bytes);
  if (!fields) return tl::unexpected(fields.error());
  Reader in(*fields);
  switch (static_cast<Type>(bytes[1])) {
    case Type::welcome: {
      auto m = read_welcome(in);
      return checked<ToSlot>(in, std::move(m));
    }
    case Type::refused: {
      RefusedMessage m{in.text()};
      return checked<ToSlot>(in, std::move(m));
    }
    case Type::open: {
      auto m = read_open(in);
      return checked<ToSlot>(in, std::move(m));
    }
    case Type::task: {
      auto m = read_task(in);
      return checked<ToSlot>(in, std::move(m));
    }
    case Type::close:
      return checked<ToSlot>(in, CloseMessage{});
    default:
      return unknown_type(bytes[1]);
  }
}

Result<FromSlot> decode_from_slot(Bytes bytes) {
  const auto fields = fields_of(bytes);
  if (!fields) return tl::unexpected(fields.error());
  Reader in(*fields);
  switch (static_cast<Type>(bytes[1])) {
    case Type::hello: {
      auto m = read_hello(in, bytes[0]);
      return checked<FromSlot>(in, std::move(m));
    }
    case Type::opened: {
      OpenedMessage m{in.natural<GroupId>()};
      return checked<FromSlot>(in, m);
    }
    case Type::started: {
      auto m = read_started(in);
      return checked<FromSlot>(in, m);
    }
    case Type::result: {
      auto m = read_result(in);
      return checked<FromSlot>(in, std::move(m));
    }
    case Type::returned: {
      ReturnedMessage m{in.natural()};
      return checked<FromSlot>(in, m);
    }
    case Type::error: {
      ErrorMessage m{cut_message(in.text())};
      return checked<FromSlot>(in, std::move(m));
    }
    case Type::bye:
      return checked<FromSlot>(in, ByeMessage{});
    default:
      return unknown_type(bytes[1]);
  }
}

}  // namespace papy
