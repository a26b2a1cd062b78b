#include "plugin/host.h"

#include <stdlib.h>

#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

namespace papy {

std::string temporary_folder() {
  const char* const value = std::getenv("TMPDIR");
  return value != nullptr && value[0] == '/' ? value : "/tmp";
}

Host::Host(std::string version, Settings settings)
    : version_(std::move(version)), settings_(std::move(settings)) {
  host_ = {{sizeof(papy_host), PAPY_ABI_MAJOR, PAPY_ABI_MINOR, version_.c_str(), get_extension},
           this};
  log_ = {{sizeof(papy_log),
           [](const papy_log* log, std::int32_t level, const char* text, std::size_t size) {
             of(log).write(level, {text, size});
           }},
          this};
  metrics_ = {{sizeof(papy_metrics),
               [](const papy_metrics* metrics, const char* name, double add) {
                 Host& me = of(metrics);
                 const MutexLock lock(me.mutex_);
                 me.counts_[name] += add;
               },
               [](const papy_metrics* metrics, const char* name, double value) {
                 Host& me = of(metrics);
                 const MutexLock lock(me.mutex_);
                 me.gauges_[name] = value;
               }},
              this};
  scratch_ = {{sizeof(papy_scratch),
               [](const papy_scratch* scratch) { return of(scratch).scratch_directory(); }},
              this};
}

Host::~Host() { remove_scratch(); }

void Host::remove_scratch() {
  const MutexLock lock(mutex_);
  std::error_code ignored;  // what cannot be removed is left to the system
  if (!scratch_path_.empty()) std::filesystem::remove_all(scratch_path_, ignored);
}

std::map<std::string, double> Host::counts() const {
  const MutexLock lock(mutex_);
  return counts_;
}

std::map<std::string, double> Host::gauges() const {
  const MutexLock lock(mutex_);
  return gauges_;
}

const void* Host::get_extension(const papy_host* host, const char* name) {
  const Host& me = of(host);
  const std::string_view wanted = name;
  if (wanted == PAPY_EXT_LOG) return &me.log_.raw;
  if (wanted == PAPY_EXT_METRICS) return &me.metrics_.raw;
  if (wanted == PAPY_EXT_SCRATCH) return &me.scratch_.raw;
  return nullptr;
}

void Host::write(int level, std::string_view text) {
  if (!settings_.log) return;
  const MutexLock lock(log_mutex_);
  settings_.log(level, text);
}

const char* Host::scratch_directory() {
  const MutexLock lock(mutex_);
  if (scratch_path_.empty()) {
    std::string path = settings_.scratch + "/papy-XXXXXX";
    if (::mkdtemp(path.data()) == nullptr) return nullptr;
    scratch_path_ = std::move(path);
  }
  return scratch_path_.c_str();
}

}  // namespace papy
