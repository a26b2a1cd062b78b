// Sinks: files, which get their names when they are complete, and the standard output.
#include <papy/plugin.hpp>
#include <string>
#include <string_view>

#include "files/json_write.h"
#include "files/output.h"
#include "io/arguments.h"

namespace papy::io {
namespace {

/// How items stand in a text.
enum class Form { lines, jsonl, msgpack };

/// Appends one item to `text`.
void put(any item, Form form, std::string& text) {
  if (form == Form::msgpack) {
    text.append(reinterpret_cast<const char*>(item.data().data()), item.data().size());
    return;
  }
  if (form == Form::lines && item.kind() == kind::text) {
    text += item.as<std::string_view>();
  } else {
    files::json_write(item, text);
  }
  text.push_back('\n');
}

struct write_args {
  PAPY_ARGS(
      write_args,
      (papy::path, path, required,
       "the file, packed when it ends in .gz or .zst; <path>.part until the run has ended well"))
};

template <Form form>
class write_file {
 public:
  using args = write_args;
  explicit write_file(const write_args& args) : output_(file_path(args.path)) {}

  void operator()(any item) {
    text_.clear();
    put(item, form, text_);
    output_.write(text_);
  }
  std::string prepare(std::uint64_t) { return output_.mark(); }
  void commit(std::uint64_t) { output_.sync(); }
  void rollback(std::string_view mark) { output_.go_back(mark); }
  void finish(bool ok) { output_.finish(ok); }

 private:
  files::Output output_;
  std::string text_;
};
using write_lines = write_file<Form::lines>;
using write_jsonl = write_file<Form::jsonl>;
using write_msgpack = write_file<Form::msgpack>;

struct stdout_args {
  PAPY_ARGS(stdout_args,
            (std::string, format, "lines", "lines: text as it is, other values as JSON",
             one_of("lines", "jsonl", "msgpack")))
};

Form form_of(const std::string& format) {
  if (format == "jsonl") return Form::jsonl;
  return format == "msgpack" ? Form::msgpack : Form::lines;
}

class standard_output {
 public:
  using args = stdout_args;
  explicit standard_output(const stdout_args& args) : form_(form_of(args.format)) {}

  void operator()(any item) {
    text_.clear();
    put(item, form_, text_);
    output_.write(text_);
  }
  void finish(bool) { output_.flush(); }

 private:
  Form form_;
  files::StandardOutput output_;
  std::string text_;
};

}  // namespace
}  // namespace papy::io

PAPY_SINK_AS(write_lines, papy::io::write_lines,
             "a file with one item a line: text as it is, other values as JSON", papy::local);
PAPY_SINK_AS(write_jsonl, papy::io::write_jsonl, "a file with one JSON text a line", papy::local);
PAPY_SINK_AS(write_msgpack, papy::io::write_msgpack,
             "a file of msgpack values, one behind the other", papy::local);
PAPY_SINK_AS(stdout, papy::io::standard_output, "the standard output, one item a line",
             papy::local);
