// Workers that pass on what is in their inbox, or some of it.
#include <cstddef>
#include <cstdint>
#include <papy/plugin.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "files/json_write.h"

namespace papy::core {
namespace {

any ident(const inbox<>& values) { return values.raw(0); }

std::vector<any> collect(const inbox<>& values) { return {values.begin(), values.end()}; }

std::int64_t size(const inbox<>& values) { return static_cast<std::int64_t>(values.size()); }

any at(const inbox<>& values, std::size_t index) {
  if (index < values.size()) return values[index];
  throw fail("the inbox has " + std::to_string(values.size()) +
             (values.size() == 1 ? " value" : " values") + ", so there is no index " +
             std::to_string(index));
}

struct pick_args {
  PAPY_ARGS(pick_args, (std::size_t, index, required, "place in the inbox, from 0", at_least(0)))
};
any pick(const inbox<>& values, const pick_args& args) { return at(values, args.index); }

struct select_args {
  PAPY_ARGS(select_args, (std::vector<std::size_t>, indexes, required,
                          "places in the inbox, from 0, in the order of the result"))
};
std::vector<any> select(const inbox<>& values, const select_args& args) {
  std::vector<any> picked;
  for (const std::size_t index : args.indexes) picked.push_back(at(values, index));
  return picked;
}

struct head_args {
  PAPY_ARGS(head_args,
            (std::size_t, n, required, "how many values of the inbox at most", at_least(0)))
};
std::vector<any> head(const inbox<>& values, const head_args& args) {
  std::vector<any> first;
  for (std::size_t i = 0; i < values.size() && i < args.n; ++i) first.push_back(values[i]);
  return first;
}

struct zip_args {
  PAPY_ARGS(zip_args,
            (bool, shortest, false, "stop at the end of the shortest list instead of failing"))
};
std::vector<std::vector<any>> zip(const inbox<>& values, const zip_args& args) {
  std::vector<std::vector<any>> lists;
  std::size_t shortest = SIZE_MAX;
  for (const any value : values) {
    lists.push_back(value.list());
    const std::size_t n = lists.back().size();
    if (!args.shortest && lists.size() > 1 && n != shortest) {
      throw fail("the lists are of unequal length: " + std::to_string(shortest) + " and " +
                 std::to_string(n) + " values (shortest: true stops at the shortest)");
    }
    shortest = n < shortest ? n : shortest;
  }
  std::vector<std::vector<any>> rows(shortest);
  for (std::size_t i = 0; i < shortest; ++i) {
    for (const auto& list : lists) rows[i].push_back(list[i]);
  }
  return rows;
}

struct join_args {
  PAPY_ARGS(join_args, (std::string, separator, "", "text between two values"))
};
std::string join(const inbox<>& values, const join_args& args) {
  std::string joined;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0) joined += args.separator;
    const any value = values[i];
    if (value.kind() == kind::text) {
      joined += value.as<std::string_view>();
    } else {
      files::json_write(value, joined);
    }
  }
  return joined;
}

struct object_args {
  PAPY_ARGS(object_args,
            (std::vector<std::string>, keys, required, "name of each value of the inbox, in order"))
};
void object(const inbox<>& values, const object_args& args, out<>& out) {
  if (values.size() != args.keys.size()) {
    throw fail("there are " + std::to_string(args.keys.size()) + " keys for an inbox of " +
               std::to_string(values.size()));
  }
  writer& to = out.raw();
  to.map(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    to.text(args.keys[i]);
    to.raw(values[i].data());
  }
  out.wrote();
}

}  // namespace
}  // namespace papy::core

PAPY_WORKER_AS(ident, papy::core::ident, "the first value of the inbox, unchanged", papy::pure);
PAPY_WORKER_AS(collect, papy::core::collect, "all values of the inbox as one list", papy::pure);
PAPY_WORKER_AS(size, papy::core::size, "how many values the inbox has", papy::pure);
PAPY_WORKER_AS(pick, papy::core::pick, "one value of the inbox", papy::pure);
PAPY_WORKER_AS(select, papy::core::select, "some values of the inbox as a list, in any order",
               papy::pure);
PAPY_WORKER_AS(head, papy::core::head, "the first values of the inbox as a list", papy::pure);
PAPY_WORKER_AS(zip, papy::core::zip,
               "lists side by side: [[1, 2], [3, 4]] from the lists [1, 3] and [2, 4]", papy::pure);
PAPY_WORKER_AS(join, papy::core::join,
               "one text of all values of the inbox; what is not text as JSON", papy::pure);
PAPY_WORKER_AS(object, papy::core::object, "a map of all values of the inbox by the names given",
               papy::pure);
