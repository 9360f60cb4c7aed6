#!/usr/bin/python3
"""Every rule of tidy finds what is broken and lets pass what is not."""

import sys
import unittest

sys.dont_write_bytecode = True
import cpp  # noqa: E402
from rules import BANS, RULES, WORDS, File  # noqa: E402


def header(body):
    return "#pragma once\n" + body


TREE = {"base/time.h", "sim/queue.h", "models/run.h", "live/server.h", "LICENSE"}
LONG_FUNCTION = "int f() {\n" + "  g();\n" * 60 + "}\n"

# rule: files that must be found, each breaking that rule. A pair is (path, text); a triple adds
# the executable bit.
BROKEN = {
    "include-downwards": [
        ("base/a.cc", '#include "sim/queue.h"\n'),
        ("sim/a.cc", '#include "spec/scenario.h"\n'),
        ("theory/a.cc", '#include "measure/record.h"\n'),
        ("reports/a.cc", '#include "models/run.h"\n'),
        ("live/a.cc", '#include "sim/queue.h"\n'),
        ("models/a.cc", '  #  include "live/server.h"\n'),
        ("policy/a.cc", '#include "sim/queue.h"\n'),
        ("policy/a.cc", '#include "workload/plan.h"\n'),
        ("measure/a.cc", '#include "cli/verbs.h"\n'),
    ],
    "include-from-the-root": [
        ("sim/a.cc", '#include "queue.h"\n'),
        ("sim/a.cc", '#include "../base/time.h"\n'),
        ("sim/a.cc", "#include <base/time.h>\n"),
    ],
    "header-guard": [("sim/a.h", "int f();\n")],
    "engine-without-domain-nouns": [
        ("sim/a.h", header("struct RequestQueue {};\n")),
        ("sim/a.cc", "// sent to the server\n"),
        ("sim/a.cc", "int packet_count;\n"),
    ],
    "ban-standard-random": [
        ("models/a.cc", "std::mt19937 engine;\n"),
        ("tests/sim/a.cc", "std::exponential_distribution<> d;\n"),
        ("policy/a.cc", "int x = rand() % 3;\n"),
    ],
    "ban-library-math": [
        ("models/a.cc", "double x = std::log(2.0);\n"),
        ("workload/a.cc", "double x = pow(2.0, y);\n"),
    ],
    "ban-wall-clock": [
        ("models/a.cc", "auto now = std::chrono::steady_clock::now();\n"),
        ("reports/a.cc", "auto t = time(nullptr);\n"),
    ],
    "ban-standard-output": [
        ("models/a.cc", "std::cout << 1;\n"),
        ("reports/a.cc", 'printf("%d", 1);\n'),
        ("reports/a.cc", 'fmt::print("{}", 1);\n'),
    ],
    "ban-environment": [("models/a.cc", 'auto* v = std::getenv("X");\n')],
    "ban-using-namespace-std": [("tests/sim/a.cc", "using namespace std;\n")],
    "ban-assert": [("sim/a.cc", "assert(x);\n")],
    "ban-order-by-address": [("models/a.cc", "std::map<const Node*, int> ranks;\n")],
    "unordered-iteration": [
        ("models/a.cc",
         "std::unordered_map<int, std::vector<int>> by_id;\nfor (auto& [k, v] : by_id) f(k);\n"),
    ],
    "compiler-flags": [
        ("CMakeLists.txt", "add_compile_options(-march=native)\n"),
        ("cmake/x.cmake", "add_compile_options(-O2 -ffast-math)\n"),
        ("CMakePresets.json", '{"flags": "-Ofast"}\n'),
    ],
    "file-length": [("sim/a.cc", "int x;\n" * 401), ("tests/sim/a.py", "x = 1\n" * 401)],
    "line-length": [("sim/a.cc", "//" + "x" * 99 + "\n"), ("dev", "#" * 101 + "\n")],
    "function-length": [
        ("sim/a.cc", LONG_FUNCTION),
        ("sim/a.cc", "namespace a {\nclass B {\n" + LONG_FUNCTION + "};\n}\n"),
        ("tests/a.py", "def f():\n" + "    g()\n" * 60),
        ("dev", "f() {\n" + "  g\n" * 60 + "}\n"),
    ],
    "folder-size": [("big/m.cc", "\n")],
    "plain-text": [("sim/a.cc", "int x; \n"), ("sim/a.cc", "int x;"), ("README.md", "a\r\n")],
    "executable-bit": [("dev", "#!/bin/sh\n", False), ("sim/a.cc", "int x;\n", True)],
    "words-machine-paths": [("docs/a.md", "see /home/anna/notes\n"), ("dev", "cd /tmp/build-1\n")],
    "words-unfinished-marks": [("sim/a.cc", "// TODO: later\n")],
    "words-registry-hosts": [("dev", "curl https://registry.npmjs.org/uplot\n")],
    "words-how-it-was-made": [("docs/a.md", "Written by a language model.\n")],
    "licence": [("LICENSE", "all rights reserved\n")],
    "map-of-folders": [("README.md", "| `attic/` | old things |\n")],
}

# What looks like a breach and is none.
CLEAN = [
    ("sim/a.cc", '#include "base/time.h"\n#include <vector>\n'),
    ("models/run.cc", '#include "models/run.h"\n#include "sim/queue.h"\n'),
    ("sim/a.h", header("// as requested, it serves\n")),
    ("models/a.cc", "// std::mt19937 is banned; so is printf(\n"),
    ("models/a.cc", 'auto text = "std::cout << rand()";\nsnprintf(buffer, 1, "");\n'),
    ("models/a.cc", 'fmt::print(stderr, "x");\nstatic_assert(true);\nlogger.log(1);\n'),
    ("theory/a.cc", "double x = std::exp(2.0);\n"),
    ("cmake/x.cmake", "# never -ffast-math\nadd_compile_options(-ffp-contract=off)\n"),
    ("models/a.cc", "std::unordered_map<int, int> by_id;\nby_id.find(3);\n"),
    ("sim/a.cc", "int f() {\n" + "  g();\n" * 58 + "}\n" + "int h() { return 1; }\n" * 10),
    ("sim/a.cc", "namespace a {\n" + "int f() { return 1; }\n" * 100 + "}  // namespace a\n"),
    ("base/a.cc", "const int million = 1'000'000, x = '\\'';\n"),
    ("dev", "#!/bin/sh\nexec ls /usr/bin /tmp\n", True),
]


def found(rule, sample, tree):
    return list(RULES[rule](File(*sample), tree))


class TidyTest(unittest.TestCase):
    def test_every_rule_finds_its_broken_samples(self):
        crowd = {f"big/{name}.cc" for name in "abcdefghijklm"}
        for rule in RULES:
            with self.subTest(rule):
                self.assertTrue(BROKEN.get(rule), "a rule without a broken sample")
                for sample in BROKEN[rule]:
                    self.assertTrue(found(rule, sample, TREE | crowd), sample)

    def test_no_rule_complains_about_clean_samples(self):
        for sample in CLEAN:
            for rule in RULES:
                self.assertEqual(found(rule, sample, TREE), [], (rule, sample[0]))

    def test_a_missing_licence_is_found(self):
        self.assertTrue(found("licence", ("CMakeLists.txt", "\n"), TREE - {"LICENSE"}))

    def test_every_folder_must_be_on_the_map(self):
        text = "".join(f"| `{name}/` | x |\n" for name in ("base", "sim", "models"))
        self.assertEqual([message for _, message in found("map-of-folders", ("README.md", text),
                                                          TREE)],
                         ["the map of folders lacks `live/`"])

    def test_a_breach_tells_its_line_and_what_to_use_instead(self):
        line, message = found("ban-library-math", ("models/a.cc", "\nstd::exp(1);\n"), TREE)[0]
        self.assertEqual(line, 2)
        self.assertIn("base/portable_math.h", message)

    def test_no_sample_is_left_from_a_rule_that_is_gone(self):
        self.assertEqual(set(BROKEN) - set(RULES), set())
        self.assertTrue({"ban-" + name for name in BANS} <= set(RULES))
        self.assertTrue({"words-" + name for name in WORDS} <= set(RULES))

    def test_functions_are_found_by_their_first_and_last_line(self):
        text = ("namespace n {\n\nclass C {\n  C() : x_{1} {}\n  int f(int a) const {\n"
                "    if (a) { return 1; }\n    auto g = [](int b) { return b; };\n  }\n};\n\n"
                "template <typename T>\nvoid h(T t) noexcept\n{\n  int x[] = {1, 2};\n}\n}\n")
        self.assertIn((5, 8), cpp.functions(text))
        self.assertIn((11, 15), cpp.functions(text))

    def test_comments_and_strings_are_blanked_line_for_line(self):
        text = 'a /* x\n y */ b "c\\"d" R"(e\nf)" // g\n#include "h.h"\n'
        self.assertEqual(cpp.without_comments_and_strings(text),
                         'a \n b "" ""\n \n#include "h.h"\n')


if __name__ == "__main__":
    unittest.main()
