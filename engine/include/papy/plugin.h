/* papy/plugin.h - the C interface between papy and a plugin library. MIT licence.
 *
 * A plugin is a shared library that exports
 *
 *     const papy_plugin* papy_plugin_v1(void);           what the library is
 *     const papy_worker* papy_worker_<name>(void);       one a function: worker, source or sink
 *
 * Rules
 *   - Items cross this interface as msgpack: one papy_value is exactly one msgpack value.
 *   - Every struct begins with its size and only ever grows. A field that is newer than version 1.0
 *     may be read only after a check of struct_size (PAPY_HAS).
 *   - No exception and no C++ type crosses. The side that allocated memory frees it.
 *   - Inputs are borrowed until the call returns.
 *   - The comment of each function pointer says which thread may call it:
 *       [loader]  the thread that loads plugins, before any other call
 *       [slot]    the slot that opened the state: one call at a time, always the same slot; a
 *                 PAPY_SERIAL state goes from slot to slot (from thread to thread), still one call
 *                 at a time; with PAPY_REENTRANT any number of slots at once
 *       [any]     any thread, at any time between open and close
 *
 * C++ authors use papy/plugin.hpp, which writes all of this for them.
 */
#ifndef PAPY_PLUGIN_H
#define PAPY_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PAPY_MAGIC 0x79706170u /* "papy", little-endian */
#define PAPY_ABI_MAJOR 1
#define PAPY_ABI_MINOR 0

#if defined(__GNUC__) || defined(__clang__)
#define PAPY_EXPORT __attribute__((visibility("default")))
#else
#define PAPY_EXPORT
#endif

/* True when the struct that `p` points to is new enough to hold `field`. */
#define PAPY_HAS(p, field) \
  ((p)->struct_size >= (size_t)((const char*)&(p)->field - (const char*)(p)) + sizeof((p)->field))

/* What a call says of its tasklet. */
typedef int32_t papy_status;
enum {
  PAPY_OK = 0,     /* what was emitted is the result */
  PAPY_SKIP = 1,   /* no result on purpose: a gap */
  PAPY_END = 2,    /* a source is exhausted; a worker has had enough: what it emitted is the last */
  PAPY_ERROR = -1, /* failed; retried when the piper's `retries` say so */
  PAPY_RETRY = -2, /* failed, another attempt may succeed: retried within the piper's attempts */
  PAPY_FAIL = -3,  /* failed, and would fail again: never retried */
  PAPY_CANCELLED = -4, /* stopped because cancelled() said so */
  PAPY_FATAL = -5      /* this instance is of no more use: the run ends */
};

/* What a function is. */
typedef int32_t papy_kind;
enum { PAPY_WORKER = 0, PAPY_SOURCE = 1, PAPY_SINK = 2 };

/* What a function promises or asks for. */
typedef uint32_t papy_flags;
enum {
  PAPY_REENTRANT = 1u << 0,  /* one state may serve many slots at once */
  PAPY_PURE = 1u << 1,       /* same inputs and args, same result, no effect */
  PAPY_IDEMPOTENT = 1u << 2, /* doing it twice is as good as once */
  PAPY_SERIAL = 1u << 3,     /* one instance sees all its tasklets, in order */
  PAPY_LOCAL = 1u << 4,      /* needs this host: files, devices */
  PAPY_ISOLATE = 1u << 5,    /* never in the engine's own process */
  PAPY_CANCELS = 1u << 6,    /* asks cancelled() often enough to be stopped by it */
  PAPY_BLOCKS =
      1u << 7 /* waits for things outside (network, terminal): emit what there is, do not gather */
};

/* One msgpack value. */
typedef struct papy_value {
  const void* data;
  size_t size; /* bytes, at least 1 */
} papy_value;

typedef struct papy_host papy_host;
typedef struct papy_open papy_open;
typedef struct papy_call papy_call;
typedef struct papy_range papy_range;

/* What the engine offers to a plugin. Lives as long as the process. */
struct papy_host {
  size_t struct_size;
  uint32_t abi_major, abi_minor;
  const char* version; /* of papy, for people */
  /* [any] An ability by its name ("papy.log/1"), or NULL when this host does not have it. */
  const void* (*get_extension)(const papy_host* host, const char* name);
};

/* "papy.log/1". level: 0 debug, 1 info, 2 warning, 3 error. */
#define PAPY_EXT_LOG "papy.log/1"
typedef struct papy_log {
  size_t struct_size;
  /* [any] The text is copied; need not end in NUL. */
  void (*write)(const struct papy_log* log, int32_t level, const char* text, size_t size);
} papy_log;

/* "papy.metrics/1". Names are like file names: [a-z0-9_.]+ */
#define PAPY_EXT_METRICS "papy.metrics/1"
typedef struct papy_metrics {
  size_t struct_size;
  void (*count)(const struct papy_metrics* metrics, const char* name,
                double add); /* [any] a sum over the run */
  void (*gauge)(const struct papy_metrics* metrics, const char* name,
                double value); /* [any] the latest value */
} papy_metrics;

/* "papy.scratch/1": a private directory, removed after the run. */
#define PAPY_EXT_SCRATCH "papy.scratch/1"
typedef struct papy_scratch {
  size_t struct_size;
  /* [any] An existing directory without a trailing slash, or NULL when none can be made. Valid
   * until the run ends. */
  const char* (*directory)(const struct papy_scratch* scratch);
} papy_scratch;

/* What an instance is opened for. Valid during open() only. */
struct papy_open {
  size_t struct_size;
  const papy_host* host;
  papy_value args;   /* a msgpack map, checked against the args schema, defaults not filled in */
  const char* piper; /* name of the piper, input or output in the document */
  uint32_t replica;  /* 0 .. spawn-1 */
  uint32_t slot;     /* number of the slot within its pool */
  const char* base;  /* directory that relative paths in the document are relative to, absolute */
  void* engine;      /* the engine's own */
  /* Says why open() fails. Text is copied. */
  void (*error)(const papy_open* open, int32_t code, const char* text, size_t size);
};

/* One evaluation. Valid during the call only. */
struct papy_call {
  size_t struct_size;

  /* The inbox, flat: the value of place j of input i is inputs[j * width + i]. */
  const papy_value* inputs;
  uint32_t n_inputs; /* width * places */
  uint32_t width;    /* number of inputs of the piper */
  uint32_t places;   /* places that are there */
  uint32_t consume; /* places that were asked for; more than `places` in a last group, or where gaps
                       were left out */

  /* The output: write whole msgpack values at cur and advance it, never past end. grow() makes
   * room. */
  uint8_t* cur;
  uint8_t* end;
  uint64_t wanted; /* sources: emit at most this many items in this call */

  papy_value args;
  const char* piper;
  uint64_t tasklet; /* stable over retries and resumed runs */
  uint32_t attempt; /* from 1 */
  uint32_t slot;
  uint64_t deadline_ns; /* CLOCK_MONOTONIC, nanoseconds; 0: none */
  const papy_host* host;
  void* engine; /* the engine's own */

  /* [slot] Makes end - cur at least `room` bytes; cur and end may move. Returns cur, or NULL when
   * there is no memory. */
  uint8_t* (*grow)(papy_call* call, size_t room);
  /* [slot] Appends one msgpack value; copies it. */
  papy_status (*emit)(papy_call* call, const void* data, size_t size);
  /* [slot] Appends one msgpack value; calls release(context) exactly once, when the engine needs
   * `data` no more. */
  papy_status (*emit_owned)(papy_call* call, const void* data, size_t size,
                            void (*release)(void* context), void* context);
  /* [slot] Says why this call fails; the last one counts. code is the author's own. Text is copied.
   */
  void (*error)(papy_call* call, int32_t code, const char* text, size_t size);
  /* [slot] Nonzero when the work is not wanted any more: return PAPY_CANCELLED. */
  int (*cancelled)(const papy_call* call);
  /* [slot] Says that a long call is alive. */
  void (*heartbeat)(papy_call* call);
};

/* Many evaluations at once, for vector units and devices: n tasklets, each with a full inbox of
 * `per` values. A tasklet may say PAPY_OK or PAPY_SKIP, which emits nothing; any other status ends
 * the range: call->error() speaks of that tasklet, and those behind it are left out and say
 * PAPY_CANCELLED. What call_many itself returns speaks of the whole range. */
struct papy_range {
  size_t struct_size;
  uint64_t first;           /* tasklet number of the first; they are consecutive */
  size_t n;                 /* tasklets */
  size_t per;               /* values in each inbox: width * consume */
  const papy_value* inputs; /* n * per; inbox t begins at t * per */
  papy_status* status;      /* n, to fill; all PAPY_OK at entry */
  size_t* ends;             /* n, to fill: bytes emitted in this call up to and with tasklet t */
};

/* One function of the library. Constant; lives as long as the library. */
typedef struct papy_worker {
  size_t struct_size;
  const char* name;
  papy_kind kind;
  papy_flags flags;
  uint32_t inputs_min; /* width * 1 place; sources 0, sinks 1 */
  uint32_t inputs_max; /* 0: any number */

  /* [slot] Makes an instance. May be NULL: no state. */
  papy_status (*open)(const papy_open* open, void** state);
  /* [slot] Mandatory.
   *   worker: evaluates one inbox.   sink: writes inputs[0].
   *   source: emits between 0 and `wanted` items and says PAPY_OK, or PAPY_END when these were the
   * last; PAPY_ERROR: the item at this place failed, the next call goes on behind it. */
  papy_status (*call)(void* state, papy_call* call);
  /* [slot] SERIAL workers: after the last tasklet; may emit. May be NULL. */
  papy_status (*flush)(void* state, papy_call* call);
  /* [slot] Ends the instance. May be NULL. */
  void (*close)(void* state);
  /* [slot] SERIAL workers: emits one msgpack value from which load() makes an equal instance. May
   * be NULL. */
  papy_status (*save)(void* state, papy_call* call);
  papy_status (*load)(void* state, const papy_value* saved);
  /* [slot] A whole range at once; the cursor of `call` takes what is emitted. May be NULL. */
  papy_status (*call_many)(void* state, papy_call* call, papy_range* range);

  /* Sources, [slot]. cursor: where the next call goes on, as text, emitted as one msgpack string.
   * seek: go there. size: how many items there will be in all, or 0 when not known. May be NULL. */
  papy_status (*cursor)(void* state, papy_call* call);
  papy_status (*seek)(void* state, const char* cursor, size_t size);
  uint64_t (*size)(void* state);

  /* Sinks, [slot]. prepare: everything written so far is on its way to the medium; emits a text
   * that names this state. commit: it is there. rollback: go back to it. finish: the end; ok = 0:
   * leave nothing behind. close() without finish(): the run stopped early, what was written is
   * kept, not under a final name. All idempotent. May be NULL. */
  papy_status (*prepare)(void* state, papy_call* call, uint64_t epoch);
  papy_status (*commit)(void* state, uint64_t epoch);
  papy_status (*rollback)(void* state, const char* prepared, size_t size);
  papy_status (*finish)(void* state, papy_call* call, int32_t ok);
} papy_worker;

/* The library. Constant; lives as long as the library. */
typedef struct papy_plugin {
  uint32_t magic; /* PAPY_MAGIC */
  uint32_t abi_major, abi_minor;
  size_t struct_size;
  const char* name;
  const char* version;
  const char* license; /* SPDX */
  const char* url;
  /* [loader] Once, after loading, and once before the process ends. May be NULL. */
  papy_status (*init)(const papy_host* host);
  void (*fini)(void);
} papy_plugin;

/* Metadata: one JSON object a record, between NULs, in the section .papy.meta. It is read without
 * running the library.
 *
 *     PAPY_METADATA(trim, "{\"function\":\"trim\",\"summary\":\"...\", ...}")
 */
#define PAPY_METADATA(id, json)               \
  __attribute__((section(".papy.meta"), used, \
                 aligned(1))) static const char papy_metadata_##id[sizeof("\0" json)] = "\0" json

#ifdef __cplusplus
}
#endif

#endif /* PAPY_PLUGIN_H */
