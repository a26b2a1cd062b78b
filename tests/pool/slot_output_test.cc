#include "pool/slot_output.h"

#include <fcntl.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <optional>
#include <string>
#include <vector>

namespace papy {
namespace {

/// A pipe, and what SlotOutput makes of it.
struct Scene {
  Scene() {
    int ends[2] = {-1, -1};
    REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    fcntl(ends[1], F_SETPIPE_SZ, 1 << 20);
    into.reset(ends[1]);
    output.emplace(Descriptor(ends[0]));
  }
  void write(const std::string& text) {
    REQUIRE(::write(into.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  }
  std::vector<std::string> read() {
    std::vector<std::string> lines;
    output->read([&](std::string_view line) { lines.emplace_back(line); });
    return lines;
  }

  Descriptor into;
  std::optional<SlotOutput> output;
};

TEST_CASE("lines come out whole, and the rest of one when the process has ended") {
  Scene scene;
  CHECK(scene.read().empty());
  scene.write("one\ntw");
  CHECK(scene.read() == std::vector<std::string>{"one"});
  scene.write("o\n\nthree");
  CHECK(scene.read() == std::vector<std::string>{"two", ""});
  CHECK(scene.output->fd() >= 0);
  scene.into.reset();
  CHECK(scene.read() == std::vector<std::string>{"three"});
  CHECK(scene.output->fd() < 0);
  CHECK(scene.read().empty());
  CHECK(scene.output->tail() == "one\ntwo\n\nthree");
}

TEST_CASE("a line without end is not kept for ever") {
  Scene scene;
  scene.write(std::string(200'000, 'x'));
  std::size_t size = 0;
  for (std::vector<std::string> lines = scene.read(); !lines.empty(); lines = scene.read()) {
    for (const std::string& line : lines) {
      CHECK(line.size() < 32'000);
      size += line.size();
    }
  }
  CHECK(size >= 180'000);
  CHECK(scene.output->tail() == std::string(SlotOutput::kTail, 'x'));
}

TEST_CASE("the tail is of whole lines, as many as fit, however they came") {
  for (std::size_t width = 1; width < 60; ++width) {
    Scene scene;
    std::string text;
    for (int i = 0; i < 3000; ++i)
      text += std::string(width, static_cast<char>('a' + i % 26)) + '\n';
    for (std::size_t at = 0; at < text.size(); at += 997) {
      scene.write(text.substr(at, 997));
      scene.read();
    }
    const std::string tail = scene.output->tail();
    const std::size_t lines = SlotOutput::kTail / (width + 1);
    CHECK(tail == text.substr(text.size() - lines * (width + 1), lines * (width + 1) - 1));
  }
}

}  // namespace
}  // namespace papy
