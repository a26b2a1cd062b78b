#pragma once

#include <papy/plugin.hpp>
#include <string>
#include <string_view>

#include "values/edited.h"
#include "values/field.h"

namespace papy::text {

// The two arguments that nearly every function of this plugin has.
inline constexpr const char* kFieldDoc =
    "the field to look at, as read.name; empty: the item itself";
inline constexpr const char* kIntoDoc =
    "the field that the result becomes; empty: it takes the place of what was looked at";

/// What of an item a function looks at, and where its result goes.
///
///     values::Edited<std::string> upper(any item, const upper_args& args) {
///       return Subject(args).edit_text(item, upper_case);
///     }
///
/// Borrows the args.
class Subject {
 public:
  explicit Subject(const std::string& field) : field_(field) {}
  template <class Args>
  explicit Subject(const Args& args)
      : field_(args.field), into_(args.into.empty() ? args.field : args.into) {}

  /// What `reading` makes of the value that is looked at. A papy::bad_value that it throws is told
  /// with the field.
  template <class Reading>
  auto look(any item, const Reading& reading) const {
    const any value = field_.empty() ? item : values::get_field(item, field_);
    try {
      return reading(value);
    } catch (bad_value& wrong) {
      if (!field_.empty()) wrong.in("." + std::string(field_));
      throw;
    }
  }
  /// The item with what `making` makes of the value that is looked at.
  template <class Making>
  auto edit(any item, const Making& making) const {
    return values::Edited<decltype(look(item, making))>{item, into_, look(item, making)};
  }
  /// The same for texts.
  template <class Making>
  auto edit_text(any item, const Making& making) const {
    return edit(item, [&](any value) { return making(value.as<std::string_view>()); });
  }

 private:
  std::string_view field_;
  std::string_view into_;
};

}  // namespace papy::text
