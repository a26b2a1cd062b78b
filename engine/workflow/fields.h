#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace papy {

struct Section;

/// What the value of a key may be.
enum class FieldKind : std::uint8_t {
  text,
  path,            ///< a text; relative to the document
  boolean,         ///< true or false
  integer,         ///< a whole number within the field's limits
  integer_or_any,  ///< or the word `any`
  scalar,          ///< any single value
  scalars,         ///< a list of them
  duration,        ///< "500ms"
  size,            ///< "2GiB"
  limit,           ///< a count, or a share: "1%"
  choice,          ///< one of the field's words
  choices,         ///< a list of them
  name,            ///< one word that names something
  names,           ///< one name or a list of them
  texts,           ///< a list of texts
  function,        ///< "plugin.function"
  chain,           ///< a function, or a list of functions and of {function, args}
  arguments,       ///< a mapping that the function's own schema describes
  section,         ///< a mapping: Field::nested
  named_sections,  ///< a mapping of names to such mappings
  sections,        ///< a list of such mappings
  anything,
};

enum class Need : std::uint8_t { optional, required };

/// Whether this version can do what the key asks for.
enum class Ready : std::uint8_t { yes, not_yet };

/// One key of the document: everything that loading, the schema and the reference page say of it
/// comes from here.
struct Field {
  std::string_view name;
  FieldKind kind = FieldKind::anything;
  Need need = Need::optional;
  std::string_view fallback = {};  ///< what holds when the key is left out, as one would write it
  std::string_view help = {};
  std::int64_t minimum = 0;
  std::int64_t maximum = 0;
  std::span<const std::string_view> words = {};
  const Section* nested = nullptr;
  Ready ready = Ready::yes;
};

/// The keys of one kind of mapping.
struct Section {
  std::string_view noun;  ///< "pool"; empty: the document itself
  std::string_view help;
  std::span<const Field> fields;

  /// Null when there is no such key.
  const Field* find(std::string_view name) const;
};

/// The document itself, and by way of Field::nested all that it may hold.
extern const Section kDocument;

extern const Section kParam, kPlugin, kPool, kHost, kLimits, kInput, kPiper, kChainElement,
    kRetries, kOutput, kRun, kLint, kIgnore;

}  // namespace papy
