#include "item/failure.h"

#include "base/text.h"
#include "item/pack.h"
#include "item/scan.h"

namespace papy {
namespace {

void write(Packer& out, const Failure& failure);

void write_list(Packer& out, const std::vector<Failure>& causes) {
  out.array(causes.size());
  for (const Failure& cause : causes) write(out, cause);
}

void write(Packer& out, const Failure& failure) {
  out.map(6 + !failure.function.empty() + (failure.code != 0) + !failure.inbox.empty() +
          !failure.causes.empty());
  out.text("piper"), out.text(failure.piper);
  if (!failure.function.empty()) out.text("function"), out.text(failure.function);
  out.text("kind"), out.text(failure.kind);
  if (failure.code != 0) out.text("code"), out.integer(failure.code);
  out.text("message"), out.text(failure.message);
  if (!failure.inbox.empty()) {
    out.text("inbox"), out.array(failure.inbox.size());
    for (const std::string& value : failure.inbox) out.raw(value);
  }
  out.text("place"), out.natural(failure.place);
  out.text("attempts"), out.natural(failure.attempts);
  out.text("hops"), out.natural(failure.hops);
  if (!failure.causes.empty()) out.text("causes"), write_list(out, failure.causes);
}

Failure read(Unpacker& in, int depth);

void read_member(std::string_view key, Unpacker& in, Failure& failure, int depth) {
  const auto text = [&in](std::string& member) {
    if (const auto value = in.text()) return void(member = *value);
    in.any();
  };
  const auto number = [&in](auto& member) {
    if (const auto value = in.integer())
      return void(member = static_cast<std::decay_t<decltype(member)>>(*value));
    in.any();
  };
  if (key == "piper") return text(failure.piper);
  if (key == "function") return text(failure.function);
  if (key == "kind") return text(failure.kind);
  if (key == "message") {
    text(failure.message);
    failure.message = cut_message(failure.message);
    return;
  }
  if (key == "code") return number(failure.code);
  if (key == "place") return number(failure.place);
  if (key == "attempts") return number(failure.attempts);
  if (key == "hops") return number(failure.hops);
  if (key == "inbox" || key == "causes") {
    const auto n = in.array();
    if (!n) return void(in.any());
    for (std::uint32_t i = 0; i < *n && !in.done(); ++i) {
      if (key == "inbox") {
        failure.inbox.emplace_back(text_of(in.any()));
      } else {
        failure.causes.push_back(read(in, depth + 1));
      }
    }
    return;
  }
  in.any();
}

Failure read(Unpacker& in, int depth) {
  Failure failure;
  const auto n = depth < kMaxDepth ? in.map() : std::nullopt;
  if (!n) {
    if (!in.done()) in.any();
    failure.kind = "unreadable";
    return failure;
  }
  for (std::uint32_t i = 0; i < *n && !in.done(); ++i) {
    const auto key = in.text();
    if (!key) {
      failure.kind = "unreadable";
      return failure;
    }
    if (!in.done()) read_member(*key, in, failure, depth);
  }
  return failure;
}

}  // namespace

std::string encode(const Failure& failure) {
  std::string bytes;
  Packer out(bytes);
  write(out, failure);
  return bytes;
}

Failure decode_failure(Bytes bytes) {
  if (!is_one_value(bytes)) return Failure{.kind = "unreadable"};
  Unpacker in(bytes);
  return read(in, 0);
}

}  // namespace papy
