// Functions that break the rule that no exception leaves a plugin, each in another place.
#include <papy/plugin.h>

#include <stdexcept>

PAPY_METADATA(plugin, R"({"plugin":"throws","version":"1","abi_major":1,"abi_minor":0})");
PAPY_METADATA(table, R"({"function":"table"})");
PAPY_METADATA(opens, R"({"function":"opens"})");
PAPY_METADATA(opens_int, R"({"function":"opens_int"})");
PAPY_METADATA(closes, R"({"function":"closes"})");
PAPY_METADATA(silent, R"({"function":"silent"})");

namespace {

papy_status call(void*, papy_call*) { return PAPY_SKIP; }

papy_worker worker(const char* name) {
  papy_worker table{};
  table.struct_size = sizeof table;
  table.name = name;
  table.inputs_min = table.inputs_max = 1;
  table.call = call;
  return table;
}

}  // namespace

extern "C" PAPY_EXPORT const papy_plugin* papy_plugin_v1() {
  static const papy_plugin plugin = {
      PAPY_MAGIC, 1, 0, sizeof(papy_plugin), "throws", "1", "MIT", "", nullptr, nullptr};
  return &plugin;
}

extern "C" PAPY_EXPORT const papy_worker* papy_worker_table() {
  throw std::runtime_error("no table");
}

extern "C" PAPY_EXPORT const papy_worker* papy_worker_opens() {
  static papy_worker table = worker("opens");
  table.open = [](const papy_open*, void**) -> papy_status {
    throw std::runtime_error("no memory");
  };
  return &table;
}

extern "C" PAPY_EXPORT const papy_worker* papy_worker_opens_int() {
  static papy_worker table = worker("opens_int");
  table.open = [](const papy_open*, void**) -> papy_status { throw 7; };
  return &table;
}

extern "C" PAPY_EXPORT const papy_worker* papy_worker_closes() {
  static papy_worker table = worker("closes");
  table.close = [](void*) { throw 7; };
  return &table;
}

extern "C" PAPY_EXPORT const papy_worker* papy_worker_silent() {
  static papy_worker table = worker("silent");
  table.open = [](const papy_open*, void**) -> papy_status { return PAPY_ERROR; };
  return &table;
}
