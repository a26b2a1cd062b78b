#include "script/form.h"

#include <papy/cpp/error.hpp>

#include "files/json_read.h"
#include "files/json_write.h"
#include "files/msgpack_scan.h"
#include "files/utf8.h"
#include "script/values.h"

namespace papy::script {
namespace {

bytes bytes_of(std::string_view data) {
  return {reinterpret_cast<const std::uint8_t*>(data.data()), data.size()};
}

packed as_text(std::string_view data, std::string_view where) {
  if (data.ends_with('\n')) data.remove_suffix(1);
  const std::size_t bad = files::first_not_utf8(data);
  if (bad == data.size()) return pack(data);
  throw fail(std::string(where) + " is not UTF-8 at byte " + std::to_string(bad) +
             ", expected text ('bytes' takes it as it is)");
}

packed as_json(std::string_view data, std::string_view where) {
  std::string value;
  try {
    files::json_read(data, value);
  } catch (const bad_value& wrong) {
    throw fail(std::string(where) + " is not JSON: " + wrong.what());
  }
  return packed(std::move(value));
}

packed as_msgpack(std::string_view data, std::string_view where) {
  const files::Scan scan = files::scan_msgpack(data);
  if (scan.is == files::Scan::Is::whole && scan.size == data.size())
    return packed(std::string(data));
  throw fail(std::string(where) + " is not one msgpack value");
}

}  // namespace

Form form_of(std::string_view name) {
  if (name == "text") return Form::text;
  if (name == "bytes") return Form::bytes;
  if (name == "json") return Form::json;
  return name == "msgpack" ? Form::msgpack : Form::none;
}

std::string encoded(any value, Form form) {
  switch (form) {
    case Form::none:
      return {};
    case Form::text:
    case Form::bytes:
      return plain_text(value);
    case Form::msgpack:
      return {value.data().begin(), value.data().end()};
    case Form::json: {
      std::string json;
      files::json_write(value, json);
      return json + "\n";
    }
  }
  return {};
}

packed decoded(std::string_view data, Form form, std::string_view where) {
  switch (form) {
    case Form::none:
      return {};
    case Form::text:
      return as_text(data, where);
    case Form::bytes:
      return pack(bytes_of(data));
    case Form::json:
      return as_json(data, where);
    case Form::msgpack:
      return as_msgpack(data, where);
  }
  return {};
}

packed text_or_bytes(std::string_view data) {
  return files::first_not_utf8(data) == data.size() ? pack(data) : pack(bytes_of(data));
}

}  // namespace papy::script
