// The source of records.
#include <cstdint>
#include <papy/plugin.hpp>
#include <string>
#include <string_view>

#include "fastx/record.h"
#include "fastx/record_reader.h"

namespace papy::fastx {
namespace {

struct read_args {
  PAPY_ARGS(read_args,
            (papy::path, path, required,
             "a FASTA or FASTQ file, plain, gzip or zstd; - is the standard input"),
            (std::string, format, "auto", "auto: by the first character of the file",
             one_of("auto", "fasta", "fastq")),
            (bool, full_name, false, "the whole header as name, not its first word"))
};

Format format_of(const std::string& name) {
  if (name == "fasta") return Format::fasta;
  return name == "fastq" ? Format::fastq : Format::by_first_character;
}

class read {
 public:
  using args = read_args;
  explicit read(const read_args& args)
      : reads_(args.path.full, format_of(args.format)), full_name_(args.full_name) {}

  bool operator()(out<record>& out, context& context) {
    const files::Cancelled cancelled = [&] { return context.cancelled(); };
    while (!out.full()) {
      // What is there goes out before a pipe is waited for.
      const auto wait = out.emitted() == 0 ? files::Wait::yes : files::Wait::no;
      const RecordReader::Next next = reads_.next(wait, cancelled);
      if (next == RecordReader::Next::end) return false;
      if (next == RecordReader::Next::not_yet) return true;
      record record = reads_.record();
      if (!full_name_) record.name = record.name.substr(0, record.name.find_first_of(" \t"));
      out.emit(record);
    }
    return true;
  }
  std::string cursor() const { return reads_.cursor(); }
  void seek(std::string_view cursor) { reads_.seek(cursor); }

 private:
  RecordReader reads_;
  bool full_name_;
};

}  // namespace
}  // namespace papy::fastx

PAPY_SOURCE_AS(
    read, papy::fastx::read,
    "records {name, sequence, quality} of a FASTA or FASTQ file, plain, gzip or zstd; FASTA "
    "has no quality",
    papy::local | papy::cancels);
