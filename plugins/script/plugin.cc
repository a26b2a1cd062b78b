#include <papy/plugin.hpp>

PAPY_PLUGIN(script, "0.1.0", "MIT", "");
