// What PROTOCOL.md says of the messages is what the code writes.
#include <catch2/catch.hpp>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "item/pack.h"
#include "pool/bundle.h"
#include "pool/message.h"
#include "pool/opening.h"
#include "pool/slot_page.h"

namespace papy {
namespace {

using Row = std::vector<std::string>;

std::vector<std::string> lines_of_page() {
  std::ifstream page(std::string(PAPY_SOURCE_DIR) + "/engine/pool/PROTOCOL.md");
  std::vector<std::string> lines;
  for (std::string line; std::getline(page, line);) lines.push_back(line);
  REQUIRE(lines.size() > 100);
  return lines;
}

Row cells_of(const std::string& line) {
  Row cells;
  std::istringstream in(line.substr(1));
  for (std::string cell; std::getline(in, cell, '|');) {
    const auto from = cell.find_first_not_of(' ');
    if (from == std::string::npos) continue;
    cells.push_back(cell.substr(from, cell.find_last_not_of(' ') - from + 1));
  }
  return cells;
}

/// The rows of the first table behind the line `begin` whose head begins with `head`.
std::vector<Row> table(const std::string& begin, const std::string& head) {
  const std::vector<std::string> lines = lines_of_page();
  std::size_t at = 0;
  while (at < lines.size() && lines[at].find(begin) == std::string::npos) ++at;
  while (at < lines.size() && lines[at].rfind("| " + head, 0) != 0) ++at;
  std::vector<Row> rows;
  for (at += 2; at < lines.size() && lines[at].rfind('|', 0) == 0; ++at)
    rows.push_back(cells_of(lines[at]));
  INFO(begin << ": " << head);
  REQUIRE_FALSE(rows.empty());
  return rows;
}

std::set<std::string> first_cells(const std::vector<Row>& rows) {
  std::set<std::string> cells;
  for (const Row& row : rows) cells.insert(row.at(0));
  return cells;
}

/// One message of each type that has fields.
std::vector<std::pair<std::string, std::string>> messages() {
  ResultMessage result;
  result.stages.emplace_back();
  return {{"HELLO", encode(FromSlot(HelloMessage{}))},
          {"WELCOME", encode(ToSlot(WelcomeMessage{}))},
          {"OPEN", encode(ToSlot(OpenMessage{1, std::string(1, '\x80')}))},
          {"OPENED", encode(FromSlot(OpenedMessage{}))},
          {"TASK", encode(ToSlot(TaskMessage{}))},
          {"STARTED", encode(FromSlot(StartedMessage{}))},
          {"RESULT", encode(FromSlot(result))},
          {"RETURNED", encode(FromSlot(ReturnedMessage{}))},
          {"ERROR", encode(FromSlot(ErrorMessage{}))},
          {"REFUSED", encode(ToSlot(RefusedMessage{}))}};
}

TEST_CASE("the page says how the types are numbered, and which fields they have") {
  std::set<std::string> numbered;
  for (const Row& row : table("", "number | type")) numbered.insert(row.at(0) + " " + row.at(1));
  for (const auto& [name, bytes] : messages()) {
    INFO(name);
    CHECK(bytes[0] == kProtocolMajor);
    CHECK(numbered.contains(std::to_string(bytes[1]) + " " + name));
    Unpacker fields(bytes_of(bytes).subspan(2));
    CHECK(fields.array() == table("### " + name, "field").size());
  }
  CHECK(numbered.contains(std::to_string(encode(ToSlot(CloseMessage{}))[1]) + " CLOSE"));
  CHECK(numbered.contains(std::to_string(encode(FromSlot(ByeMessage{}))[1]) + " BYE"));
  Bundle bundle;
  bundle.add("a");
  bundle.add("b");
  CHECK(numbered.contains(std::to_string(bundle.take()[1]) + " BUNDLE"));
  CHECK(numbered.size() == messages().size() + 3);
}

TEST_CASE("the page says which keys an opening has") {
  Plan plan;
  plan.pools.emplace_back();
  PlanPiper piper;
  piper.worker.emplace_back();
  piper.from = {0};
  plan.pipers.push_back(piper);
  const std::string opening = encode(opening_of(plan, Group{{0}}));
  Unpacker in(bytes_of(opening));
  std::set<std::string> of_opening;
  for (std::uint32_t n = in.map().value_or(0); n > 0; --n) {
    of_opening.emplace(*in.text());
    if (n > 1) in.any();
  }
  CHECK(of_opening == first_cells(table("", "key of an opening")));
  REQUIRE(in.array() == 1u);  // of `pipers`, the last one
  std::set<std::string> of_piper, of_function;
  for (std::uint32_t n = in.map().value_or(0); n > 0; --n) {
    const auto key = of_piper.emplace(*in.text()).first;
    if (*key != "worker") {
      in.any();
      continue;
    }
    REQUIRE(in.array() == 1u);
    for (std::uint32_t m = in.map().value_or(0); m > 0; --m) {
      of_function.emplace(*in.text());
      in.any();
    }
  }
  CHECK(of_piper == first_cells(table("", "key of a piper")));
  CHECK(of_function == first_cells(table("", "key of a function")));
}

TEST_CASE("the page says where the numbers of the shared page are") {
  const SlotPage page;
  const auto place = [&](const auto& number) {
    return std::to_string(reinterpret_cast<const char*>(&number) -
                          reinterpret_cast<const char*>(&page));
  };
  std::set<std::string> said;
  for (const Row& row : table("## Who is to blame", "at | name"))
    said.insert(row.at(0) + " " + row.at(1));
  CHECK(said == std::set<std::string>{place(page.task) + " task", place(page.at) + " at",
                                      place(page.since) + " since", place(page.begun) + " begun",
                                      place(page.revoked) + " revoked"});
}

}  // namespace
}  // namespace papy
