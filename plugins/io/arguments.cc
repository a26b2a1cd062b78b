#include "io/arguments.h"

#include <papy/cpp/error.hpp>

namespace papy::io {

char one_character(const std::string& text, const char* what) {
  if (text.size() == 1 && text[0] != '\n' && text[0] != '\r') return text[0];
  throw fail("the " + std::string(what) + " is '" + text + "', expected one character");
}

std::string file_path(const papy::path& path) {
  if (path.given != "-") return path.full;
  throw fail("'-' is no file, expected a path (io.stdout is the standard output)");
}

}  // namespace papy::io
