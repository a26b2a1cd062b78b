/* A plugin in plain C, with everything written by hand: reverses bytes, counts values, emits
 * numbers, takes values. */
#include <papy/plugin.h>
#include <stdlib.h>
#include <string.h>

PAPY_METADATA(plugin,
              "{\"plugin\":\"plain\",\"version\":\"0.9\",\"license\":\"MIT\",\"url\":\"https://"
              "example.org/plain\","
              "\"abi_major\":1,\"abi_minor\":0}");
PAPY_METADATA(reverse,
              "{\"function\":\"reverse\",\"kind\":\"worker\",\"flags\":[\"reentrant\",\"pure\"],"
              "\"inputs_min\":1,\"inputs_max\":1,\"input\":\"bytes\",\"output\":\"bytes\","
              "\"summary\":\"turns bytes around\"}");
PAPY_METADATA(tally,
              "{\"function\":\"tally\",\"kind\":\"worker\",\"flags\":[\"serial\"],\"inputs_min\":1,"
              "\"inputs_max\":0,\"flush\":true,\"summary\":\"counts values\"}");

static int started = 0;

static papy_status init(const papy_host* host) {
  started += host->abi_major == PAPY_ABI_MAJOR;
  return PAPY_OK;
}

static void fini(void) { --started; }

PAPY_EXPORT const papy_plugin* papy_plugin_v1(void) {
  static const papy_plugin plugin = {PAPY_MAGIC,     PAPY_ABI_MAJOR,
                                     PAPY_ABI_MINOR, sizeof(papy_plugin),
                                     "plain",        "0.9",
                                     "MIT",          "https://example.org/plain",
                                     init,           fini};
  return &plugin;
}

/* How often init() was called and fini() was not: for the test. */
PAPY_EXPORT int plain_started(void) { return started; }

static papy_status refuse(papy_call* call, const char* text) {
  call->error(call, 42, text, strlen(text));
  return PAPY_FAIL;
}

/* Takes and gives bytes of at most 255, as msgpack's bin 8: 0xc4, the size, the bytes. */
static papy_status reverse(void* state, papy_call* call) {
  const uint8_t* in = (const uint8_t*)call->inputs[0].data;
  const size_t size = call->inputs[0].size;
  size_t i;
  uint8_t* out;
  (void)state;
  if (size < 2 || in[0] != 0xc4) return refuse(call, "expected bytes, at most 255");
  out = call->grow(call, size);
  if (out == NULL) return refuse(call, "no memory");
  out[0] = in[0];
  out[1] = in[1];
  for (i = 2; i < size; ++i) out[i] = in[size + 1 - i];
  call->cur += size;
  return PAPY_OK;
}

PAPY_EXPORT const papy_worker* papy_worker_reverse(void) {
  static const papy_worker worker = {
      .struct_size = sizeof(papy_worker),
      .name = "reverse",
      .kind = PAPY_WORKER,
      .flags = PAPY_REENTRANT | PAPY_PURE,
      .inputs_min = 1,
      .inputs_max = 1,
      .call = reverse,
  };
  return &worker;
}

static papy_status tally_open(const papy_open* open, void** state) {
  (void)open;
  *state = calloc(1, 1);
  return *state == NULL ? PAPY_FATAL : PAPY_OK;
}

static papy_status tally_call(void* state, papy_call* call) {
  *(uint8_t*)state += (uint8_t)call->n_inputs;
  return PAPY_OK;
}

static papy_status tally_flush(void* state, papy_call* call) {
  const uint8_t number[2] = {0xcc, *(uint8_t*)state};
  return call->emit(call, number, sizeof number);
}

PAPY_EXPORT const papy_worker* papy_worker_tally(void) {
  static const papy_worker worker = {
      .struct_size = sizeof(papy_worker),
      .name = "tally",
      .kind = PAPY_WORKER,
      .flags = PAPY_SERIAL,
      .inputs_min = 1,
      .inputs_max = 0,
      .open = tally_open,
      .call = tally_call,
      .flush = tally_flush,
      .close = free,
  };
  return &worker;
}
