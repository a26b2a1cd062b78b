// papy: a parameter is taken by value or by const reference
#include <papy/plugin.hpp>
int f(int& value) { return ++value; }
PAPY_WORKER(f, "changes its input");
