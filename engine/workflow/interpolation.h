#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "workflow/params.h"

namespace papy {

/// An environment variable's value, or nothing when it is not set.
using Environment = std::function<std::optional<std::string>(std::string_view)>;

/// Puts values in the place of references, in scalar values only and after parsing, so that a value
/// can never become structure: ${params.x}, ${env.X}, ${env.X:-default}; `$${` is a literal `${`. A
/// scalar that is one reference takes the target's type.
class Interpolation {
 public:
  /// `declared`: the variables that the document's `env` names. `params` null: they may not be used
  /// here.
  Interpolation(const Environment& env, const std::set<std::string, std::less<>>& declared,
                const ParamValues* params, const Reading& reading)
      : env_(env), declared_(declared), params_(params), reading_(reading) {}

  /// Looks through a node and all below it, aliases followed; each node once. Gives the bytes that
  /// references put there, counting what aliases repeat.
  std::uint64_t apply(Node& node, const KeyPath& path) const;

 private:
  struct Target {
    Scalar value = Unknown{};
    bool is_untyped = false;
  };

  std::uint64_t apply_to_scalar(Node& node, const KeyPath& path) const;
  void warn_of_octal(const Node& node, const KeyPath& path) const;
  Target resolve(std::string_view reference, const Node& node, const KeyPath& path) const;
  Target resolve_param(std::string_view name, std::string_view whole, const Node& node,
                       const KeyPath& path) const;
  Target resolve_env(std::string_view name, std::string_view whole, const Node& node,
                     const KeyPath& path) const;
  void fail(const char* rule, std::string_view reference, const Node& node, const KeyPath& path,
            std::string message, std::string hint = "") const;

  const Environment& env_;
  const std::set<std::string, std::less<>>& declared_;
  const ParamValues* params_;
  const Reading& reading_;
  mutable std::uint64_t inserted_ = 0;  // bytes put in so far; beyond kMostText nothing more is
};

}  // namespace papy
