#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace papy::files {

/// Compressed data that come in pieces, one frame (gzip: member) behind the other, as one text.
///
///     while (true) {
///       if (const std::size_t n = decoder->decode(to, room)) use(to, n);
///       else decoder->feed(read(decoder->room(), Decoder::kRoom));
///     }
class Decoder {
 public:
  virtual ~Decoder() = default;

  static constexpr std::size_t kRoom = 128 * 1024;
  /// Where the next compressed bytes go, kRoom of them at most. Requires: decode() gave 0.
  char* room() { return compressed_.get(); }
  virtual void feed(std::size_t n) = 0;
  /// Decompresses into `to`; 0 when it needs to be fed. Throws papy::fatal when the data are
  /// damaged.
  virtual std::size_t decode(char* to, std::size_t room) = 0;
  /// Requires: no more to feed. Throws papy::fatal when the data stop in the middle.
  virtual void finish() const = 0;

 protected:
  /// `name` of the file and `format` of its data, for messages.
  Decoder(std::string name, std::string_view format)
      : name_(std::move(name)), format_(format), compressed_(std::make_unique<char[]>(kRoom)) {}
  [[noreturn]] void damaged(std::string_view how) const;
  [[noreturn]] void cut_off() const;

 private:
  std::string name_;
  std::string_view format_;
  std::unique_ptr<char[]> compressed_;
};

/// How a file is packed, by its first bytes.
enum class Packing {
  plain,
  gzip,
  zstd,
  not_clear,  ///< too few bytes to tell: it may be gzip or zstd
};
Packing packing_of(std::string_view first_bytes);

/// Null for what is plain or not clear.
std::unique_ptr<Decoder> decoder_for(Packing packing, const std::string& name);

}  // namespace papy::files
