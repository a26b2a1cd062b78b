// papy/cpp/error.hpp - what a function may throw. MIT licence.
#ifndef PAPY_CPP_ERROR_HPP
#define PAPY_CPP_ERROR_HPP

#include <papy/plugin.h>

#include <exception>
#include <string>
#include <string_view>
#include <utility>

namespace papy {

/// A failure with a status and a code of the author's own. Any other exception fails the tasklet as
/// PAPY_ERROR with its what().
class failure : public std::exception {
 public:
  failure(papy_status status, int code, std::string text)
      : status_(status), code_(code), text_(std::move(text)) {}
  const char* what() const noexcept override { return text_.c_str(); }
  papy_status status() const { return status_; }
  int code() const { return code_; }

 private:
  papy_status status_;
  int code_;
  std::string text_;
};

/// Failed; another attempt may succeed, so it is made whatever `retries.when` says.
struct retry : failure {
  explicit retry(std::string text, int code = 0) : failure(PAPY_RETRY, code, std::move(text)) {}
};

/// Failed and would fail again: no other attempt is made.
struct fail : failure {
  explicit fail(std::string text) : failure(PAPY_FAIL, 0, std::move(text)) {}
  fail(int code, std::string text) : failure(PAPY_FAIL, code, std::move(text)) {}
};

/// This instance is of no more use: the run ends.
struct fatal : failure {
  explicit fatal(std::string text, int code = 0) : failure(PAPY_FATAL, code, std::move(text)) {}
};

/// No result on purpose: a gap. (A std::optional result says the same and is faster.)
struct skip {};
/// A source is exhausted, or a worker has had enough: what it emitted in this call is the last.
struct end {};
/// Stopped because context::cancelled() said so.
struct cancelled {};

/// An input or an argument is not what the function takes.
class bad_value : public std::exception {
 public:
  explicit bad_value(std::string text) : text_(std::move(text)) {}
  const char* what() const noexcept override { return text_.c_str(); }
  /// Says where, from the inside out: "[3]", ".name".
  void in(std::string_view place) { place_ = std::string(place) + place_; }
  /// "input 2.name: expected ..."
  std::string text(std::string_view root) const {
    return std::string(root) + place_ + ": " + text_;
  }

 private:
  std::string place_;
  std::string text_;
};

}  // namespace papy

#endif  // PAPY_CPP_ERROR_HPP
