#pragma once

#include <cstdint>
#include <papy/plugin.hpp>
#include <string>

#include "script/exchange.h"

namespace papy::script {

/// All that is known of a program that was run for an item, as an item itself.
struct record {
  std::int64_t number = 0;  ///< of the item, from 1
  packed item;
  std::string command;      ///< as one would type it
  std::int64_t status = 0;  ///< exit status; 128 + n when signal n ended it
  std::int64_t signal = 0;
  bool late = false;  ///< it was ended because its time was over
  double began = 0;   ///< seconds since 1970
  double seconds = 0;
  packed stdout;
  packed stderr;
  packed files;  ///< a map of the out ports; nil without any
};
PAPY_FIELDS(record, number, item, command, status, signal, late, began, seconds, stdout, stderr,
            files)

/// Why a program failed, for people: "exit status 2: cannot open x". Empty: it did not fail.
std::string why_failed(std::int64_t status, std::int64_t signal, bool late,
                       std::string_view errors);

}  // namespace papy::script
