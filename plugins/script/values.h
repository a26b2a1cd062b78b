#pragma once

#include <cstdint>
#include <map>
#include <papy/cpp/any.hpp>
#include <string>
#include <vector>

#include "script/field.h"

namespace papy::script {

/// What the fields of templates stand for in one call: the values of an inbox, and files.
///
///     Values values({item}, 0, 3);
///     values.text(*parse_field("name"))     // what the item has there
///
/// Borrows the values. What is not there, or cannot be given to a program, throws papy::fail.
class Values {
 public:
  Values(std::vector<any> inbox, std::uint64_t tasklet, std::uint32_t slot)
      : inbox_(std::move(inbox)), tasklet_(tasklet), slot_(slot) {}

  /// From now on the field of this name stands for the path of a file.
  void set_file(const std::string& name, std::string path) { files_[name] = std::move(path); }

  /// The value that a field names, its part not yet taken. Requires: no number, no slot.
  any value(const Field& field) const;
  /// What is put in a template: text and bytes as they are, other values as JSON.
  std::string text(const Field& field) const;
  /// The same, each value of a list for itself.
  std::vector<std::string> words(const Field& field) const;
  /// The whole inbox as one value: the item, or a list of several.
  packed item() const;

 private:
  std::vector<any> inbox_;
  std::uint64_t tasklet_;
  std::uint32_t slot_;
  std::map<std::string, std::string> files_;
};

/// Text and bytes as they are, other values as JSON.
std::string plain_text(any value);

}  // namespace papy::script
