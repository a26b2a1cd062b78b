#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "workflow/document.h"
#include "workflow/fields.h"
#include "workflow/findings.h"
#include "workflow/key_path.h"

namespace papy {

/// What everything that reads a document needs to know.
struct Reading {
  const Document& document;
  Findings& findings;
  std::string base;  ///< absolute directory that the document's relative paths start from
  std::string cwd;   ///< the same for what is given on the command line

  /// Adds an error at a node; by way of an alias, the alias is shown as well.
  void error(std::string_view rule, const Node& node, const KeyPath& path, std::string message,
             std::string hint = "") const;
  void say(Level level, std::string_view rule, const Node& node, std::string at,
           std::string message, std::string hint = "") const;
};

/// `path`, made absolute from `directory` and without "." and "..".
std::string absolute_path(std::string_view path, std::string_view directory);

/// A scalar's value as a field of that kind reads it: what came from the environment has no type of
/// its own and takes the wanted one. Requires: the node is a scalar or null (after follow()).
Scalar scalar_as(FieldKind wanted, const Node& node);

/// Text of a node that names something, whatever it looks like; nothing when it is no scalar.
std::optional<std::string_view> name_of(const Node& node);

/// Reads a mapping by its table of keys. The constructor reports unknown and missing keys and
/// values that do not fit; what the getters then give is right, or nothing (left out, or wrong and
/// reported).
///
/// Requires of the getters: the key is in the table, and of that kind.
class SectionReader {
 public:
  /// `name`: of this pool, piper ...; empty when there is only one. `named_at`: where that name
  /// stands, to be shown when something is missing; null: the mapping itself is.
  SectionReader(const Node& node, const Section& section, std::string_view name,
                const KeyPath& path, const Reading& reading, const Node* named_at = nullptr);

  const Node* node(std::string_view key) const;
  std::optional<std::int64_t> integer(std::string_view key) const;
  bool boolean(std::string_view key, bool fallback) const;
  std::optional<std::string> text(std::string_view key) const;
  std::optional<Duration> duration(std::string_view key) const;
  std::optional<std::uint64_t> size(std::string_view key) const;
  /// Index of the word in the field's list.
  std::optional<std::size_t> choice(std::string_view key) const;

  /// "pool 'cpu'", "the document".
  const std::string& subject() const { return subject_; }

 private:
  void read_keys(const Node& mapping);
  void report_unknown(const Node& key);
  void report_missing(const Node& mapping, const Node& shown);
  std::size_t index_of(std::string_view key) const;

  const Section& section_;
  const KeyPath& path_;
  const Reading& reading_;
  std::string subject_;
  std::vector<const Field*> misspelt_;  // what unknown keys were probably meant to be
  std::vector<const Node*> values_;     // by the field's index; null: left out or wrong
};

}  // namespace papy
