// const char
#include <papy/plugin.hpp>
struct args {
  PAPY_ARGS(args, (int, n, "three", "a number"))
};
int f(int value, const args&) { return value; }
PAPY_WORKER(f, "has a default of another type");
