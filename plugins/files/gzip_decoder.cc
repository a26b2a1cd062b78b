#include "files/gzip_decoder.h"

#include <new>
#include <utility>

namespace papy::files {

GzipDecoder::GzipDecoder(std::string name) : Decoder(std::move(name), "gzip") {
  constexpr int kGzipOnly = 16 + MAX_WBITS;
  if (inflateInit2(&stream_, kGzipOnly) != Z_OK) throw std::bad_alloc();
}

GzipDecoder::~GzipDecoder() { inflateEnd(&stream_); }

void GzipDecoder::feed(std::size_t n) {
  stream_.next_in = reinterpret_cast<Bytef*>(room());
  stream_.avail_in = static_cast<uInt>(n);
}

std::size_t GzipDecoder::decode(char* to, std::size_t room) {
  constexpr std::size_t kMost = 1u << 30;
  room = room < kMost ? room : kMost;
  stream_.next_out = reinterpret_cast<Bytef*>(to);
  stream_.avail_out = static_cast<uInt>(room);
  while (stream_.avail_in > 0 && stream_.avail_out > 0) {
    if (state_ != State::in_member) {
      if (stream_.avail_out < room) break;  // what there is goes out before anything wrong is told
      begin_member();
      continue;
    }
    const int how = ::inflate(&stream_, Z_NO_FLUSH);
    if (how == Z_STREAM_END) {
      state_ = State::behind_member;
    } else if (how == Z_MEM_ERROR) {
      throw std::bad_alloc();
    } else if (how != Z_OK && how != Z_BUF_ERROR) {
      if (stream_.avail_out < room) break;
      damaged(stream_.msg == nullptr ? "not gzip data" : stream_.msg);
    }
  }
  return room - stream_.avail_out;
}

void GzipDecoder::begin_member() {
  if (*stream_.next_in == 0) {
    state_ = State::in_padding;
    ++stream_.next_in;
    --stream_.avail_in;
    return;
  }
  if (state_ == State::in_padding || *stream_.next_in != 0x1f)
    damaged("other bytes behind its end");
  state_ = State::in_member;
  inflateReset(&stream_);
}

void GzipDecoder::finish() const {
  if (state_ == State::in_member) cut_off();
}

}  // namespace papy::files
