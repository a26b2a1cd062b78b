#include "pool/slot_page.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <thread>
#include <vector>

namespace papy {
namespace {

TEST_CASE("a slot's page tells where the slot is") {
  SlotPage page;
  CHECK(SlotPage::unpack(page.at) == SlotPage::At{});
  const SlotPage::At at{4'000'000'000u, 65'000, 200, true, true};
  page.enter(at);
  CHECK(SlotPage::unpack(page.at) == at);
  const SlotPage::At other{1, 2, 3, false, false, true, true};
  page.enter(other);
  CHECK(SlotPage::unpack(page.at) == other);
}

TEST_CASE("a task is either begun or revoked, never both and never neither") {
  // The slot begins tasks one after the other while the engine takes back those it can.
  for (int round = 0; round < 300; ++round) {
    SlotPage page;
    constexpr std::uint64_t kTasks = 64;
    std::vector<std::uint8_t> begun(kTasks, 0);
    std::thread slot([&] {
      for (std::uint64_t n = 0; n < kTasks; ++n) begun[n] = page.begin(n) ? 1 : 0;
    });
    const std::uint64_t first = page.revoke(static_cast<std::uint64_t>(round) % kTasks);
    slot.join();
    for (std::uint64_t n = first; n < kTasks; ++n) CHECK(begun[n] == 0);
    // What the engine thinks begun may have been passed over by the slot, which says so itself; but
    // once it passed over one, it begins none behind it.
    bool passed = false;
    for (std::uint64_t n = 0; n < kTasks; ++n) {
      if (passed) CHECK(begun[n] == 0);
      passed |= begun[n] == 0;
    }
  }
}

}  // namespace
}  // namespace papy
