// papy: a worker takes at least one value
#include <papy/plugin.hpp>
int f() { return 1; }
PAPY_WORKER(f, "takes nothing");
