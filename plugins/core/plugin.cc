#include <papy/plugin.hpp>

PAPY_PLUGIN(core, "0.1.0", "MIT", "");
