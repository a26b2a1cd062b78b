// Workers between values and texts: templates and JSON.
#include <papy/plugin.hpp>
#include <string>
#include <string_view>

#include "files/json_read.h"
#include "files/json_write.h"
#include "text/subject.h"
#include "text/template.h"

namespace papy::text {
namespace {

struct format_args {
  PAPY_ARGS(format_args,
            (std::string, format, required,
             "the text, with fields of the item as {name:>8}; {} is the item itself"),
            (std::string, into, "", "the field for the text; empty: the text is the result"))
};

class format {
 public:
  using args = format_args;
  explicit format(const format_args& args) : into_(args.into), template_(args.format) {}

  values::Edited<std::string> operator()(any item) const {
    return {item, into_, template_.fill(item)};
  }

 private:
  std::string into_;
  Template template_;
};

struct json_args {
  PAPY_ARGS(json_args, (std::string, field, "", kFieldDoc), (std::string, into, "", kIntoDoc))
};

values::Edited<packed> from_json(any item, const json_args& args) {
  return Subject(args).edit_text(item, [](std::string_view text) {
    std::string value;
    files::json_read(text, value);
    return packed(std::move(value));
  });
}

values::Edited<std::string> to_json(any item, const json_args& args) {
  return Subject(args).edit(item, [](any value) {
    std::string text;
    files::json_write(value, text);
    return text;
  });
}

}  // namespace
}  // namespace papy::text

PAPY_WORKER_AS(format, papy::text::format, "a text with fields of the item in it", papy::pure);
PAPY_WORKER_AS(from_json, papy::text::from_json, "the value that a JSON text is", papy::pure);
PAPY_WORKER_AS(to_json, papy::text::to_json, "a value as JSON text", papy::pure);
