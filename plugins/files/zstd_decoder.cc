#include "files/zstd_decoder.h"

#include <new>
#include <utility>

namespace papy::files {

ZstdDecoder::ZstdDecoder(std::string name)
    : Decoder(std::move(name), "zstd"), context_(ZSTD_createDCtx()) {
  if (context_ == nullptr) throw std::bad_alloc();
}

ZstdDecoder::~ZstdDecoder() { ZSTD_freeDCtx(context_); }

void ZstdDecoder::feed(std::size_t n) { fed_ = {room(), n, 0}; }

/// What is there goes out before anything wrong is told.
std::size_t ZstdDecoder::decode(char* to, std::size_t room) {
  if (wrong_ != nullptr) damaged(wrong_);
  ZSTD_outBuffer out{to, room, 0};
  // A full `to` may leave more within the context, though all that was fed has been taken.
  bool more = true;
  while (more && out.pos < out.size) {
    const std::size_t before = out.pos + fed_.pos;
    const bool at_border = !within_frame_ && fed_.pos == fed_.size;
    if (at_border) break;
    const std::size_t left = ZSTD_decompressStream(context_, &out, &fed_);
    if (ZSTD_isError(left) != 0) {
      wrong_ = ZSTD_getErrorName(left);
      if (out.pos == 0) damaged(wrong_);
      break;
    }
    within_frame_ = left != 0;
    more = out.pos + fed_.pos > before;
  }
  return out.pos;
}

void ZstdDecoder::finish() const {
  if (within_frame_) cut_off();
}

}  // namespace papy::files
