#pragma once

#include <zlib.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace papy::files {

/// Gzip data that comes in pieces (RFC 1952): members one behind the other are one text; zeros
/// behind the last are padding.
class Inflater {
 public:
  /// `name` of the file, for messages.
  explicit Inflater(std::string name);
  ~Inflater();
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  static constexpr std::size_t kRoom = 128 * 1024;
  /// Where the next compressed bytes go, kRoom of them at most. Requires: hungry().
  char* room() { return compressed_.get(); }
  void feed(std::size_t n);
  /// All that was fed has been used.
  bool hungry() const { return stream_.avail_in == 0; }
  /// Decompresses into `to`; 0 when it needs to be fed. Throws papy::fatal when the data are
  /// damaged.
  std::size_t inflate(char* to, std::size_t room);
  /// Requires: no more to feed. Throws papy::fatal when the data stop in the middle.
  void finish() const;

 private:
  /// Between two members.
  enum class State { in_member, behind_member, in_padding };

  void begin_member();
  [[noreturn]] void damaged(std::string_view how) const;

  std::string name_;
  std::unique_ptr<char[]> compressed_;
  z_stream stream_{};
  State state_ = State::in_member;
};

}  // namespace papy::files
