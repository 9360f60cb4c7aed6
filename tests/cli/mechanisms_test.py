#!/usr/bin/python3
"""Every mechanism of a service chain: with it a scenario holds what it promises, without it not.

    tests/cli/mechanisms_test.py build/release/springtide [MECHANISM ...]

`scenarios/mechanisms/NAME.json` says by thresholds what NAME achieves, and the overlay
`scenarios/mechanisms/what-if/without-NAME.json` takes it away.
"""

import json
import os
import sys
import unittest

sys.dont_write_bytecode = True
if len(sys.argv) > 1:
    os.environ["SPRINGTIDE"] = os.path.abspath(sys.argv.pop(1))

from program import Case, ROOT, springtide  # noqa: E402

MECHANISMS = os.path.join(ROOT, "scenarios/mechanisms")
THRESHOLD_FAILED = 99  # cli/exit_code.h


def names(folder):
    return sorted(name[:-len(".json")] for name in os.listdir(folder) if name.endswith(".json"))


class MechanismTest(Case):
    def outcome_of(self, *arguments):
        done = springtide("run", *arguments, "--json", "--no-report", "-o", self.path("result"),
                          "--force")
        self.assertIn(done.returncode, (0, THRESHOLD_FAILED), done.stderr)
        return done.returncode, json.loads(done.stdout)

    def hold_and_fail(self, name):
        scenario = os.path.join(MECHANISMS, name + ".json")
        code, outcome = self.outcome_of(scenario)
        self.assertEqual(code, 0, outcome["thresholds"])
        self.assertTrue(outcome["thresholds"])
        code, outcome = self.outcome_of(
            scenario, "--overlay", os.path.join(MECHANISMS, "what-if", f"without-{name}.json"))
        self.assertEqual(code, THRESHOLD_FAILED, outcome["thresholds"])
        self.assertEqual(outcome["broken"], [])

    def test_the_headline_is_what_was_answered_in_time(self):
        done = springtide("run", os.path.join(MECHANISMS, "last-first.json"), "--no-report", "-o",
                          self.path("result"), "--overlay",
                          os.path.join(MECHANISMS, "what-if/without-last-first.json"))
        # First in, first out: most are answered, and hardly any in time.
        self.assertRegex(done.stdout, r"serve +offered 7 \d+, answered 6 \d+,.* in time [2-9]\.")

    def test_what_a_mechanism_takes_away_is_a_file_of_the_same_name(self):
        self.assertEqual([f"without-{name}" for name in names(MECHANISMS)],
                         names(os.path.join(MECHANISMS, "what-if")))
        self.assertGreaterEqual(len(names(MECHANISMS)), 12)


def add_test(name):
    setattr(MechanismTest, "test_" + name.replace("-", "_"),
            lambda self: self.hold_and_fail(name))


for mechanism in names(MECHANISMS):
    add_test(mechanism)

if __name__ == "__main__":
    unittest.main()
