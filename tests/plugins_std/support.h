#pragma once

#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "item/json.h"
#include "plugin/caller.h"
#include "plugin/host.h"
#include "plugin/library.h"

namespace papy {

/// One of the plugins that come with papy, with a log that the test reads.
struct Plugin {
  explicit Plugin(const std::string& name)
      : library(*libraries.open(PAPY_PLUGINS "lib" + name + ".so")) {}

  const papy_worker* worker(const char* name) {
    const auto worker = library->worker(name);
    INFO((worker ? "" : worker.error().text));
    REQUIRE(worker);
    return *worker;
  }
  Caller open(const char* name, const std::string& args = "{}") {
    return Caller(worker(name), args, host.raw());
  }
  /// Why it cannot be opened, without the name of the function in front; empty: it can.
  std::string refusal(const char* name, const std::string& args = "{}") {
    const std::string text = open(name, args).refusal;
    const std::string front = "function '" + std::string(name) + "': ";
    return text.starts_with(front) ? text.substr(front.size()) : text;
  }

  std::vector<std::string> lines;
  Host host{"test", {[this](int, std::string_view text) { lines.emplace_back(text); }}};
  Libraries libraries{host.raw()};
  const Library* library;
};

/// A directory of the test's own, removed with what is in it.
class Folder {
 public:
  Folder() {
    char name[] = "/tmp/papy-test-XXXXXX";
    path_ = mkdtemp(name);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string path(const std::string& name) const { return path_ + "/" + name; }
  /// Makes a file; says its path.
  std::string file(const std::string& name, std::string_view content) const {
    std::ofstream(path(name), std::ios::binary) << content;
    return path(name);
  }
  std::string content(const std::string& name) const {
    std::ifstream in(path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  bool has(const std::string& name) const { return std::filesystem::exists(path(name)); }

 private:
  std::string path_;
};

/// The text as one member of gzip data.
std::string gzip(std::string_view text);

/// {"path": "..."} and, when there are any, other args behind it.
inline std::string path_args(const std::string& path, const std::string& others = "") {
  return R"({"path":)" + std::string("\"") + path + "\"" + (others.empty() ? "" : "," + others) +
         "}";
}

/// What every call of a source says, to its end; then its end once more.
inline std::vector<Said> all_of(Caller& source) {
  std::vector<Said> said;
  do {
    said.push_back(source.call({}));
  } while (!said.back().starts_with("end") && said.back().find("fatal") == Said::npos &&
           said.size() < 100);
  return said;
}

/// What a function that sees a whole stream says of these items; or how one of them failed.
inline Said reduced(Plugin& plugin, const char* name, const std::vector<std::string>& items,
                    const std::string& args = "{}") {
  Caller reduction = plugin.open(name, args);
  std::string emitted;
  for (const std::string& item : items) {
    const Said said = reduction.call({item});
    if (said.find("fail ") != Said::npos) return said;
    emitted += said.empty() ? "" : said + " ";
  }
  const Said last = reduction.flush();
  if (last.empty() && !emitted.empty()) emitted.pop_back();
  return emitted + last;
}

/// The same, but after half of the items another instance goes on from what the first one saved.
inline Said reduced_by_two(Plugin& plugin, const char* name, const std::vector<std::string>& items,
                           const std::string& args = "{}") {
  Caller first = plugin.open(name, args);
  Caller second = plugin.open(name, args);
  std::string emitted;
  const auto take = [&](Caller& by, std::size_t i) {
    const Said said = by.call({items[i]});
    emitted += said.empty() ? "" : said + " ";
  };
  std::size_t i = 0;
  for (; i < items.size() / 2; ++i) take(first, i);
  REQUIRE(second.load_from(first));
  for (; i < items.size(); ++i) take(second, i);
  const Said last = second.flush();
  if (last.empty() && !emitted.empty()) emitted.pop_back();
  return emitted + last;
}

}  // namespace papy
