#include "run/units.h"

#include <catch2/catch.hpp>

#include "run/table.h"

namespace papy {
namespace {

using namespace std::chrono_literals;

TEST_CASE("durations have three figures and a unit") {
  const std::pair<Duration, const char*> texts[] = {
      {0ns, "0 ns"},       {999ns, "999 ns"},    {1000ns, "1.00 us"},  {9994ns, "9.99 us"},
      {9995ns, "10.0 us"}, {12345ns, "12.3 us"}, {999499ns, "999 us"}, {999500ns, "1.00 ms"},
      {1500ms, "1.50 s"},  {99900ms, "99.9 s"},  {99950ms, "1m40s"},   {125s, "2m05s"},
      {3599s, "59m59s"},   {3h + 7min, "3h07m"}, {100h, "100h00m"}};
  for (const auto& [duration, text] : texts) CHECK(duration_text(duration) == text);
}

TEST_CASE("short numbers have about three figures") {
  const std::pair<double, const char*> texts[] = {
      {0, "0"},         {999, "999"},     {1000, "1.0k"},  {99949, "99.9k"}, {99950, "100k"},
      {999499, "999k"}, {999500, "1.0M"}, {1.2e9, "1.2G"}, {3e12, "3.0T"}};
  for (const auto& [number, text] : texts) CHECK(short_number(number) == text);
}

TEST_CASE("one is not plural") {
  CHECK(counted(0, "item") == "0 items");
  CHECK(counted(1, "item") == "1 item");
  CHECK(counted(2, "more piper") == "2 more pipers");
}

TEST_CASE("a table lines up by what one sees, not by bytes") {
  Table table({"name", "n"});
  table.add({"é", "10"});
  table.add({"longer", "7"});
  CHECK(table.text() == "name     n\né       10\nlonger   7\n");
  CHECK(Table({"alone"}).text() == "alone\n");
}

}  // namespace
}  // namespace papy
