// papy: this type cannot be written as an item
#include <papy/plugin.hpp>
struct opaque {};
opaque f(int) { return {}; }
PAPY_WORKER(f, "gives what msgpack has not");
