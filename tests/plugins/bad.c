/* Plugins that break one rule each; the build says which (BAD_...). */
#include <papy/plugin.h>

#ifndef BAD_METADATA_ABI
#define BAD_METADATA_ABI "1"
#endif
#ifndef BAD_MAGIC
#define BAD_MAGIC PAPY_MAGIC
#endif
#ifndef BAD_ABI
#define BAD_ABI PAPY_ABI_MAJOR
#endif
#ifndef BAD_SIZE
#define BAD_SIZE sizeof(papy_plugin)
#endif
#ifndef BAD_RECORD
#define BAD_RECORD                                                                             \
  "{\"function\":\"trim\",\"kind\":\"worker\",\"flags\":[\"pure\"],\"inputs_min\":1,\"inputs_" \
  "max\":1}"
#endif

#ifndef BAD_NO_METADATA
PAPY_METADATA(plugin, "{\"plugin\":\"bad\",\"version\":\"1\",\"abi_major\":" BAD_METADATA_ABI
                      ",\"abi_minor\":0}");
PAPY_METADATA(trim, BAD_RECORD);
#endif

#ifdef BAD_INIT
static papy_status init(const papy_host* host) {
  (void)host;
  return PAPY_FATAL;
}
#else
#define init NULL
#endif

#ifdef BAD_LOAD
#include <stdio.h>
#include <stdlib.h>
__attribute__((constructor)) static void die_when_loaded(void) {
  fprintf(stderr, "the licence server does not answer\n");
  abort();
}
#endif

#ifdef BAD_UNRESOLVED
extern int papy_test_nobody_defines_this(void);
#else
#define papy_test_nobody_defines_this() 0
#endif

#ifndef BAD_NO_PLUGIN
PAPY_EXPORT const papy_plugin* papy_plugin_v1(void) {
  static const papy_plugin plugin = {BAD_MAGIC, BAD_ABI, PAPY_ABI_MINOR, BAD_SIZE, "bad", "1",
                                     "MIT",     "",      init,           NULL};
  return papy_test_nobody_defines_this() != 0 ? NULL : &plugin;
}
#endif

static papy_status call(void* state, papy_call* call) {
  (void)state;
  (void)call;
  return PAPY_SKIP;
}

#ifndef BAD_NO_WORKER
PAPY_EXPORT const papy_worker* papy_worker_trim(void) {
  static const papy_worker worker = {
      .struct_size = sizeof(papy_worker),
      .name = "trim",
      .kind = PAPY_WORKER,
      .flags = PAPY_PURE,
      .inputs_min = 1,
      .inputs_max = 1,
      .call = call,
  };
  return &worker;
}
#else
const void* papy_test_uses(void);
const void* papy_test_uses(void) { return (const void*)&call; }
#endif
