#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "workflow/section_reader.h"

namespace papy {

/// A value that a run gives to a parameter.
struct GivenParam {
  std::string name;
  Scalar value;
  bool is_untyped =
      false;  ///< a text that is read as what the declaration wants: from the command line
  Span name_span;
  Span value_span;
};

/// Parameters and their values; Unknown for one that is required and was not given, and for a wrong
/// one.
using ParamValues = std::map<std::string, Scalar, std::less<>>;

enum class Missing {
  is_error,   ///< a required parameter without a value is an error: the workflow is to be run
  is_unknown  ///< it is Unknown: the workflow is only looked at
};

/// Reads the declarations under `params` (null: there are none) and gives each parameter its value:
/// the last one given, else its default. Paths become absolute.
ParamValues read_params(const Node* section, const std::vector<GivenParam>& given, Missing missing,
                        const Reading& reading);

}  // namespace papy
