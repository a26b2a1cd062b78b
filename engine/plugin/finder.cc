#include "plugin/finder.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <system_error>
#include <utility>

#include "base/text.h"
#include "plugin/library_file.h"

namespace papy {
namespace {

namespace fs = std::filesystem;

bool is_bare_name(std::string_view name) {
  const auto is_word = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !name.empty() && name.size() <= 64 && is_word(name[0]) &&
         std::all_of(name.begin(), name.end(),
                     [&](char c) { return is_word(c) || c == '.' || c == '+' || c == '-'; });
}

/// "libfastx.so" -> "fastx"; empty when it is not the name of a library.
std::string_view short_name(std::string_view file) {
  if (!file.ends_with(".so")) return {};
  file.remove_suffix(3);
  if (file.starts_with("lib")) file.remove_prefix(3);
  return file;
}

void add_folder(std::vector<std::string>& folders, std::string_view folder) {
  if (folder.empty()) return;
  std::error_code failed;
  const fs::path absolute = fs::absolute(fs::path(folder), failed);
  folders.push_back(failed ? std::string(folder) : absolute.lexically_normal().string());
}

}  // namespace

std::vector<std::string> plugin_folders(const std::vector<std::string>& options,
                                        const char* variable, const std::string& program) {
  std::vector<std::string> folders;
  for (const std::string& option : options) add_folder(folders, option);
  std::string_view rest = variable == nullptr ? "" : variable;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(':'), rest.size());
    add_folder(folders, rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  const fs::path beside = fs::path(program).parent_path();
  std::error_code failed;
  for (const char* const folder : {"../lib/papy/plugins", "../plugins"}) {
    if (fs::is_directory(beside / folder, failed)) {
      add_folder(folders, (beside / folder).string());
      break;
    }
  }
  return folders;
}

Result<const PluginMetadata*> PluginFinder::find(std::string_view name_or_path) {
  if (const auto known = answers_.find(name_or_path); known != answers_.end()) return known->second;
  const auto answer = [&]() -> Result<const PluginMetadata*> {
    if (name_or_path.find('/') != std::string_view::npos) return read(std::string(name_or_path));
    return locate(name_or_path).and_then([&](const std::string& path) { return read(path); });
  }();
  return answers_.emplace(name_or_path, answer).first->second;
}

Result<const PluginMetadata*> PluginFinder::read(const std::string& path) {
  const auto file = LibraryFile::open(path);
  if (!file) return tl::unexpected(file.error());
  auto& known = by_real_path_[file->real_path()];
  if (known == nullptr) {
    auto metadata = read_metadata(*file);
    if (!metadata) return tl::unexpected(std::move(metadata.error()));
    known = std::make_unique<PluginMetadata>(std::move(*metadata));
  }
  return known.get();
}

Result<std::string> PluginFinder::locate(std::string_view name) const {
  if (!is_bare_name(name)) {
    return error(fmt::format(
        "{} is not the name of a plugin: expected letters, digits and . _ + -, at most 64",
        in_quotes(name)));
  }
  std::error_code failed;
  for (const std::string& folder : folders_) {
    for (const std::string& file :
         {fmt::format("{}", name), fmt::format("lib{}.so", name), fmt::format("{}.so", name)}) {
      const fs::path path = fs::path(folder) / file;
      if (fs::exists(path, failed) && !fs::is_directory(path, failed)) return path.string();
    }
  }
  if (folders_.empty()) {
    return error(fmt::format("no plugin '{}': there is no plugin path", name));
  }
  return error(
      fmt::format("no plugin '{}' on the plugin path ({})", name, fmt::join(folders_, ":")));
}

std::vector<std::string> PluginFinder::known_names() const {
  std::set<std::string> names;
  std::error_code failed;
  for (const std::string& folder : folders_) {
    for (fs::directory_iterator at(folder, failed), end; !failed && at != end;
         at.increment(failed)) {
      const std::string file = at->path().filename().string();
      const std::string_view name = short_name(file);
      if (is_bare_name(name)) names.emplace(name);
    }
  }
  return {names.begin(), names.end()};
}

}  // namespace papy
