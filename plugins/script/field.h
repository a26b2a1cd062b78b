#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace papy::script {

/// What stands between the braces of a template.
///
///     {}  {3}  {name}  {read.name}  {2.name}     the item, its third value, a field
///     {.} {/} {//} {/.}  {name/.}                a part of such a text, taken as a path
///     {#} {%}                                    number of the tasklet and of the slot, from 1
///
/// A value of its own; made freely.
struct Field {
  enum class What { item, position, path, number, slot };
  enum class Part {
    whole,
    no_ending,  ///< "."   in/reads.fq -> in/reads
    name,       ///< "/"   in/reads.fq -> reads.fq
    folder,     ///< "//"  in/reads.fq -> in
    stem,       ///< "/."  in/reads.fq -> reads
  };

  What what = What::item;
  std::size_t position = 0;  ///< of What::position, from 1
  std::string path;          ///< keys with points between them; empty: none
  Part part = Part::whole;

  /// The name in front of the part, as it was written: "2.name". Ports have such names.
  std::string name() const;

  bool operator==(const Field&) const = default;
};

/// Nothing when this is no field: `{print $1}` and `{a,b}` are left to the program.
std::optional<Field> parse_field(std::string_view inside);

/// A name of a file that begins with a point has no ending; a path without a slash lies in ".".
std::string part_of(std::string_view path, Field::Part part);

}  // namespace papy::script
