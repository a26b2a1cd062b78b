#include "base/diagnostic.h"

#include <catch2/catch.hpp>

using namespace papy;

namespace {

Diagnostic unknown_key() {
  return {.rule = "unknown-key",
          .span = {0, 20, 25},
          .message = "pool 'cpu' has no key 'bufer'",
          .at = "pools.cpu.bufer",
          .hint = "did you mean 'buffer'?"};
}

}  // namespace

TEST_CASE("a finding shows its line, a caret under the whole word, and the key path") {
  const std::vector<Source> sources = {{"reads.yaml", "pools:\n  cpu: {a: 1, bufer: 32}\n"}};
  CHECK(render(unknown_key(), sources) ==
        "error[unknown-key] reads.yaml:2:14: pool 'cpu' has no key 'bufer'\n"
        "  |\n"
        "2 |   cpu: {a: 1, bufer: 32}\n"
        "  |              ^^^^^ did you mean 'buffer'?\n"
        "  = at pools.cpu.bufer\n");
}

TEST_CASE("a finding without hint and path is three lines and its message") {
  const std::vector<Source> sources = {{"a", "\n\n\n\n\n\n\n\n\nx: y"}};
  CHECK(render(Diagnostic{.level = Level::note, .rule = "r", .span = {0, 12, 13}, .message = "m"},
               sources) ==
        "note[r] a:10:4: m\n"
        "   |\n"
        "10 | x: y\n"
        "   |    ^\n");
}

TEST_CASE("an empty span has one caret, also behind the end of its line") {
  const std::vector<Source> sources = {{"a", "ab\n"}};
  CHECK(render(Diagnostic{.rule = "r", .span = {0, 2, 2}, .message = "m"}, sources) ==
        "error[r] a:1:3: m\n  |\n1 | ab\n  |   ^\n");
  CHECK(render(Diagnostic{.rule = "r", .span = {0, 3, 3}, .message = "m"}, sources) ==
        "error[r] a:2:1: m\n  |\n2 |\n  | ^\n");
}

TEST_CASE("a span over several lines is marked on its first") {
  const std::vector<Source> sources = {{"a", "x: |\n  text\n"}};
  CHECK(render(Diagnostic{.rule = "r", .span = {0, 3, 12}, .message = "m"}, sources) ==
        "error[r] a:1:4: m\n  |\n1 | x: |\n  |    ^\n");
}

TEST_CASE("a second place is shown with what it has to say") {
  const std::vector<Source> sources = {{"a", "k: 1\nk: 2\n"}};
  const Diagnostic finding{.rule = "duplicate-key",
                           .span = {0, 5, 6},
                           .message = "key 'k' stands here twice",
                           .related = Related{{0, 0, 1}, "the first one"}};
  CHECK(render(finding, sources) ==
        "error[duplicate-key] a:2:1: key 'k' stands here twice\n"
        "  |\n"
        "2 | k: 2\n"
        "  | ^\n"
        "  = see a:1:1\n"
        "1 | k: 1\n"
        "  | - the first one\n");
}

TEST_CASE("of a source without text only the message is shown") {
  const std::vector<Source> sources = {{"gone.yaml", ""}};
  CHECK(render(Diagnostic{.rule = "unreadable", .message = "m", .hint = "h"}, sources) ==
        "error[unreadable] gone.yaml:1:1: m\n  = h\n");
}

TEST_CASE("of a long line the neighbourhood is shown, in whole characters") {
  std::string line;
  for (int i = 0; i < 300; ++i) line += "ä";
  const std::vector<Source> sources = {{"a", line + "x" + line}};
  std::string part;
  for (int i = 0; i < 40; ++i) part += "ä";
  CHECK(render(Diagnostic{.rule = "r", .span = {0, 600, 601}, .message = "m"}, sources) ==
        "error[r] a:1:301: m\n  |\n1 | ..." + part + "x" + part + "...\n  | " +
            std::string(43, ' ') + "^\n");
}

TEST_CASE("tabs and control characters do not shift the caret nor reach the terminal") {
  const std::vector<Source> sources = {{"a", "\tx\x1b[31my"}};
  CHECK(render(Diagnostic{.rule = "r", .span = {0, 1, 2}, .message = "m"}, sources) ==
        "error[r] a:1:2: m\n  |\n1 |  x [31my\n  |  ^\n");
}

TEST_CASE("colours are only used when asked for") {
  const std::vector<Source> sources = {{"a", "x"}};
  const Diagnostic finding{
      .level = Level::warning, .rule = "r", .span = {0, 0, 1}, .message = "m", .at = "x"};
  CHECK(render(finding, sources, Colour::off).find('\x1b') == std::string::npos);
  CHECK(render(finding, sources, Colour::on) ==
        "\x1b[1;33mwarning[r]\x1b[0m \x1b[1ma:1:1: m\x1b[0m\n"
        "\x1b[34m  |\x1b[0m\n"
        "\x1b[34m1 |\x1b[0m x\n"
        "\x1b[34m  |\x1b[0m \x1b[1;33m^\x1b[0m\n"
        "\x1b[34m  =\x1b[0m at x\n");
}

TEST_CASE("findings come by source and place, those of one place in the order they were found") {
  const auto at = [](std::uint32_t source, std::uint32_t begin, std::string rule) {
    return Diagnostic{.rule = std::move(rule), .span = {source, begin, begin}};
  };
  std::vector<Diagnostic> findings = {at(1, 0, "e"), at(0, 5, "c"), at(0, 2, "a"), at(0, 5, "d"),
                                      at(0, 2, "b")};
  sort_by_place(findings);
  std::string order;
  for (const Diagnostic& finding : findings) order += finding.rule;
  CHECK(order == "abcde");
}

TEST_CASE("an empty line stands between two findings") {
  const std::vector<Source> sources = {{"gone", ""}};
  const Diagnostic finding{.rule = "r", .message = "m"};
  CHECK(render(std::vector{finding, finding}, sources) ==
        "error[r] gone:1:1: m\n\nerror[r] gone:1:1: m\n");
  CHECK(render(std::vector<Diagnostic>{}, sources) == "");
}

TEST_CASE("only an error is an error") {
  CHECK_FALSE(has_errors({}));
  CHECK_FALSE(has_errors({Diagnostic{.level = Level::warning}, Diagnostic{.level = Level::note}}));
  CHECK(has_errors({Diagnostic{.level = Level::note}, Diagnostic{.level = Level::error}}));
}
