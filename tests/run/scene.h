#pragma once

#include "run/account.h"

namespace papy {

/// A workflow of two inputs, three pipers and one output, and how a run of it ended: what the tests
/// of run/ tell stories about.
struct Scene {
  Plan plan;
  Account account;
};

inline FunctionUse function(const std::string& plugin, const std::string& name) {
  return {.plugin = plugin, .library = "/lib/" + plugin + ".so", .function = name};
}

inline Scene scene() {
  Scene s;
  s.plan.name = "reads";
  s.plan.file = "reads.yaml";
  s.plan.pools = {{.name = "cpu", .slots = 2}, {.name = "disk", .slots = 4, .ordered = false}};
  s.plan.inputs = {{"left", function("fastx", "read")}, {"right", function("fastx", "read")}};
  s.plan.pipers = {{.name = "trim", .worker = {function("fastx", "trim")}, .from = {0}, .pool = 0},
                   {.name = "pair",
                    .worker = {function("fastx", "pair"), function("fastx", "measure")},
                    .from = {2, 1},
                    .pool = 0},
                   {.name = "store", .worker = {function("db", "put")}, .from = {3}, .pool = 1}};
  s.plan.outputs = {{"table", function("io", "write_jsonl"), 4}};
  using namespace std::chrono_literals;
  Account& a = s.account;
  a.run = "20261121-055730.123-3f9c1a";
  a.end.elapsed = 2s;
  a.end.inputs = {{1000, true, 1000}, {1000, true, std::nullopt}};
  a.end.pipers = {{.in = 1000, .out = 1000, .busy = 3s, .waited = 10ms},
                  {.in = 1000, .out = 1000, .busy = 800ms},
                  {.in = 1000, .out = 1000, .busy = 200ms, .waited = 1s}};
  a.end.outputs = {{1000, 0, 0}};
  a.edges = {{"left", "trim", 1000, 1000, 0, 0, 0},
             {"trim", "pair", 1000, 1000, 0, 0, 0},
             {"right", "pair", 1000, 1000, 0, 0, 0},
             {"pair", "store", 1000, 1000, 0, 0, 0},
             {"store", "table", 1000, 1000, 0, 0, 0}};
  return s;
}

}  // namespace papy
