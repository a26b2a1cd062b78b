#include "files/decoder.h"

#include <cerrno>
#include <papy/cpp/error.hpp>

#include "files/gzip_decoder.h"
#include "files/zstd_decoder.h"

namespace papy::files {
namespace {

constexpr std::string_view kGzip = "\x1f\x8b";          // RFC 1952
constexpr std::string_view kZstd = "\x28\xb5\x2f\xfd";  // RFC 8878

}  // namespace

void Decoder::damaged(std::string_view how) const {
  throw fatal("'" + name_ + "' is damaged: its " + std::string(format_) + " data cannot be read (" +
                  std::string(how) + ")",
              EIO);
}

void Decoder::cut_off() const {
  throw fatal(
      "'" + name_ + "' is cut off: it ends in the middle of its " + std::string(format_) + " data",
      EIO);
}

Packing packing_of(std::string_view first_bytes) {
  if (first_bytes.starts_with(kGzip)) return Packing::gzip;
  if (first_bytes.starts_with(kZstd)) return Packing::zstd;
  const bool may_become = kGzip.starts_with(first_bytes) || kZstd.starts_with(first_bytes);
  return may_become ? Packing::not_clear : Packing::plain;
}

std::unique_ptr<Decoder> decoder_for(Packing packing, const std::string& name) {
  if (packing == Packing::gzip) return std::make_unique<GzipDecoder>(name);
  if (packing == Packing::zstd) return std::make_unique<ZstdDecoder>(name);
  return nullptr;
}

}  // namespace papy::files
