#include "workflow/fields.h"

#include <algorithm>

namespace papy {
namespace {

using Kind = FieldKind;
using std::string_view;

constexpr std::int64_t kBillion = 1'000'000'000;

constexpr string_view kParamTypes[] = {"string", "integer",  "number", "boolean",
                                       "path",   "duration", "size"};
constexpr string_view kPoolTypes[] = {"thread", "process"};
constexpr string_view kJoins[] = {"all", "first"};
constexpr string_view kRests[] = {"keep", "drop", "fail"};
constexpr string_view kOnError[] = {"fail", "skip", "stop"};
constexpr string_view kRetryWhen[] = {"error", "timeout"};

constexpr Field kDescription = {
    .name = "description", .kind = Kind::text, .help = "for people; not used otherwise"};

constexpr Field kArgs = {.name = "args",
                         .kind = Kind::arguments,
                         .fallback = "{}",
                         .help = "arguments of the function, as its own schema describes them"};

constexpr Field kParamFields[] = {
    {.name = "type",
     .kind = Kind::choice,
     .fallback = "string",
     .help = "what its value must be",
     .words = kParamTypes},
    {.name = "required",
     .kind = Kind::boolean,
     .fallback = "false",
     .help = "a run must give it a value"},
    {.name = "default", .kind = Kind::scalar, .help = "its value when a run gives none"},
    {.name = "minimum", .kind = Kind::scalar, .help = "the smallest value allowed"},
    {.name = "maximum", .kind = Kind::scalar, .help = "the largest value allowed"},
    {.name = "enum", .kind = Kind::scalars, .help = "the only values allowed"},
    kDescription,
};

constexpr Field kPluginFields[] = {
    {.name = "path",
     .kind = Kind::path,
     .help = "the library: a path when it has a slash, else a name on the plugin path"},
    {.name = "any_of",
     .kind = Kind::texts,
     .help = "libraries of which the first that can be had is taken"},
    {.name = "optional",
     .kind = Kind::boolean,
     .fallback = "false",
     .help = "a missing library is only a warning as long as no function of it is used"},
    kDescription,
};

constexpr Field kHostFields[] = {
    {.name = "address", .kind = Kind::text, .need = Need::required, .help = "tcp://host:port"},
    {.name = "workers",
     .kind = Kind::integer,
     .help = "slots to take there",
     .minimum = 1,
     .maximum = 4096},
    {.name = "key", .kind = Kind::path, .help = "file with the host's public key"},
};

constexpr Field kPoolFields[] = {
    {.name = "type",
     .kind = Kind::choice,
     .fallback = "thread",
     .help = "what its slots are: threads of papy, or processes, which can be killed and die alone",
     .words = kPoolTypes},
    {.name = "workers",
     .kind = Kind::integer,
     .fallback = "one a processor",
     .help = "number of slots",
     .minimum = 1,
     .maximum = 4096},
    {.name = "stride",
     .kind = Kind::integer,
     .fallback = "automatic",
     .help = "how many tasklets of one piper may be under evaluation at once",
     .minimum = 1,
     .maximum = kBillion},
    {.name = "buffer",
     .kind = Kind::integer,
     .fallback = "automatic",
     .help = "how many items the pool may hold",
     .minimum = 1,
     .maximum = kBillion},
    {.name = "batch",
     .kind = Kind::integer,
     .fallback = "automatic",
     .help = "how many tasklets a slot takes at most at once",
     .minimum = 1,
     .maximum = kBillion},
    {.name = "ordered",
     .kind = Kind::boolean,
     .fallback = "true",
     .help = "results leave in the order of their items"},
    {.name = "skip",
     .kind = Kind::boolean,
     .fallback = "false",
     .help = "a late result is left out (a gap) instead of being a failure"},
    {.name = "hosts",
     .kind = Kind::sections,
     .help = "other machines whose slots the pool takes as well",
     .nested = &kHost,
     .ready = Ready::not_yet},
    {.name = "command",
     .kind = Kind::texts,
     .fallback = "papy itself",
     .help =
         "processes only: program and words that start a slot which speaks the protocol (in any "
         "language) and has the functions of the pool's pipers, of which nothing can be checked "
         "then; the program is looked for on PATH, or from the document when it has a slash"},
    {.name = "max_crashes",
     .kind = Kind::integer,
     .fallback = "3",
     .help =
         "processes only: a tasklet is a failure once it ended that many processes while it was "
         "alone in them",
     .minimum = 1,
     .maximum = 1000},
    {.name = "recycle",
     .kind = Kind::integer,
     .fallback = "never",
     .help = "processes only: tasklets after which a process is replaced by a new one",
     .minimum = 1,
     .maximum = kBillion},
    {.name = "limits",
     .kind = Kind::section,
     .help = "processes only: what a process may use at most, against accidents and not against "
             "malice",
     .nested = &kLimits},
    {.name = "on_lost",
     .kind = Kind::anything,
     .help = "what happens when a host is lost",
     .ready = Ready::not_yet},
    kDescription,
};

constexpr Field kLimitsFields[] = {
    {.name = "memory", .kind = Kind::size, .help = "memory that it may have, 32MiB or more"},
    {.name = "open_files",
     .kind = Kind::integer,
     .help = "files and sockets that it may have open, its own few included",
     .minimum = 64,
     .maximum = kBillion},
    {.name = "cpu_time",
     .kind = Kind::duration,
     .help = "time that it may compute from its start on, in whole seconds"},
};

constexpr Field kInputFields[] = {
    {.name = "source",
     .kind = Kind::function,
     .need = Need::required,
     .help = "the function that the items come from"},
    kArgs,
    kDescription,
};

constexpr Field kChainElementFields[] = {
    {.name = "function",
     .kind = Kind::function,
     .need = Need::required,
     .help = "a function of the chain"},
    kArgs,
};

constexpr Field kRetriesFields[] = {
    {.name = "attempts",
     .kind = Kind::integer,
     .need = Need::required,
     .help = "how often a tasklet is tried, the first time included",
     .minimum = 1,
     .maximum = 1000},
    {.name = "when",
     .kind = Kind::choices,
     .fallback = "[error]",
     .help = "after what it is tried again",
     .words = kRetryWhen},
    {.name = "backoff",
     .kind = Kind::duration,
     .fallback = "0s",
     .help = "the wait before the second attempt, doubling"},
};

constexpr Field kPiperFields[] = {
    {.name = "worker",
     .kind = Kind::chain,
     .need = Need::required,
     .help = "the function to call, or a chain of them",
     .nested = &kChainElement},
    {.name = "from",
     .kind = Kind::names,
     .need = Need::required,
     .help = "inputs or pipers whose items it takes; their order is the inbox order"},
    {.name = "pool",
     .kind = Kind::name,
     .help = "the pool that evaluates it; without one, one at a time and in order"},
    kArgs,
    {.name = "timeout",
     .kind = Kind::duration,
     .help =
         "how long one attempt may take; a process is killed then, a thread must be able to stop"},
    {.name = "deadline",
     .kind = Kind::duration,
     .help = "how long a tasklet may take with all its attempts; no retry begins behind it"},
    {.name = "retries",
     .kind = Kind::section,
     .help = "whether a failed tasklet is tried again",
     .nested = &kRetries},
    {.name = "on_error",
     .kind = Kind::choice,
     .fallback = "fail",
     .help = "what a failed tasklet becomes: a failure item, a gap, or the end of the run",
     .words = kOnError},
    {.name = "join",
     .kind = Kind::choice,
     .fallback = "all",
     .help = "an inbox has an item of every input, or the first that is not a gap",
     .words = kJoins},
    {.name = "consume",
     .kind = Kind::integer,
     .fallback = "1",
     .help = "consecutive items of each input that one tasklet takes",
     .minimum = 1,
     .maximum = kBillion},
    {.name = "consume_rest",
     .kind = Kind::choice,
     .fallback = "keep",
     .help = "what happens to a last group that is not complete",
     .words = kRests},
    {.name = "produce",
     .kind = Kind::integer_or_any,
     .fallback = "1",
     .help = "how many values a tasklet emits; `any`: it is free to emit 0 to many",
     .minimum = 1,
     .maximum = kBillion},
    {.name = "repeat",
     .kind = Kind::boolean,
     .fallback = "false",
     .help = "it emits one value, which counts `produce` times"},
    {.name = "spawn",
     .kind = Kind::integer,
     .fallback = "1",
     .help = "replicas that take the tasklets in turn",
     .minimum = 1,
     .maximum = 1'000'000},
    {.name = "stateful",
     .kind = Kind::boolean,
     .fallback = "false",
     .help = "pools with a `command` only: its functions keep state from one tasklet to the next, "
             "and with `produce: any` they may emit more at the end; plugins say so themselves"},
    {.name = "track",
     .kind = Kind::boolean,
     .fallback = "false",
     .help = "its tasklets are told of one by one"},
    kDescription,
};

constexpr Field kOutputFields[] = {
    {.name = "sink",
     .kind = Kind::function,
     .need = Need::required,
     .help = "the function that the items go to"},
    {.name = "from",
     .kind = Kind::name,
     .need = Need::required,
     .help = "the input or piper whose items it takes"},
    kArgs,
    kDescription,
};

constexpr Field kRunFields[] = {
    {.name = "max_failures",
     .kind = Kind::limit,
     .help = "failed items, as a count or a share of all, beyond which the run stops"},
    {.name = "memory", .kind = Kind::size, .help = "bytes of items above which inputs pause"},
    {.name = "dead_letters", .kind = Kind::path, .help = "file that failed items are written to"},
};

constexpr Field kIgnoreFields[] = {
    {.name = "rule", .kind = Kind::text, .need = Need::required, .help = "name of the rule"},
    {.name = "at",
     .kind = Kind::text,
     .help = "key path at or below which it is ignored; everywhere when left out"},
    {.name = "reason", .kind = Kind::text, .need = Need::required, .help = "why that is right"},
};

constexpr Field kLintFields[] = {
    {.name = "ignore",
     .kind = Kind::sections,
     .help = "warnings and notes that are not wanted",
     .nested = &kIgnore},
};

constexpr Field kDocumentFields[] = {
    {.name = "version",
     .kind = Kind::integer,
     .need = Need::required,
     .help = "the version of this format",
     .minimum = 1,
     .maximum = 1},
    {.name = "name", .kind = Kind::text, .fallback = "the file's name", .help = "of the workflow"},
    kDescription,
    {.name = "params",
     .kind = Kind::named_sections,
     .help = "values that a run may set, used as ${params.NAME}",
     .nested = &kParam},
    {.name = "env",
     .kind = Kind::texts,
     .help = "environment variables that may be used as ${env.NAME}"},
    {.name = "secrets",
     .kind = Kind::anything,
     .help = "values that are never shown",
     .ready = Ready::not_yet},
    {.name = "plugins",
     .kind = Kind::named_sections,
     .help = "alias -> library; an alias not listed is looked up by its name",
     .nested = &kPlugin},
    {.name = "pools",
     .kind = Kind::named_sections,
     .help = "sets of slots that pipers share",
     .nested = &kPool},
    {.name = "inputs",
     .kind = Kind::named_sections,
     .need = Need::required,
     .help = "where streams come from",
     .nested = &kInput},
    {.name = "pipers",
     .kind = Kind::named_sections,
     .help = "what happens to them",
     .nested = &kPiper},
    {.name = "outputs",
     .kind = Kind::named_sections,
     .need = Need::required,
     .help = "where they go",
     .nested = &kOutput},
    {.name = "run", .kind = Kind::section, .help = "how a run behaves", .nested = &kRun},
    {.name = "observe",
     .kind = Kind::anything,
     .help = "what is told of a run, and where",
     .ready = Ready::not_yet},
    {.name = "profiles",
     .kind = Kind::anything,
     .help = "settings by the place where it runs",
     .ready = Ready::not_yet},
    {.name = "tests", .kind = Kind::anything, .help = "what `papy test` checks"},
    {.name = "lint",
     .kind = Kind::section,
     .help = "what `papy lint` leaves out",
     .nested = &kLint},
};

}  // namespace

const Section kParam = {"param", "A value that a run may set.", kParamFields};
const Section kPlugin = {"plugin", "A library of functions.", kPluginFields};
const Section kHost = {"host", "Another machine.", kHostFields};
const Section kPool = {"pool", "A set of slots.", kPoolFields};
const Section kLimits = {"limits", "What a process of a pool may use.", kLimitsFields};
const Section kInput = {"input", "Where a stream comes from.", kInputFields};
const Section kChainElement = {"chain element", "One function of a chain.", kChainElementFields};
const Section kRetries = {"retries", "Whether a failed tasklet is tried again.", kRetriesFields};
const Section kPiper = {"piper", "A node: a worker and how it is evaluated.", kPiperFields};
const Section kOutput = {"output", "Where a stream goes.", kOutputFields};
const Section kRun = {"run", "How a run behaves.", kRunFields};
const Section kIgnore = {"ignored rule", "A warning or note that is not wanted.", kIgnoreFields};
const Section kLint = {"lint", "What `papy lint` leaves out.", kLintFields};
const Section kDocument = {"", "The document itself.", kDocumentFields};

const Field* Section::find(std::string_view name) const {
  const auto found = std::find_if(fields.begin(), fields.end(),
                                  [name](const Field& field) { return field.name == name; });
  return found == fields.end() ? nullptr : &*found;
}

}  // namespace papy
