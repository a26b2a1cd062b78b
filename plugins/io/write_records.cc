// The sink of delimited records: CSV, TSV and the like.
#include <algorithm>
#include <papy/plugin.hpp>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "files/json_read.h"
#include "files/json_write.h"
#include "files/output.h"
#include "io/arguments.h"
#include "values/field.h"

namespace papy::io {
namespace {

struct write_records_args {
  PAPY_ARGS(write_records_args,
            (papy::path, path, required,
             "the file, packed when it ends in .gz or .zst; <path>.part until the run has ended "
             "well"),
            (std::vector<std::string>, columns, {},
             "the fields to write, as read.name, in this order; none: those of the first item"),
            (bool, header, true, "the first line names the columns"),
            (std::string, delimiter, ",", "one character between two fields"),
            (std::string, quote, "\"",
             "one character around fields that hold delimiters, quotes or line ends"))
};

class write_records {
 public:
  using args = write_records_args;
  explicit write_records(const write_records_args& args)
      : output_(file_path(args.path)),
        columns_(args.columns),
        chosen_(!args.columns.empty()),
        header_(args.header),
        delimiter_(one_character(args.delimiter, "delimiter")),
        quote_(one_character(args.quote, "quote")) {}

  void operator()(any item) {
    record_.clear();
    if (item.kind() == kind::list) {
      put_record(item.list());
    } else {
      put_record(fields_of(item));
    }
    if (!begun_) begin(item);
    output_.write(record_);
  }
  /// Where the file ends and which columns it has, as JSON.
  std::string prepare(std::uint64_t) {
    std::string mark;
    files::json_write(pack(Mark{output_.mark(), begun_, columns_}).view(), mark);
    return mark;
  }
  void commit(std::uint64_t) { output_.sync(); }
  void rollback(std::string_view mark) {
    std::string value;
    files::json_read(mark, value);
    std::string at;
    std::tie(at, begun_, columns_) = packed(std::move(value)).as<Mark>();
    output_.go_back(at);
  }
  void finish(bool ok) {
    if (ok && !begun_) write_header();
    output_.finish(ok);
  }

 private:
  using Mark = std::tuple<std::string, bool, std::vector<std::string>>;

  std::vector<any> fields_of(any item) {
    if (!chosen_ && !begun_) columns_ = names_of(item);
    if (!chosen_) check_names(item);
    std::vector<any> fields;
    for (const std::string& name : columns_) {
      fields.push_back(chosen_ ? values::get_field(item, name) : *item.field(name));
    }
    return fields;
  }
  static std::vector<std::string> names_of(any item) {
    std::vector<std::string> names;
    for (const auto& [key, value] : item.map()) names.push_back(key.as<std::string>());
    return names;
  }
  /// Without a choice of columns nothing is left out unasked.
  void check_names(any item) const {
    for (const std::string& name : columns_) {
      if (!item.field(name)) throw fail("there is no field '" + name + "', as the first item had");
    }
    for (const std::string& name : names_of(item)) {
      if (std::find(columns_.begin(), columns_.end(), name) == columns_.end()) {
        throw fail("the field '" + name + "' is new, the first item had none");
      }
    }
  }

  void begin(any item) {
    if (item.kind() == kind::map || chosen_) write_header();
    begun_ = true;
  }
  void write_header() {
    if (!header_ || columns_.empty()) return;
    std::string line;
    for (const std::string& name : columns_) put_field(name, line);
    end_record(line);
    output_.write(line);
  }

  void put_record(const std::vector<any>& fields) {
    for (const any field : fields) {
      if (field.kind() == kind::text) {
        put_field(field.as<std::string_view>(), record_);
      } else {
        json_.clear();
        if (!field.is_nil()) files::json_write(field, json_);
        put_field(json_, record_);
      }
    }
    end_record(record_);
  }
  /// The delimiter behind it stands for the end of the field, too.
  void put_field(std::string_view text, std::string& record) const {
    const char special[] = {delimiter_, quote_, '\n', '\r'};
    if (text.find_first_of(std::string_view(special, sizeof special)) == text.npos) {
      record += text;
    } else {
      record += quote_;
      for (const char c : text) {
        if (c == quote_) record += quote_;
        record += c;
      }
      record += quote_;
    }
    record += delimiter_;
  }
  void end_record(std::string& record) const {
    if (!record.empty()) record.pop_back();
    if (record.empty()) record = {quote_, quote_};  // an empty line would be no record
    record += '\n';
  }

  files::Output output_;
  std::vector<std::string> columns_;
  bool chosen_;  // by the author; else they are those of the first item
  bool header_;
  bool begun_ = false;  // something was written
  char delimiter_;
  char quote_;
  std::string record_;
  std::string json_;
};

}  // namespace
}  // namespace papy::io

PAPY_SINK_AS(write_records, papy::io::write_records,
             "a delimited file (CSV, TSV) of maps or lists, one record an item", papy::local);
