/* papy/plugin.h in every dialect of C and C++ that it promises: see compile_test.py. */
#include <papy/plugin.h>

PAPY_METADATA(plugin, "{\"plugin\":\"dialects\"}");

static papy_status call(void* state, papy_call* call) {
  (void)state;
  return PAPY_HAS(call, heartbeat) ? PAPY_OK : PAPY_ERROR;
}

PAPY_EXPORT const papy_worker* papy_worker_dialects(void);
PAPY_EXPORT const papy_worker* papy_worker_dialects(void) {
  static papy_worker worker;
  worker.struct_size = sizeof(papy_worker);
  worker.name = "dialects";
  worker.kind = PAPY_WORKER;
  worker.flags = PAPY_REENTRANT | PAPY_PURE;
  worker.call = call;
  return &worker;
}
