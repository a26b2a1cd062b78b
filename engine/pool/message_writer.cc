#include "pool/message_head.h"

namespace papy {
namespace {

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
  Packer packer = begin_message(out, MessageType::welcome, 7);
  packer.natural(m.minor);
  packer.natural(m.slot);
  packer.text(m.pool);
  packer.text(m.base);
  packer.natural(m.max_item);
  packer.integer(m.log_level);
  packer.natural(m.memory);
}

void write(std::string& out, const RefusedMessage& m) {
  begin_message(out, MessageType::refused, 1).text(m.reason);
}

void write(std::string& out, const OpenMessage& m) {
  Packer packer = begin_message(out, MessageType::open, 2);
  packer.natural(m.group);
  packer.raw(m.opening);
}

void write(std::string& out, const TaskMessage& m) {
  Packer packer = begin_message(out, MessageType::task, 15);
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

void write(std::string& out, const CloseMessage&) { begin_message(out, MessageType::close, 0); }

void write(std::string& out, const HelloMessage& m) {
  Packer packer = begin_message(out, MessageType::hello, 5, m.major);
  packer.natural(m.minor);
  packer.text(m.program);
  packer.natural(m.pid);
  packer.boolean(m.page);
  packer.boolean(m.shared);
}

void write(std::string& out, const OpenedMessage& m) {
  begin_message(out, MessageType::opened, 1).natural(m.group);
}

void write(std::string& out, const StartedMessage& m) {
  Packer packer = begin_message(out, MessageType::started, 2);
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
  Packer packer = begin_message(out, MessageType::result, 12);
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
  begin_message(out, MessageType::returned, 1).natural(m.id);
}

void write(std::string& out, const ErrorMessage& m) {
  begin_message(out, MessageType::error, 1).text(m.text);
}

void write(std::string& out, const ByeMessage&) { begin_message(out, MessageType::bye, 0); }

}  // namespace

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

}  // namespace papy
