#pragma once

#include <papy/plugin.h>

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "base/mutex.h"

namespace papy {

/// $TMPDIR if that is an absolute path, else /tmp.
std::string temporary_folder();

/// What the engine offers to plugins: the papy_host, with a log, metrics and a scratch directory.
///
///     Host host("0.1.0", {.log = [&](int level, std::string_view text) { ... }});
///     Instance::open(worker, {.host = host.raw(), ...});
///
/// Plugins may call it from any thread. It outlives every instance and every loaded library.
class Host {
 public:
  struct Settings {
    /// Takes the lines of plugins; called by any thread, not twice at once. May be empty.
    std::function<void(int level, std::string_view text)> log;
    /// An existing directory in which the scratch directory is made.
    std::string scratch = temporary_folder();
  };

  Host(std::string version, Settings settings);
  /// Removes the scratch directory, if one was made.
  ~Host();
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  /// For a process that will end without destructors.
  void remove_scratch();

  const papy_host* raw() const { return &host_.raw; }

  /// What plugins counted and set so far.
  std::map<std::string, double> counts() const;
  std::map<std::string, double> gauges() const;

 private:
  // Each struct that a plugin sees, with the way back to its Host behind it.
  template <class Raw>
  struct Extension {
    Raw raw{};
    Host* self = nullptr;
  };
  template <class Raw>
  static Host& of(const Raw* raw) {
    return *reinterpret_cast<const Extension<Raw>*>(raw)->self;
  }
  static const void* get_extension(const papy_host* host, const char* name);
  void write(int level, std::string_view text);
  const char* scratch_directory();

  const std::string version_;
  const Settings settings_;
  Extension<papy_host> host_;
  Extension<papy_log> log_;
  Extension<papy_metrics> metrics_;
  Extension<papy_scratch> scratch_;

  mutable Mutex mutex_;
  std::map<std::string, double> counts_ PAPY_GUARDED_BY(mutex_);
  std::map<std::string, double> gauges_ PAPY_GUARDED_BY(mutex_);
  std::string scratch_path_ PAPY_GUARDED_BY(mutex_);  // empty until a plugin asks
  Mutex log_mutex_;                                   // held while settings_.log runs
};

}  // namespace papy
