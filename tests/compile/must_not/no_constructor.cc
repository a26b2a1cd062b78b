// papy: the class needs a constructor that takes nothing, const Args&
#include <papy/plugin.hpp>
struct f {
  explicit f(int) {}
  int operator()(int value) { return value; }
};
PAPY_WORKER(f, "cannot be made");
