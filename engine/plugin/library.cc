#include "plugin/library.h"

#include <dlfcn.h>
#include <fmt/format.h>
#include <link.h>

#include <cstddef>
#include <exception>
#include <utility>

#include "base/text.h"

namespace papy {
namespace {

// What a struct of version 1.0 holds at least.
constexpr std::size_t kPluginSize = offsetof(papy_plugin, fini) + sizeof(papy_plugin::fini);
constexpr std::size_t kWorkerSize = offsetof(papy_worker, finish) + sizeof(papy_worker::finish);

/// The loader's last words.
std::string loader_says() {
  const char* const text = ::dlerror();
  return text == nullptr ? "the loader does not say why" : text;
}

/// Calls into a library, which may break the rule that no exception leaves it.
template <class Call>
auto guarded(const std::string& path, const char* what, Call call) -> Result<decltype(call())> {
  const auto thrown = [&](const char* text) {
    return error(fmt::format("{} of '{}' threw an exception, which must not leave a plugin: {}",
                             what, path, text));
  };
  try {
    return call();
  } catch (const std::exception& e) {
    return thrown(e.what());
  } catch (...) {
    return thrown("not a std::exception");
  }
}

std::string objection(const papy_plugin* plugin) {
  if (plugin == nullptr) return "papy_plugin_v1() says nothing";
  if (plugin->magic != PAPY_MAGIC) {
    return fmt::format("papy_plugin_v1() says magic {:#010x}, expected {:#010x}", plugin->magic,
                       PAPY_MAGIC);
  }
  if (plugin->abi_major != PAPY_ABI_MAJOR || plugin->abi_minor > PAPY_ABI_MINOR) {
    return fmt::format("it is made for version {}.{} of the plugin interface, this papy has {}.{}",
                       plugin->abi_major, plugin->abi_minor, PAPY_ABI_MAJOR, PAPY_ABI_MINOR);
  }
  if (plugin->struct_size < kPluginSize) return "its papy_plugin is too small";
  return {};
}

/// How the table of a function differs from what the metadata says, or nothing.
std::string objection(const papy_worker* worker, const FunctionMetadata& said) {
  if (worker == nullptr) return "it says nothing";
  if (worker->struct_size < kWorkerSize) return "its papy_worker is too small";
  if (worker->call == nullptr) return "it has no call()";
  if (worker->name == nullptr || worker->name != said.name) {
    return fmt::format("it calls itself '{}'", worker->name == nullptr ? "" : worker->name);
  }
  const auto differs = [](const char* what, auto metadata, auto library) {
    return fmt::format("the metadata says {} {}, the library {}", what, metadata, library);
  };
  if (worker->kind != said.kind) {
    return differs("kind", kind_name(said.kind), kind_name(worker->kind));
  }
  if (worker->flags != said.flags) {
    return differs("flags", fmt::format("[{}]", fmt::join(flag_names(said.flags), " ")),
                   fmt::format("[{}]", fmt::join(flag_names(worker->flags), " ")));
  }
  if (worker->inputs_min != said.inputs_min || worker->inputs_max != said.inputs_max) {
    return differs("inputs", fmt::format("{} to {}", said.inputs_min, said.inputs_max),
                   fmt::format("{} to {}", worker->inputs_min, worker->inputs_max));
  }
  if ((worker->flush != nullptr) != said.has_flush) {
    return differs("flush", said.has_flush, worker->flush != nullptr);
  }
  return {};
}

std::string did_you_mean(std::string_view name, const PluginMetadata& metadata) {
  std::vector<std::string_view> names;
  for (const FunctionMetadata& function : metadata.functions) names.push_back(function.name);
  const auto near = nearest(name, names);
  return near ? fmt::format("; did you mean '{}'?", *near) : "";
}

}  // namespace

Result<void*> Library::symbol(const std::string& name) const {
  void* const at = ::dlsym(handle_, name.c_str());
  if (at == nullptr) {
    return error(fmt::format("'{}' does not export {}", metadata_.path, name));
  }
  // dlsym also searches what the library depends on.
  Dl_info info{};
  void* map = nullptr;
  if (::dladdr1(at, &info, &map, RTLD_DL_LINKMAP) == 0 || map != map_) {
    return error(fmt::format("'{}' does not export {}: the one it sees is from '{}'",
                             metadata_.path, name, info.dli_fname ? info.dli_fname : "elsewhere"));
  }
  return at;
}

Result<const papy_worker*> Library::worker(std::string_view name) const {
  const FunctionMetadata* const said = metadata_.find(name);
  if (said == nullptr) {
    return error(fmt::format("'{}' has no function '{}'{}", metadata_.path, name,
                             did_you_mean(name, metadata_)));
  }
  const auto at = symbol("papy_worker_" + said->name);
  if (!at) return tl::unexpected(at.error());
  const auto table = reinterpret_cast<const papy_worker* (*)()>(*at);
  const auto worker = guarded(metadata_.path, "a papy_worker function", table);
  if (!worker) return worker;
  if (const std::string why = objection(*worker, *said); !why.empty()) {
    return error(
        fmt::format("function '{}' of '{}' cannot be used: {}", name, metadata_.path, why));
  }
  return *worker;
}

Libraries::~Libraries() {
  for (auto library = loaded_.rbegin(); library != loaded_.rend(); ++library) {
    const papy_plugin& plugin = (*library)->plugin();
    if (plugin.fini == nullptr) continue;
    static_cast<void>(guarded((*library)->metadata().path, "fini()", [&] {
      plugin.fini();
      return 0;
    }));
  }
}

Result<const Library*> Libraries::open(const std::string& path) {
  if (const auto known = by_path_.find(path); known != by_path_.end()) return known->second;
  auto library = load(path);
  if (!library) return tl::unexpected(std::move(library.error()));
  for (const auto& other : loaded_) {  // the same file under another name
    if (other->map_ == (*library)->map_) return by_path_[path] = other.get();
  }
  const papy_plugin& plugin = (*library)->plugin();
  if (plugin.init != nullptr) {
    const auto status =
        guarded((*library)->metadata().path, "init()", [&] { return plugin.init(host_); });
    if (!status) return tl::unexpected(status.error());
    if (*status != PAPY_OK) {
      return error(fmt::format("plugin '{}' does not start: its init() says {}",
                               (*library)->metadata().path, *status));
    }
  }
  loaded_.push_back(std::move(*library));
  return by_path_[path] = loaded_.back().get();
}

Result<std::unique_ptr<Library>> Libraries::load(const std::string& path) const {
  auto file = LibraryFile::open(path);
  if (!file) return tl::unexpected(std::move(file.error()));
  auto metadata = read_metadata(*file);
  if (!metadata) return tl::unexpected(std::move(metadata.error()));

  std::unique_ptr<Library> library(new Library);
  library->metadata_ = std::move(*metadata);
  const std::string& real = file->real_path();
  library->handle_ = ::dlopen(real.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library->handle_ == nullptr) {
    return error(fmt::format("cannot load library '{}': {}", path, loader_says()));
  }
  link_map* map = nullptr;
  if (::dlinfo(library->handle_, RTLD_DI_LINKMAP, &map) != 0 || !file->is_at(map->l_name)) {
    return error(fmt::format("library '{}' was replaced while it was loaded", path));
  }
  library->map_ = map;
  const auto at = library->symbol("papy_plugin_v1");
  if (!at) return tl::unexpected(at.error());
  const auto said =
      guarded(real, "papy_plugin_v1()", reinterpret_cast<const papy_plugin* (*)()>(*at));
  if (!said) return tl::unexpected(said.error());
  if (const std::string why = objection(*said); !why.empty()) {
    return error(fmt::format("'{}' is no plugin that can be used: {}", path, why));
  }
  library->plugin_ = *said;
  return library;
}

}  // namespace papy
