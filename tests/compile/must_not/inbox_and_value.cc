// papy: papy::inbox takes all values, so no other parameter can be one
#include <papy/plugin.hpp>
int f(papy::inbox<int>, int value) { return value; }
PAPY_WORKER(f, "takes all and one more");
