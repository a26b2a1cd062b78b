#pragma once

#include <zstd.h>

#include "files/decoder.h"

namespace papy::files {

/// Zstandard (RFC 8878).
class ZstdDecoder final : public Decoder {
 public:
  explicit ZstdDecoder(std::string name);
  ~ZstdDecoder() override;
  ZstdDecoder(const ZstdDecoder&) = delete;
  ZstdDecoder& operator=(const ZstdDecoder&) = delete;

  void feed(std::size_t n) override;
  std::size_t decode(char* to, std::size_t room) override;
  void finish() const override;

 private:
  ZSTD_DCtx* context_;
  ZSTD_inBuffer fed_{nullptr, 0, 0};
  bool within_frame_ = false;
  const char* wrong_ = nullptr;  // what is damaged behind what was given out
};

}  // namespace papy::files
