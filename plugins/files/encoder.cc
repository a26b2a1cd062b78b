#include "files/encoder.h"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <limits>
#include <new>
#include <papy/cpp/error.hpp>

namespace papy::files {
namespace {

constexpr std::size_t kChunk = 64 * 1024;

/// Gzip at its usual level.
class GzipEncoder final : public Encoder {
 public:
  GzipEncoder() {
    constexpr int kGzip = 16 + MAX_WBITS;
    constexpr int kMemory = 8;  // zlib's default
    if (deflateInit2(&stream_, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzip, kMemory,
                     Z_DEFAULT_STRATEGY) != Z_OK) {
      throw std::bad_alloc();
    }
  }
  ~GzipEncoder() override { deflateEnd(&stream_); }
  GzipEncoder(const GzipEncoder&) = delete;
  GzipEncoder& operator=(const GzipEncoder&) = delete;

  void encode(std::string_view text, std::string& packed) override {
    constexpr std::size_t kMost = std::numeric_limits<uInt>::max();
    while (!text.empty()) {
      const std::size_t n = std::min(text.size(), kMost);
      run(text.substr(0, n), Z_NO_FLUSH, packed);
      text.remove_prefix(n);
    }
  }
  void end(std::string& packed) override {
    run({}, Z_FINISH, packed);
    deflateReset(&stream_);
  }

 private:
  void run(std::string_view text, int flush, std::string& packed) {
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));  // zlib reads only
    stream_.avail_in = static_cast<uInt>(text.size());
    do {
      const std::size_t had = packed.size();
      packed.resize(had + kChunk);
      stream_.next_out = reinterpret_cast<Bytef*>(packed.data() + had);
      stream_.avail_out = kChunk;
      deflate(&stream_, flush);
      packed.resize(had + kChunk - stream_.avail_out);
    } while (stream_.avail_out == 0);
  }

  z_stream stream_{};
};

/// Zstandard at its usual level, with a checksum.
class ZstdEncoder final : public Encoder {
 public:
  ZstdEncoder() : context_(ZSTD_createCCtx()) {
    if (context_ == nullptr) throw std::bad_alloc();
    ZSTD_CCtx_setParameter(context_, ZSTD_c_checksumFlag, 1);
  }
  ~ZstdEncoder() override { ZSTD_freeCCtx(context_); }
  ZstdEncoder(const ZstdEncoder&) = delete;
  ZstdEncoder& operator=(const ZstdEncoder&) = delete;

  void encode(std::string_view text, std::string& packed) override {
    run(text, ZSTD_e_continue, packed);
  }
  void end(std::string& packed) override { run({}, ZSTD_e_end, packed); }

 private:
  void run(std::string_view text, ZSTD_EndDirective how, std::string& packed) {
    ZSTD_inBuffer in{text.data(), text.size(), 0};
    bool done = false;
    while (!done) {
      const std::size_t had = packed.size();
      packed.resize(had + kChunk);
      ZSTD_outBuffer out{packed.data() + had, kChunk, 0};
      const std::size_t left = ZSTD_compressStream2(context_, &out, &in, how);
      if (ZSTD_isError(left) != 0) throw fatal(ZSTD_getErrorName(left));
      packed.resize(had + out.pos);
      done = how == ZSTD_e_end ? left == 0 : in.pos == in.size;
    }
  }

  ZSTD_CCtx* context_;
};

}  // namespace

std::unique_ptr<Encoder> encoder_for(std::string_view path) {
  if (path.ends_with(".gz")) return std::make_unique<GzipEncoder>();
  if (path.ends_with(".zst")) return std::make_unique<ZstdEncoder>();
  return nullptr;
}

}  // namespace papy::files
