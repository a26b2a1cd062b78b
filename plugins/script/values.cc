#include "script/values.h"

#include <papy/cpp/error.hpp>

#include "files/json_write.h"
#include "values/field.h"

namespace papy::script {
namespace {

any element(any list, std::size_t position) {
  const std::vector<any> values = list.list();
  if (position > values.size()) {
    throw fail("{" + std::to_string(position) + "} is not there: the item has " +
               std::to_string(values.size()) + " values");
  }
  return values[position - 1];
}

/// What a program can be given: its words end at a NUL.
std::string checked(std::string text, const Field& field) {
  if (text.find('\0') == std::string::npos) return text;
  throw fail("{" + field.name() + "} has a NUL byte, which no word of a command can have");
}

}  // namespace

any Values::value(const Field& field) const {
  if (field.what == Field::What::position) {
    any found;
    if (inbox_.size() > 1) {
      if (field.position > inbox_.size()) {
        throw fail("{" + std::to_string(field.position) + "} is not there: there are " +
                   std::to_string(inbox_.size()) + " inputs");
      }
      found = inbox_[field.position - 1];
    } else if (inbox_.at(0).kind() == kind::list) {
      found = element(inbox_[0], field.position);
    } else if (field.position == 1) {
      found = inbox_[0];
    } else {
      throw fail("{" + std::to_string(field.position) + "} is not there: the item is one value");
    }
    return values::get_field(found, field.path);
  }
  if (field.what == Field::What::path && inbox_.size() > 1) {
    throw fail("{" + field.path + "}: there are " + std::to_string(inbox_.size()) +
               " inputs, say which, as in {1." + field.path + "}");
  }
  return values::get_field(inbox_.at(0), field.path);
}

std::string Values::text(const Field& field) const {
  if (field.what == Field::What::number) return std::to_string(tasklet_ + 1);
  if (field.what == Field::What::slot) return std::to_string(slot_ + 1);
  if (const auto file = files_.find(field.name()); file != files_.end())
    return part_of(file->second, field.part);
  const std::string text = field.what == Field::What::item && inbox_.size() > 1
                               ? plain_text(item().view())
                               : plain_text(value(field));
  return part_of(checked(text, field), field.part);
}

std::vector<std::string> Values::words(const Field& field) const {
  const bool is_value = field.what != Field::What::number && field.what != Field::What::slot &&
                        !files_.contains(field.name());
  if (!is_value) return {text(field)};
  std::vector<any> values;
  if (field.what == Field::What::item && inbox_.size() > 1) {
    values = inbox_;
  } else if (const any found = value(field); found.kind() == kind::list) {
    values = found.list();
  } else {
    values = {found};
  }
  std::vector<std::string> words;
  for (const any& each : values)
    words.push_back(part_of(checked(plain_text(each), field), field.part));
  return words;
}

packed Values::item() const { return inbox_.size() == 1 ? packed(inbox_[0]) : pack(inbox_); }

std::string plain_text(any value) {
  if (value.kind() == kind::text) return value.as<std::string>();
  if (value.kind() == kind::bytes) {
    const bytes data = value.as<bytes>();
    return {data.begin(), data.end()};
  }
  std::string json;
  files::json_write(value, json);
  return json;
}

}  // namespace papy::script
