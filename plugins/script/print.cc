// script.print: shows the records of programs as one sees programs on a terminal.
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <papy/plugin.hpp>
#include <string>
#include <string_view>

#include "files/output.h"
#include "script/job_log.h"
#include "script/record.h"
#include "script/values.h"

namespace papy::script {
namespace {

struct print_args {
  PAPY_ARGS(print_args, (bool, tag, false, "put the item and a tab in front of each line"),
            (std::optional<papy::path>, joblog, std::nullopt,
             "a file with a line for each program that ended"),
            (std::optional<papy::path>, results, std::nullopt,
             "a folder for what each program wrote"))
};

/// The words of an item with spaces between them.
std::string tag_of(any item) {
  if (item.kind() != kind::list) return plain_text(item);
  std::string tag;
  for (const any& each : item.list()) tag += (tag.empty() ? "" : " ") + plain_text(each);
  return tag;
}

/// `text` with `tag` and a tab in front of each line.
std::string tagged(std::string_view text, const std::string& tag) {
  std::string lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    lines += tag + "\t";
    lines += text.substr(0, end);
    text.remove_prefix(end);
  }
  return lines;
}

/// Nobody is told when stderr cannot be written.
void write_error(std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::write(STDERR_FILENO, text.data(), text.size());
    if (n < 0 && errno != EINTR) return;
    text.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(n, 0)));
  }
}

class print {
 public:
  using args = print_args;
  explicit print(const print_args& args)
      : tag_(args.tag), results_(args.results ? args.results->full : "") {
    if (args.joblog) log_.emplace(args.joblog->full);
  }

  void operator()(const record& done) {
    std::string text = plain_text(done.stdout.view());
    std::string errors = plain_text(done.stderr.view());
    if (log_) log_->add(done);
    if (!results_.empty()) write_results(results_, done);
    if (tag_) {
      const std::string tag = tag_of(done.item.view());
      text = tagged(text, tag);
      errors = tagged(errors, tag);
    }
    output_.write(text);
    if (errors.empty()) return;
    output_.flush();
    write_error(errors);
  }
  void finish(bool) { output_.flush(); }

 private:
  const bool tag_;
  const std::string results_;
  std::optional<JobLog> log_;
  files::StandardOutput output_;
};

}  // namespace
}  // namespace papy::script

PAPY_SINK_AS(print, papy::script::print,
             "what programs wrote, on our own stdout and stderr, one program after the other",
             papy::local);
