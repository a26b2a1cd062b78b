#pragma once

#include <string>

#include "base/result.h"

namespace papy {

/// Has graphviz's `dot`, found on PATH, make an SVG of a graph in its language. The error says why
/// there is none.
Result<std::string> svg_by_graphviz(const std::string& dot);

}  // namespace papy
