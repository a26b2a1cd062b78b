#pragma once

#include <cstddef>
#include <string>

#include "value.h"

/// Python's operators on values of any type. Each raises what Python raises.
namespace conformance::python {

Value add(const Value& a, const Value& b);
Value subtract(const Value& a, const Value& b);
Value multiply(const Value& a, const Value& b);  ///< also a sequence by an integer
Value floor_divide(const Value& a, const Value& b);
Value power(const Value& a, const Value& b);

bool equal(const Value& a, const Value& b);  ///< 1 == 1.0 == True
bool truth(const Value& value);              ///< what `or` and `if` ask

/// value[index] of a list or a text, from 0.
Value at(const Value& value, std::size_t index);
/// The elements that a `for` sees: of a list, the letters of a text.
List elements(const Value& value);
Value sum(const Value& values);

std::string str(const Value& value);
std::string repr(const Value& value);
/// value.upper() and value.replace(from, to); AttributeError when it is no text.
Value upper(const Value& value);
Value replace(const Value& value, const std::string& from, const std::string& to);

/// Requires a number; TypeError with Python's words for `what` otherwise.
double number(const Value& value, const char* what);

}  // namespace conformance::python
