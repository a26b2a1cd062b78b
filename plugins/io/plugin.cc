#include <papy/plugin.hpp>

PAPY_PLUGIN(io, "0.1.0", "MIT", "");
