// papy: a function with papy::out returns nothing
#include <papy/plugin.hpp>
int f(int value, papy::out<int>&) { return value; }
PAPY_WORKER(f, "emits twice");
