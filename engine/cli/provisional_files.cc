#include "cli/provisional_files.h"

#include <filesystem>
#include <string>
#include <system_error>

#include "workflow/written_file.h"

namespace papy {
namespace {

namespace fs = std::filesystem;

/// The file that is written when an output has this path: links are followed.
fs::path target_of(fs::path path) {
  constexpr int kMostLinks = 40;
  std::error_code failed;
  for (int links = 0; links < kMostLinks && fs::is_symlink(path, failed); ++links)
    path = path.parent_path() / fs::read_symlink(path, failed);
  return path;
}

}  // namespace

std::vector<ProvisionalFile> provisional_files(const Plan& plan) {
  std::vector<ProvisionalFile> files;
  std::error_code failed;
  for (const PlanOutput& output : plan.outputs) {
    const auto written = written_file(output.sink.args);
    if (!written) continue;
    std::string path = target_of(*written).string() + ".part";
    if (fs::is_regular_file(path, failed)) files.push_back({output.name, std::move(path)});
  }
  return files;
}

}  // namespace papy
