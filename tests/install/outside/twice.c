#include <papy/plugin.h>

PAPY_METADATA(plugin, "{\"plugin\":\"twice\",\"version\":\"1\",\"abi_major\":1,\"abi_minor\":0}");
PAPY_METADATA(twice, "{\"function\":\"twice\",\"summary\":\"a value and the same again\"}");

PAPY_EXPORT const papy_plugin* papy_plugin_v1(void) {
  static const papy_plugin plugin = {
      PAPY_MAGIC, PAPY_ABI_MAJOR, 0, sizeof(papy_plugin), "twice", "1", "MIT", "", NULL, NULL};
  return &plugin;
}

static papy_status twice(void* state, papy_call* call) {
  const papy_value value = call->inputs[0];
  (void)state;
  if (call->emit(call, value.data, value.size) != PAPY_OK) return PAPY_ERROR;
  return call->emit(call, value.data, value.size);
}

PAPY_EXPORT const papy_worker* papy_worker_twice(void) {
  static const papy_worker worker = {.struct_size = sizeof(papy_worker),
                                     .name = "twice",
                                     .inputs_min = 1,
                                     .inputs_max = 1,
                                     .call = twice};
  return &worker;
}
