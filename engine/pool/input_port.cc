#include "pool/input_port.h"

#include <algorithm>
#include <utility>

#include "item/failure.h"

namespace papy {
namespace {

/// A batch of a source that is slow is closed when it is this old.
constexpr Duration kOldEnough = std::chrono::microseconds(200);
/// And when it holds so many bytes.
constexpr std::size_t kLargeEnough = 1 << 20;
/// What one call of a source may emit: as much as a batch can hold.
constexpr std::uint64_t kMostOfACall = UINT32_MAX / 2;
constexpr std::uint64_t kMostItemsOfACall = 4096;

}  // namespace

InputPort::InputPort(InputId input, const Plan& plan, Desk& desk, const CallSettings& settings,
                     const std::atomic<bool>& unwanted)
    : input_(input),
      plan_(plan.inputs[input]),
      base_(plan.base),
      desk_(desk),
      settings_(settings),
      call_(settings.host, &unwanted, kMostOfACall),
      out_(settings.memory) {}

Result<void> InputPort::open(const Resolver& resolver) {
  auto fresh = open_port("input", plan_.name, plan_.source, resolver, settings_.host, base_);
  if (!fresh) return tl::unexpected(fresh.error());
  instance_ = std::move(*fresh);
  return {};
}

std::uint64_t InputPort::size() const {
  const papy_worker& source = instance_.worker();
  return source.size == nullptr ? 0 : source.size(instance_.state());
}

void InputPort::run() {
  while (true) {
    const Desk::Wish wish = desk_.ask(input_);
    if (wish.over) return;
    if (wish.items == 0) {
      thread_.park();
      continue;
    }
    const Time began = desk_.now();
    Read how = Read::more;
    while (how == Read::more && out_.size() < wish.items && call_->cancelled(call_.raw()) == 0) {
      how = read(std::min(wish.items - out_.size(), chunk()));
      if (out_.payload_bytes() > kLargeEnough) break;
      if (how == Read::more && out_.size() < wish.items && desk_.now() - began > kOldEnough) break;
    }
    const Duration elapsed = desk_.now() - began;
    const Batch batch = out_.finish();
    desk_.give(input_, batch, how == Read::ended, elapsed);
    if (how == Read::ended) return;
  }
}

/// Items to ask for in one call: what comes then is about as large as a batch should be, so that a
/// source of large items is not asked for many.
std::uint64_t InputPort::chunk() const {
  return std::clamp<std::uint64_t>(kLargeEnough / std::max<std::uint64_t>(item_bytes_, 1), 1,
                                   kMostItemsOfACall);
}

/// One call of the source.
InputPort::Read InputPort::read(std::uint64_t wanted) {
  const papy_worker& source = instance_.worker();
  call_->piper = plan_.name.c_str();
  call_->args = {plan_.source.args.data(), plan_.source.args.size()};
  call_->tasklet = place_;
  call_->wanted = wanted;
  call_.bind(&out_);
  const papy_status status = source.call(instance_.state(), call_.raw());
  const auto fail = [&](const char* kind, std::int32_t code, std::string message) {
    out_.rewind();
    Failure failure{plan_.name, plan_.source.name(), kind, code, std::move(message)};
    failure.place = place_++;
    out_.add({ItemKind::failure, bytes_of(encode(failure))});
  };
  // What it would give next is not to be believed: nobody may take the stream for a whole one.
  const auto give_up = [&](const char* kind, std::int32_t code, const std::string& message) {
    desk_.give_up(nullptr, "input '" + plan_.name + "': " + plan_.source.name() + ": " + message);
    fail(kind, code, message);
    return Read::ended;
  };
  const std::size_t before = out_.payload_bytes();
  if (!call_.unbind()) return give_up("bad-result", 0, "wrote beyond the end of its output");
  if (call_.out_of_room())
    return give_up("bad-result", 0,
                   "gives more than " + std::to_string(kMostOfACall) + " bytes in one call");
  const auto values = out_.close_values();
  if (!values) return give_up("bad-result", 0, "item is not valid msgpack");
  place_ += *values;
  if (*values > 0) item_bytes_ = (out_.payload_bytes() - before) / *values;
  switch (status) {
    case PAPY_OK:
      break;
    case PAPY_SKIP:
      out_.add({ItemKind::gap, {}});
      ++place_;
      break;
    case PAPY_END:
      return Read::ended;
    case PAPY_FATAL:
      failed_ = plan_.source.name() + ": " + call_.text(status);
      failed_code_ = call_.code();
      return give_up(failure_kind(status), call_.code(), call_.text(status));
    case PAPY_CANCELLED:
      if (call_->cancelled(call_.raw()) != 0) return Read::ended;
      [[fallthrough]];
    default:
      fail(failure_kind(status), call_.code(), call_.text(status));
      break;
  }
  return (plan_.source.flags & PAPY_BLOCKS) != 0 ? Read::blocked : Read::more;
}

}  // namespace papy
