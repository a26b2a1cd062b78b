// papy: this type cannot be read from an item
#include <papy/plugin.hpp>
struct opaque {};
int f(opaque) { return 1; }
PAPY_WORKER(f, "takes what msgpack has not");
