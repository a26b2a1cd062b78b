// papy: a sink returns nothing
#include <papy/plugin.hpp>
int f(int value) { return value; }
PAPY_SINK(f, "returns something");
