#include <papy/plugin.hpp>

PAPY_PLUGIN(text, "0.1.0", "MIT", "");
