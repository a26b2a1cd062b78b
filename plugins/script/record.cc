#include "script/record.h"

#include <cstring>

#include "script/tail.h"
#include "script/values.h"

namespace papy::script {
namespace {

/// Fails what a program failed at: a record of run() passes, or becomes a failure.
void check(const record& of) {
  const std::string why = why_failed(of.status, of.signal, of.late, plain_text(of.stderr.view()));
  if (!why.empty()) throw fail(static_cast<int>(of.status), of.command + ": " + why);
}

}  // namespace

std::string why_failed(std::int64_t status, std::int64_t signal, bool late,
                       std::string_view errors) {
  std::string why;
  if (late) {
    why = "took longer than its time-out";
  } else if (signal != 0) {
    const char* const name = sigabbrev_np(static_cast<int>(signal));
    why = "ended by signal " + std::to_string(signal) +
          (name == nullptr ? "" : " (SIG" + std::string(name) + ")");
  } else if (status != 0) {
    why = "exit status " + std::to_string(status);
  } else {
    return {};
  }
  const std::string words = last_words(errors);
  return words.empty() ? why : why + ": " + words;
}

}  // namespace papy::script

PAPY_WORKER_AS(check, papy::script::check,
               "nothing for the record of a program that ended well, else a failure", papy::pure);
