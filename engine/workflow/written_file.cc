#include "workflow/written_file.h"

#include "item/bytes.h"
#include "item/pack.h"

namespace papy {

std::optional<std::string> written_file(std::string_view packed_args) {
  Unpacker in(bytes_of(packed_args));
  const std::uint32_t n = in.map().value_or(0);
  for (std::uint32_t i = 0; i < n; ++i) {
    const bool is_path = in.text() == "path";
    Unpacker value(in.any());
    const auto text = is_path ? value.text() : std::nullopt;
    if (text && text->starts_with('/')) return std::string(*text);
  }
  return std::nullopt;
}

}  // namespace papy
