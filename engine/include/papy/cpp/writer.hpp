// papy/cpp/writer.hpp - writes msgpack where the engine wants it. MIT licence.
#ifndef PAPY_CPP_WRITER_HPP
#define PAPY_CPP_WRITER_HPP

#include <papy/plugin.h>

#include <cstdint>
#include <cstring>
#include <new>
#include <papy/cpp/reader.hpp>
#include <string_view>

namespace papy {

/// Writes msgpack at the cursor of a call. Integers take their shortest form; a float stays a float
/// of 64 bits. It keeps the cursor to itself until put_back(), so that loops hold it in registers.
class writer {
 public:
  explicit writer(papy_call* call) : call_(call) { take_up(); }
  writer(const writer&) = delete;
  writer& operator=(const writer&) = delete;

  void nil() { byte(0xc0); }
  void boolean(bool value) { byte(value ? 0xc3 : 0xc2); }
  void integer(std::int64_t value) {
    if (value >= 0) return natural(static_cast<std::uint64_t>(value));
    std::uint8_t* at = room(9);
    if (value >= -32) return one(at, static_cast<std::uint8_t>(value));
    if (value >= INT8_MIN) return tagged(at, 0xd0, static_cast<std::uint8_t>(value));
    if (value >= INT16_MIN) return tagged(at, 0xd1, static_cast<std::uint16_t>(value));
    if (value >= INT32_MIN) return tagged(at, 0xd2, static_cast<std::uint32_t>(value));
    tagged(at, 0xd3, static_cast<std::uint64_t>(value));
  }
  void natural(std::uint64_t value) {
    std::uint8_t* at = room(9);
    if (value < 0x80) return one(at, static_cast<std::uint8_t>(value));
    if (value <= UINT8_MAX) return tagged(at, 0xcc, static_cast<std::uint8_t>(value));
    if (value <= UINT16_MAX) return tagged(at, 0xcd, static_cast<std::uint16_t>(value));
    if (value <= UINT32_MAX) return tagged(at, 0xce, static_cast<std::uint32_t>(value));
    tagged(at, 0xcf, value);
  }
  void real(double value) {
    std::uint64_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    tagged(room(9), 0xcb, bits);
  }
  void text(std::string_view value) {
    std::uint8_t* at = room(5 + value.size());
    if (value.size() < 32) {
      one(at, static_cast<std::uint8_t>(0xa0 | value.size()));
    } else {
      head(at, 0xd9, value.size());
    }
    append(value.data(), value.size());
  }
  void binary(bytes value) {
    head(room(5 + value.size()), 0xc4, value.size());
    append(value.data(), value.size());
  }
  void list(std::size_t n) { count(0x90, 0xdc, n); }  ///< the n values follow
  void map(std::size_t n) { count(0x80, 0xde, n); }   ///< n keys and values follow, in turn
  void raw(bytes value) {                             ///< one value that is msgpack already
    room(value.size());
    append(value.data(), value.size());
  }
  /// One value that is msgpack already and stays where it is: release(owner) is called once, when
  /// it is not needed any more.
  void owned(bytes value, void (*release)(void*), void* owner) {
    put_back();
    before_ += static_cast<std::uint64_t>(cur_ - begin_) + value.size();
    const papy_status status = call_->emit_owned(call_, value.data(), value.size(), release, owner);
    take_up();
    if (status != PAPY_OK) throw std::bad_alloc();
  }

  /// Room for `n` bytes at the cursor, for those who write themselves; say advance() afterwards.
  std::uint8_t* room(std::size_t n) {
    if (static_cast<std::size_t>(end_ - cur_) < n) [[unlikely]]
      grow(n);
    return cur_;
  }
  void advance(std::size_t n) { cur_ += n; }

  /// Bytes written since the writer began.
  std::uint64_t written() const { return before_ + static_cast<std::uint64_t>(cur_ - begin_); }
  /// Takes back what was written behind `to`, which written() said. Owned values cannot be taken
  /// back.
  void rewind(std::uint64_t to) {
    const std::uint64_t back = written() - to;
    const auto here = static_cast<std::uint64_t>(cur_ - begin_);
    cur_ -= back < here ? back : here;
  }
  /// Gives the cursor back to the call.
  void put_back() { call_->cur = cur_; }
  papy_call* call() const { return call_; }

 private:
  void take_up() {
    begin_ = cur_ = call_->cur;
    end_ = call_->end;
  }
  // Static and by value, so that the address of a writer stays unknown and its members live in
  // registers.
  struct cursor {
    std::uint8_t* cur;
    std::uint8_t* end;
  };
  [[gnu::noinline, gnu::cold]] static cursor grown(papy_call* call, std::uint8_t* cur,
                                                   std::size_t n) {
    call->cur = cur;
    if (call->grow(call, n) == nullptr) throw std::bad_alloc();
    return {call->cur, call->end};
  }
  void grow(std::size_t n) {
    const auto here = cur_ - begin_;
    const cursor now = grown(call_, cur_, n);
    cur_ = now.cur;
    end_ = now.end;
    begin_ = cur_ - here;  // what was written moved along
  }
  void byte(std::uint8_t value) { one(room(1), value); }
  void one(std::uint8_t* at, std::uint8_t value) {
    *at = value;
    cur_ = at + 1;
  }
  template <class U>
  void tagged(std::uint8_t* at, std::uint8_t tag, U value) {
    *at = tag;
    value = detail::big_endian<U>(reinterpret_cast<const std::uint8_t*>(&value));
    std::memcpy(at + 1, &value, sizeof value);
    cur_ = at + 1 + sizeof value;
  }
  void head(std::uint8_t* at, std::uint8_t tag, std::size_t n) {
    if (n <= UINT8_MAX) return tagged(at, tag, static_cast<std::uint8_t>(n));
    if (n <= UINT16_MAX)
      return tagged(at, static_cast<std::uint8_t>(tag + 1), static_cast<std::uint16_t>(n));
    if (n > UINT32_MAX) throw bad_value("a value of 4 GiB or more does not fit into an item");
    tagged(at, static_cast<std::uint8_t>(tag + 2), static_cast<std::uint32_t>(n));
  }
  void count(std::uint8_t small, std::uint8_t wide, std::size_t n) {
    std::uint8_t* at = room(5);
    if (n < 16) return one(at, static_cast<std::uint8_t>(small | n));
    if (n <= UINT16_MAX) return tagged(at, wide, static_cast<std::uint16_t>(n));
    if (n > UINT32_MAX) throw bad_value("a list of 2^32 values or more does not fit into an item");
    tagged(at, static_cast<std::uint8_t>(wide + 1), static_cast<std::uint32_t>(n));
  }
  void append(const void* data, std::size_t n) {
    if (n != 0) std::memcpy(cur_, data, n);
    cur_ += n;
  }

  papy_call* call_;
  std::uint8_t* cur_ = nullptr;
  std::uint8_t* end_ = nullptr;
  std::uint8_t* begin_ = nullptr;  // where the cursor was taken up
  std::uint64_t before_ = 0;       // bytes written before begin_
};

}  // namespace papy

#endif  // PAPY_CPP_WRITER_HPP
