#include "pool/open_files.h"

#include <sys/resource.h>

#include <catch2/catch.hpp>

namespace papy {
namespace {

/// The limits of open files, put back at the end. The hard one is only read.
class Limits {
 public:
  Limits() { REQUIRE(getrlimit(RLIMIT_NOFILE, &before_) == 0); }
  Limits(const Limits&) = delete;
  Limits& operator=(const Limits&) = delete;
  ~Limits() { setrlimit(RLIMIT_NOFILE, &before_); }

  rlim_t hard() const { return before_.rlim_max; }
  void lower_soft(rlim_t soft) const {
    const rlimit limit{soft, before_.rlim_max};
    REQUIRE(setrlimit(RLIMIT_NOFILE, &limit) == 0);
  }
  static rlim_t soft() {
    rlimit now{};
    REQUIRE(getrlimit(RLIMIT_NOFILE, &now) == 0);
    return now.rlim_cur;
  }

 private:
  rlimit before_{};
};

}  // namespace

TEST_CASE("the limit of open files stays where it is enough") {
  const Limits limits;
  limits.lower_soft(72);
  CHECK(allow_open_files(2));
  CHECK(Limits::soft() == 72);
}

TEST_CASE("the limit of open files is raised where more is needed") {
  const Limits limits;
  limits.lower_soft(71);
  CHECK(allow_open_files(2));
  CHECK(Limits::soft() == limits.hard());
}

TEST_CASE("more slots than files may be open are refused with the numbers") {
  const Limits limits;
  const std::size_t slots = limits.hard() / 4;
  const auto allowed = allow_open_files(slots);
  REQUIRE_FALSE(allowed);
  CHECK(allowed.error().text == std::to_string(slots) + " worker processes need " +
                                    std::to_string(64 + 4 * slots) + " open files, " +
                                    std::to_string(limits.hard()) + " are allowed (ulimit -n)");
}

}  // namespace papy
