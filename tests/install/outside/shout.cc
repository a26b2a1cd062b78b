#include <cctype>
#include <papy/plugin.hpp>
#include <string>

PAPY_PLUGIN(shout, "1.0.0", "MIT", "https://example.org/shout");

std::string upper(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}
PAPY_WORKER(upper, "writes a text in capitals", papy::pure);
