#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "workflow/plan.h"

namespace papy {

/// No value: `null`, `~` or nothing at all.
struct Null {
  friend bool operator==(Null, Null) { return true; }
};

/// A value that is not known yet: a parameter that is required and was not given.
struct Unknown {
  friend bool operator==(Unknown, Unknown) { return true; }
};

/// An integer that does not fit 64 bits.
struct TooLarge {
  friend bool operator==(TooLarge, TooLarge) { return true; }
};

/// What a scalar stands for.
using Scalar = std::variant<Null, bool, std::int64_t, double, std::string, Unknown, TooLarge>;

/// The value of a plain (unquoted) scalar by the core schema of YAML 1.2: 010 is ten, `yes` is a
/// text.
Scalar plain_scalar(std::string_view text);

constexpr std::string_view kLooksOctal = "an octal number";

/// Why a plain scalar means something else to many readers of YAML 1.1 (`yes` is true, 010 is
/// eight); empty when it does not.
std::string_view ambiguity(std::string_view plain);

/// "the text 'abc'", "the number 3", "true", "nothing".
std::string describe(const Scalar& scalar);

/// Text of a scalar as it stands in a longer text: integers in decimal, `true`, floats shortest.
std::string text_of(const Scalar& scalar);

/// Reads "500ms", "2s", "1.5h": a decimal number and one of ns us ms s m h d.
std::optional<Duration> parse_duration(std::string_view text);

/// Reads "64KiB", "1.5GiB", "10MB": a decimal number and one of B kB MB GB TB KiB MiB GiB TiB.
std::optional<std::uint64_t> parse_size(std::string_view text);

/// Reads "1%" or "0.5%" as a share of 0 .. 1.
std::optional<double> parse_share(std::string_view text);

/// A whole decimal number with an optional sign, nothing around it.
std::optional<std::int64_t> parse_integer(std::string_view text);

/// A decimal number, "2", "-0.5" or "1e3", nothing around it.
std::optional<double> parse_number(std::string_view text);

}  // namespace papy
