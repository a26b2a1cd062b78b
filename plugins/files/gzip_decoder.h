#pragma once

#include <zlib.h>

#include "files/decoder.h"

namespace papy::files {

/// Gzip (RFC 1952). Zeros behind the last member are padding.
class GzipDecoder final : public Decoder {
 public:
  explicit GzipDecoder(std::string name);
  ~GzipDecoder() override;
  GzipDecoder(const GzipDecoder&) = delete;
  GzipDecoder& operator=(const GzipDecoder&) = delete;

  void feed(std::size_t n) override;
  std::size_t decode(char* to, std::size_t room) override;
  void finish() const override;

 private:
  /// Between two members.
  enum class State { in_member, behind_member, in_padding };

  void begin_member();

  z_stream stream_{};
  State state_ = State::in_member;
};

}  // namespace papy::files
