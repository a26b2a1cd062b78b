#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "fastx/record.h"
#include "files/lines.h"

namespace papy::fastx {

enum class Format { by_first_character, fasta, fastq };

/// The records of a FASTA or FASTQ file, plain or gzip.
///
///     RecordReader reads("reads.fq.gz", Format::by_first_character);
///     while (reads.next(files::Wait::yes, {}) == RecordReader::Next::record) use(reads.record());
///
/// FASTA sequences may have many lines; FASTQ records have four (Cock et al. 2010 call it the safe
/// form). A record that is malformed throws papy::fail with file and line, and the next call goes
/// on from the line that did not fit: at the next that begins with '>', or with '@' and has a '+'
/// two lines below, or with '@' where the file ends before that.
class RecordReader {
 public:
  enum class Next { record, end, not_yet };

  RecordReader(std::string path, Format format) : lines_(std::move(path)), format_(format) {}

  /// `wait` is about the first line of a record; within one it waits. Throws papy::cancelled.
  Next next(files::Wait wait, const files::Cancelled& cancelled);
  /// Valid until next(). The name is the whole header line without its first character.
  fastx::record record() const;

  /// Where the next record begins, as a text.
  std::string cursor() const { return ahead_.empty() ? lines_.cursor() : ahead_.front().cursor; }
  void seek(std::string_view cursor);

 private:
  /// What stands above the first line ahead: below a '+', a line that begins with '@' may be a
  /// quality.
  enum class Behind { plus, other };

  /// A line that was looked at before its turn.
  struct Line {
    std::string text;
    std::uint64_t number;
    std::string cursor;  // in front of it
  };

  bool take_line(files::Wait wait, const files::Cancelled& cancelled, Next& why_not);
  bool look_ahead(std::size_t n, const files::Cancelled& cancelled);
  void find_format(std::string_view line);
  void read_fasta(const files::Cancelled& cancelled);
  void read_fastq(const files::Cancelled& cancelled);
  void line_of_record(std::string_view expected, const files::Cancelled& cancelled);
  bool find_header(char mark, const files::Cancelled& cancelled);
  bool is_header_at_end() const;
  void put_back(Behind behind);
  [[noreturn]] void malformed(const std::string& what);
  [[noreturn]] void misfit(const std::string& what);

  files::Lines lines_;
  Format format_;
  std::deque<Line> ahead_;
  std::optional<Line> taken_;  // holds line_ when it came from ahead_
  std::string_view line_;
  std::uint64_t number_ = 0;  // of line_
  bool lost_ = false;         // behind a malformed record: look for the next header
  Behind behind_ = Behind::other;

  std::string name_, sequence_, quality_;
  bool has_quality_ = false;
};

}  // namespace papy::fastx
