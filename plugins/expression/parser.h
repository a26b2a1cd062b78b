#pragma once

#include <memory>
#include <string_view>

#include "expression/tree.h"

namespace papy::expression {

/// Reads an expression. From the loosest to the closest:
///
///     or        and        not
///     == != < <= > >= in   (one only, without a chain)
///     + -       * / // %   -x
///     ??
///     a.b a[i] f(x) (x)
///
/// Throws SyntaxError.
std::unique_ptr<Tree> parse(std::string_view text);

}  // namespace papy::expression
