#include "workflow/rules.h"

#include <iterator>

namespace papy {
namespace {

constexpr Rule kRules[] = {
    {"alias-cycle", Level::error, "an alias stands inside of what it stands for"},
    {"ambiguous-scalar", Level::error,
     "a name that other readers of YAML take for a boolean or number"},
    {"args-of-chain", Level::error, "a chain's arguments belong to its elements"},
    {"bad-function-name", Level::error, "a function is written plugin.function"},
    {"bad-merge", Level::error, "`<<` takes the alias of a mapping, or a list of them"},
    {"bad-metadata", Level::error,
     "a library describes its functions in a way that cannot be read"},
    {"bad-name", Level::error, "a name with other characters than letters, digits, _ and -"},
    {"bad-plugin-name", Level::error, "neither the name of a library nor a path"},
    {"bad-reference", Level::error, "a ${...} that refers to nothing"},
    {"buffer-below-stride", Level::warning, "a pool's buffer is too small for its stride"},
    {"conflicting-keys", Level::error, "two keys that exclude each other"},
    {"cycle", Level::error, "pipers that take from each other in a circle"},
    {"duplicate-key", Level::error, "a key that stands twice in one mapping"},
    {"duplicate-name", Level::error, "inputs, pipers and outputs share one set of names"},
    {"empty-document", Level::error, "nothing but comments"},
    {"empty-section", Level::error, "a workflow without inputs or without outputs"},
    {"env-not-declared", Level::error, "an environment variable that `env` does not list"},
    {"env-not-set", Level::error, "an environment variable without value and default"},
    {"flush-needs-any", Level::error, "a function that emits at the end goes with `produce: any`"},
    {"limit-too-small", Level::error, "a limit below what any process needs"},
    {"missing-arg", Level::error, "an argument that the function needs"},
    {"missing-key", Level::error, "a key that must be there"},
    {"needs-command", Level::error, "a key for functions of which papy knows nothing"},
    {"needs-processes", Level::error,
     "a key or a function that only goes with a pool of type process"},
    {"nested-too-deep", Level::error, "a document nested deeper than 64"},
    {"not-supported-yet", Level::error, "right, but this version cannot run it"},
    {"not-utf8", Level::error, "bytes that are no text"},
    {"octal-number", Level::warning, "a number that other readers of YAML take for another"},
    {"out-of-range", Level::error, "a number beyond its limits"},
    {"param-missing", Level::error, "a required parameter without a value"},
    {"param-value", Level::error, "a parameter's value is not what its declaration wants"},
    {"plugin-not-found", Level::error,
     "a library that cannot be had; a warning when it is optional"},
    {"program-not-found", Level::error, "a program that cannot be started"},
    {"rate-mismatch", Level::error, "a join of streams whose lengths must differ"},
    {"result-unused", Level::error, "an input or piper that nothing takes from"},
    {"retry-without-timeout", Level::warning, "retried after timeouts, but without one"},
    {"several-documents", Level::error, "more than one document in a file"},
    {"timeout-cannot-stop", Level::error, "a time limit for a function that a thread cannot stop"},
    {"too-many-findings", Level::note, "more was found than is shown"},
    {"too-many-nodes", Level::error, "a document of more than a million nodes, aliases expanded"},
    {"two-outputs-one-file", Level::error, "two that would write the same file"},
    {"undefined-piper", Level::error, "a `from` that names no input or piper"},
    {"unit-missing", Level::error, "a duration or size without its unit"},
    {"unknown-arg", Level::error, "an argument that the function does not take"},
    {"unknown-function", Level::error, "a function that the library does not have"},
    {"unknown-key", Level::error, "a key that does not exist here"},
    {"unknown-param", Level::error, "a parameter that is not declared"},
    {"unknown-pool", Level::error, "a pool that is not declared"},
    {"unknown-tag", Level::error, "a tag other than !!str, !!map and !!seq"},
    {"unknown-word", Level::error, "a value that is not among the words allowed"},
    {"unreadable", Level::error, "a file that cannot be read"},
    {"whole-seconds", Level::error, "a time that is counted in whole seconds"},
    {"wrong-arg", Level::error, "an argument of the wrong type or beyond its limits"},
    {"wrong-kind", Level::error, "a source, worker or sink where another is expected"},
    {"wrong-number-of-inputs", Level::error, "a function that takes another number of inputs"},
    {"wrong-type", Level::error, "a value of the wrong type"},
    {"yaml-syntax", Level::error, "text that is no YAML"},
};

}  // namespace

std::span<const Rule> rules() { return kRules; }

bool suppresses(std::string_view rule, std::string_view at, const Diagnostic& finding) {
  if (finding.level == Level::error || finding.rule != rule) return false;
  const std::string_view path = finding.at;
  if (at.empty() || path == at) return true;
  return path.starts_with(at) && (path[at.size()] == '.' || path[at.size()] == '[');
}

}  // namespace papy
