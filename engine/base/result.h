#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace papy {

/// The machine failed: a file, a library, a call of the system. `text` is one lower-case line for
/// the user, without a full stop; `code` is the errno behind it, or 0.
struct Error {
  std::string text;
  int code = 0;
};

/// A value, or why there is none. Passed up to the one who can decide.
template <typename T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> error(std::string text, int code = 0) {
  return tl::unexpected<Error>(Error{std::move(text), code});
}

}  // namespace papy
