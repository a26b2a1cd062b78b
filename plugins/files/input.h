#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace papy::files {

/// Asked while a read has to wait: true when nobody wants the bytes any more. Empty: they are
/// wanted for ever.
using Cancelled = std::function<bool()>;

/// What became of an attempt to get more bytes.
enum class More {
  bytes,      ///< there are more than before
  end,        ///< there will be no more
  not_yet,    ///< none for now; only when it was not to wait
  cancelled,  ///< stopped waiting because Cancelled said so
};

enum class Wait { yes, no };

class Decoder;

/// The bytes of a file, a pipe or a terminal; gzip and zstd are seen by their first bytes and read
/// through.
///
///     Input in("reads.fq.gz");
///     while (in.more(Wait::yes, {}) == More::bytes) { use(in.buffered());
///     in.take(in.buffered().size()); }
///
/// Reads of pipes and terminals wait in poll, so that they can be cancelled. What cannot be read
/// throws papy::fatal with the path in its text and the error number of the system as its code. One
/// thread at a time.
class Input {
 public:
  /// Opens `path`; "-" is the standard input.
  explicit Input(std::string path);
  ~Input();
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;

  /// What was read and not taken yet. Valid until more() or seek().
  std::string_view buffered() const { return {buffer_.get() + begin_, end_ - begin_}; }
  /// Requires: n <= buffered().size().
  void take(std::size_t n) { begin_ += n; }
  /// Reads behind what is buffered.
  More more(Wait wait, const Cancelled& cancelled);

  /// Number of the first buffered byte; in a packed file that of the text, not of the file.
  std::uint64_t offset() const { return offset_ + begin_; }
  /// Goes to that byte. Throws papy::fatal where that cannot be, as in a pipe.
  void seek(std::uint64_t offset);

  const std::string& name() const { return name_; }

 private:
  struct Got {
    More what;
    std::size_t n;  // 0 unless `what` is bytes
  };
  Got read_raw(char* to, std::size_t room, Wait wait, const Cancelled& cancelled);
  bool wait_for_input(Wait wait, const Cancelled& cancelled, More& why_not) const;
  Got read_start(Wait wait, const Cancelled& cancelled);
  Got decode_some(Wait wait, const Cancelled& cancelled);
  char* make_room(std::size_t n);
  void rewind();

  std::string name_;
  int fd_ = -1;
  bool owned_ = true;     // the descriptor is closed at the end
  bool regular_ = false;  // a file on a disk: reads do not wait
  bool started_ = false;  // the first bytes were seen, so decoder_ says whether it is packed
  bool at_end_ = false;
  std::string kept_back_;  // first bytes that do not tell yet

  std::unique_ptr<char[]> buffer_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;  // buffered bytes are begin_ .. end_
  std::size_t end_ = 0;
  std::uint64_t offset_ = 0;          // number of the byte at buffer_[0]
  std::unique_ptr<Decoder> decoder_;  // of what is packed
};

/// The message of the system for an error number.
std::string system_text(int error);

}  // namespace papy::files
