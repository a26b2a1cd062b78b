// papy: the class needs one call operator, or next() if it is a source
#include <papy/plugin.hpp>
struct f {};
PAPY_WORKER(f, "does nothing");
