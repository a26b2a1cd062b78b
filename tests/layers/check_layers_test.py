#!/usr/bin/python3
"""The layer test turns red on what it forbids, and stays green on what it allows."""
import pathlib
import tempfile
import unittest

import check_layers


class Layers(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        for name in ("base/check.h", "item/batch.h", "workflow/plan.h", "flow/inbox.h", "pool/poller.h"):
            self.write(name, "#pragma once\n")
        self.write("include/papy/plugin.h", "#include <stddef.h>\n")

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def expect(self, *lines):
        self.assertEqual(list(lines), check_layers.findings(self.root))

    def test_an_include_of_a_lower_layer_is_allowed(self):
        self.write("flow/inbox.cc", '#include "flow/inbox.h"\n\n#include <vector>\n\n#include "item/batch.h"\n')
        self.expect()

    def test_an_include_of_a_higher_layer_is_a_finding(self):
        self.write("flow/inbox.cc", '#include "flow/inbox.h"\n#include "pool/poller.h"\n')
        self.expect("flow/inbox.cc:2: flow may not include pool")

    def test_a_layer_may_be_forbidden_though_it_is_lower(self):
        self.write("pool/poller.cc", '#include "workflow/plan.h"\n')
        self.expect("pool/poller.cc:1: pool may not include workflow")

    def test_the_public_headers_include_nothing_of_the_engine(self):
        self.write("include/papy/plugin.hpp", '#include "papy/plugin.h"\n#include "base/check.h"\n')
        self.expect("include/papy/plugin.hpp:2: include/papy may not include base")

    def test_the_public_headers_are_seen_by_plugin_and_not_by_flow(self):
        self.write("plugin/library.cc", '#include "papy/plugin.h"\n#include <dlfcn.h>\n')
        self.write("flow/inbox.cc", "#include <papy/plugin.h>\n")
        self.expect("flow/inbox.cc:1: flow may not include include/papy")

    def test_a_library_belongs_to_its_layer(self):
        self.write("workflow/document.cc", "#include <yaml-cpp/yaml.h>\n")
        self.write("item/pack.cc", "#include <yaml-cpp/yaml.h>\n")
        self.write("cli/main.cc", "#include <CLI/CLI.hpp>\n")
        self.write("run/journal.cc", "#include <CLI/CLI.hpp>\n#include <zmq.hpp>\n")
        self.expect(
            "item/pack.cc:1: item may not include <yaml-cpp/yaml.h> (yaml)",
            "run/journal.cc:1: run may not include <CLI/CLI.hpp> (cli)",
            "run/journal.cc:2: run may not include <zmq.hpp> (zmq)",
        )

    def test_a_library_nobody_named_is_a_finding(self):
        self.write("base/log.cc", "#include <boost/any.hpp>\n")
        self.expect("base/log.cc:1: base may not include <boost/any.hpp> (unknown library)")

    def test_the_flow_has_no_threads_sockets_files_or_clocks(self):
        self.write(
            "flow/flow.cc",
            "#include <thread>\n#include <mutex>\n#include <sys/socket.h>\n#include <fstream>\n#include <chrono>\n"
            "auto now() { return std::chrono::steady_clock::now(); }\n",
        )
        self.expect(
            "flow/flow.cc:1: flow may not include <thread> (threads)",
            "flow/flow.cc:2: flow may not include <mutex> (threads)",
            "flow/flow.cc:3: flow may not include <sys/socket.h> (system)",
            "flow/flow.cc:4: flow may not include <fstream> (files)",
            "flow/flow.cc:6: flow may not ask a clock: time is told",
        )

    def test_what_may_lose_a_wake_up_is_nobodys(self):
        self.write("pool/poller.cc", "#include <semaphore>\n#include <mutex>\n")
        self.expect("pool/poller.cc:1: pool may not include <semaphore> (may sleep for ever)")

    def test_an_include_that_is_not_root_relative_is_a_finding(self):
        self.write("flow/inbox.cc", '#include "inbox.h"\n#include "../base/check.h"\n')
        self.expect(
            'flow/inbox.cc:1: "inbox.h" is not root-relative: expected "<folder>/<file>", the folder one of the layers',
            'flow/inbox.cc:2: "../base/check.h" is not root-relative: expected "<folder>/<file>", the folder one of the layers',
        )

    def test_an_include_of_a_file_that_is_not_there_is_a_finding(self):
        self.write("flow/inbox.cc", '#include "item/bacth.h"\n')
        self.expect("flow/inbox.cc:1: there is no item/bacth.h")

    def test_a_folder_without_a_rule_is_a_finding(self):
        self.write("misc/things.cc", "#include <vector>\n")
        self.expect("misc/things.cc:1: misc is not in the table of layers")

    def test_comments_do_not_count(self):
        self.write("flow/inbox.cc", '/* steady_clock\n#include "pool/poller.h"\n*/\n// #include <thread>\n')
        self.expect()

    def test_a_cycle_of_headers_is_shown(self):
        self.write("flow/a.h", '#include "flow/b.h"\n')
        self.write("flow/b.h", '#include "flow/a.h"\n')
        self.expect("include cycle: flow/a.h -> flow/b.h -> flow/a.h")

    def test_an_empty_tree_has_no_findings(self):
        with tempfile.TemporaryDirectory() as empty:
            self.assertEqual([], check_layers.findings(pathlib.Path(empty)))


if __name__ == "__main__":
    unittest.main()
