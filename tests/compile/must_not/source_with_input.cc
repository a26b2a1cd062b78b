// papy: a source takes no values
#include <papy/plugin.hpp>
struct f {
  bool operator()(int, papy::out<int>&) { return false; }
};
PAPY_SOURCE(f, "takes something");
