// Whole files: their paths, their contents, or both.
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <papy/plugin.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "io/paths.h"

namespace papy::io {
namespace {

struct glob_args {
  PAPY_ARGS(glob_args, (papy::path, pattern, required, "which files, as data/*.txt"),
            (bool, links, true, "take symbolic links to files, too"),
            (bool, allow_none, false, "no file at all is no error"))
};
struct read_files_args {
  PAPY_ARGS(read_files_args, (papy::path, pattern, required, "which files, as data/*.txt"),
            (bool, links, true, "take symbolic links to files, too"),
            (bool, allow_none, false, "no file at all is no error"),
            (std::string, as, "text", "the content as text, whatever it is, or as bytes",
             one_of("text", "bytes")))
};
struct read_file_args {
  PAPY_ARGS(read_file_args,
            (std::string, as, "text", "the content as text, whatever it is, or as bytes",
             one_of("text", "bytes")))
};

/// The paths that match, one by one.
class Paths {
 public:
  template <class Args>
  explicit Paths(const Args& args)
      : paths_(files_that_match(args.pattern.full, args.links ? Links::follow : Links::skip)) {
    if (paths_.empty() && !args.allow_none) {
      throw fatal("no file matches '" + args.pattern.full + "'", ENOENT);
    }
  }
  bool done() const { return at_ == paths_.size(); }
  const std::string& take() { return paths_[at_++]; }
  std::uint64_t size() const { return paths_.size(); }
  std::uint64_t cursor() const { return at_; }
  void seek(std::string_view cursor) {
    const char* const end = cursor.data() + cursor.size();
    std::size_t at = 0;
    const auto read = std::from_chars(cursor.data(), end, at);
    if (read.ec != std::errc() || read.ptr != end || at > paths_.size()) {
      throw fatal("'" + std::string(cursor) + "' is no place among " +
                      std::to_string(paths_.size()) + " files",
                  EINVAL);
    }
    at_ = at;
  }

 private:
  std::vector<std::string> paths_;
  std::size_t at_ = 0;
};

void put_content(writer& to, const std::string& content, bool as_bytes) {
  if (as_bytes) {
    to.binary({reinterpret_cast<const std::uint8_t*>(content.data()), content.size()});
  } else {
    to.text(content);
  }
}

class glob {
 public:
  using args = glob_args;
  explicit glob(const glob_args& args) : paths_(args) {}

  bool operator()(out<std::string>& out) {
    while (!out.full() && !paths_.done()) out.emit(paths_.take());
    return !paths_.done();
  }
  std::uint64_t cursor() const { return paths_.cursor(); }
  void seek(std::string_view cursor) { paths_.seek(cursor); }
  std::uint64_t size() const { return paths_.size(); }

 private:
  Paths paths_;
};

/// One file a call: a file may be large.
class read_files {
 public:
  using args = read_files_args;
  explicit read_files(const read_files_args& args) : paths_(args), as_bytes_(args.as == "bytes") {}

  bool operator()(out<>& out) {
    if (paths_.done()) return false;
    const std::string& path = paths_.take();
    const std::string content = content_of(path);
    out.raw().map(2);
    out.raw().text("path");
    out.raw().text(path);
    out.raw().text("content");
    put_content(out.raw(), content, as_bytes_);
    out.wrote();
    return !paths_.done();
  }
  std::uint64_t cursor() const { return paths_.cursor(); }
  void seek(std::string_view cursor) { paths_.seek(cursor); }
  std::uint64_t size() const { return paths_.size(); }

 private:
  Paths paths_;
  bool as_bytes_;
};

class read_file {
 public:
  using args = read_file_args;
  read_file(const read_file_args& args, const open_info& open)
      : base_(open.base()), as_bytes_(args.as == "bytes") {}

  void operator()(std::string_view path, out<>& out) {
    const bool relative = !path.starts_with('/') && !base_.empty();
    const std::string content =
        content_of(relative ? base_ + "/" + std::string(path) : std::string(path));
    put_content(out.raw(), content, as_bytes_);
    out.wrote();
  }

 private:
  std::string base_;
  bool as_bytes_;
};

}  // namespace
}  // namespace papy::io

PAPY_SOURCE_AS(glob, papy::io::glob, "the paths of the files that match a pattern, sorted",
               papy::local);
PAPY_SOURCE_AS(
    read_files, papy::io::read_files,
    "the files that match a pattern, sorted, as {path, content}; gzip and zstd are read through",
    papy::local);
PAPY_WORKER_AS(read_file, papy::io::read_file,
               "the content of the file of that path; gzip and zstd are read through", papy::local);
