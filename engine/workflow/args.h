#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "workflow/workflow.h"

namespace papy {

struct PackedArgs {
  std::string bytes;         ///< a msgpack map; empty when something was wrong
  bool has_unknown = false;  ///< a value is not known yet: `bytes` is empty then, too
};

/// Checks a call's arguments against the schema of its function and packs them. Of JSON Schema
/// (draft 7) it knows type, enum, const, minimum, maximum, exclusiveMinimum, exclusiveMaximum,
/// minLength, maxLength, minItems, maxItems, items, properties, required, additionalProperties,
/// anyOf, oneOf, and the formats path (made absolute), duration and size. Defaults are not filled
/// in: the function knows them. Requires: `schema` is an object.
PackedArgs pack_args(const FunctionCall& call, const nlohmann::json& schema,
                     const Reading& reading);

}  // namespace papy
