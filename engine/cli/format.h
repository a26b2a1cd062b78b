#pragma once

#include <CLI/CLI.hpp>
#include <map>
#include <string>

namespace papy {

/// What a listing is printed as.
enum class Format { text, json };

inline void add_format(CLI::App& command, Format& format) {
  command.add_option("--format", format, "Print text (default) or json")
      ->type_name("FORMAT")
      ->transform(CLI::CheckedTransformer(
          std::map<std::string, Format>{{"text", Format::text}, {"json", Format::json}}));
}

}  // namespace papy
