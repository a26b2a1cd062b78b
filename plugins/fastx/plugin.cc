#include <papy/plugin.hpp>

PAPY_PLUGIN(fastx, "0.1.0", "MIT", "");
