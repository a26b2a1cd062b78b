#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "files/encoder.h"

namespace papy::files {

/// A file that gets its name only when it is complete.
///
///     Output out("out/pairs.jsonl");   // writes out/pairs.jsonl.part
///     out.write(line);
///     out.finish(true);                // flushes it to the disk, then renames it
///
/// A name that ends in .gz or .zst makes it gzip or zstd. What is no file but a device or a named
/// pipe is written as it comes, under its own name. Another writer of the same file is refused.
/// finish(false) removes the .part; without finish() it stays as it is, for a run that is resumed.
/// What cannot be written throws papy::fatal with the path in its text and the error number of the
/// system as its code. One thread at a time.
class Output {
 public:
  explicit Output(std::string path);
  ~Output();
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  void write(std::string_view text) {
    if (text.size() > kBuffer - buffer_.size()) [[unlikely]]
      return write_long(text);
    buffer_.append(text);
  }
  /// Bytes of the file so far, as a text that go_back() takes. All that was written is with the
  /// system afterwards; a packed file can be read up to there.
  std::string mark();
  /// All that was written is on the disk afterwards.
  void sync();
  /// Cuts the file to what it was at mark().
  void go_back(std::string_view mark);
  /// The end. A second call does nothing.
  void finish(bool ok);

 private:
  static constexpr std::size_t kBuffer = 1024 * 1024;

  void open_part();
  void open_device();
  void begin();
  void write_long(std::string_view text);
  void flush();
  void put(std::string_view text);
  void put_raw(std::string_view bytes);
  void end_frame();
  void take_name();
  [[noreturn]] void cannot_write(const char* what) const;

  std::string path_;
  std::string part_;
  std::string buffer_;                // written, not with the system yet
  std::unique_ptr<Encoder> encoder_;  // null: the file is as it is written
  std::string packed_;                // what the encoder gave
  bool frame_open_ = false;           // the encoder has something that it has not given
  std::uint64_t flushed_ = 0;         // bytes that are with the system
  int fd_ = -1;
  bool begun_ = false;   // what an earlier run left in the .part is gone, or is known to be ours
  bool device_ = false;  // not a file: nothing to lock, cut, flush or rename
  bool finished_ = false;
};

/// The standard output, which is written as it comes. Closed by its reader is papy::fatal with the
/// code EPIPE.
class StandardOutput {
 public:
  StandardOutput();
  /// Writes what is left; whoever must know whether that went well calls flush().
  ~StandardOutput();
  StandardOutput(const StandardOutput&) = delete;
  void write(std::string_view text);
  void flush();

 private:
  std::string buffer_;
  std::uint64_t last_ns_ = 0;  // when it was flushed last
  bool terminal_ = false;
};

}  // namespace papy::files
