#!/usr/bin/python3
"""`springtide live run`: both sides by one scenario, one record whose sums are exact.

    tests/live/run_test.py PATH_OF_SPRINGTIDE

How fast this machine is decides nothing here: a run whose driver was late (exit code 4, that check
alone) has sums as exact as any.
"""

import json
import os
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests"))
from children import dies_with_the_test  # noqa: E402

PROGRAM = None
NIGHT = os.path.join(ROOT, "scenarios/hongbao-2017/60k.json")
DRIVER_WAS_LATE = "clients: the driver was not the limit"


def springtide(*arguments, limit=150):
    return subprocess.run([PROGRAM, *arguments], stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=limit, preexec_fn=dies_with_the_test())


class LiveRunTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.result = os.path.join(self.folder.name, "result")

    def run_night(self, *arguments):
        run = springtide("live", "run", NIGHT, "-o", self.result, "--json", "--no-report",
                         *arguments)
        self.assertIn(run.returncode, (0, 4), run.stdout + run.stderr)
        outcome = json.loads(run.stdout)
        broken = [one for one in outcome["broken"] if one["name"] != DRIVER_WAS_LATE]
        self.assertEqual(broken, [])
        return outcome

    def figures(self):
        with open(os.path.join(self.result, "summary.json"), encoding="utf-8") as file:
            return {one["name"]: one["value"] for one in json.load(file)["figures"]}

    def test_ten_thousand_connections_at_twenty_thousand_a_second_end_with_an_exact_ledger(self):
        outcome = self.run_night("--connections", "10000", "--rate", "20k/s", "--duration", "10s",
                                 "--set", "/packets/shake-60k/begin=602s",
                                 "--set", "/packets/shake-60k/count=1000",
                                 "--set", "/packets/sent-60k/begin=603s",
                                 "--set", "/packets/sent-60k/count=200")
        ledger = outcome["requests"]["shake"]
        not_sent = ledger.get("not_sent", 0)
        # 10 000 logins, 20 000 shakes in each of ten seconds, three opens of each sent packet
        self.assertEqual(ledger["offered"] + not_sent, 10_000 + 200_000 + 600)
        self.assertEqual(ledger["offered"], ledger["answered"] + ledger.get("refused", 0))
        self.assertEqual(ledger.get("in_flight", 0), 0)
        self.assertEqual(ledger.get("dropped", 0), 0)
        figures = self.figures()
        self.assertGreater(figures["packets.received-amount"], 1200 * 10)
        self.assertEqual(figures["packets.received-amount"], figures["packets.issued-amount"])

    def test_what_does_not_fit_this_machine_is_not_begun(self):
        run = springtide("live", "run", NIGHT, "-o", self.result, "--connections", "1000000",
                         "--processes", "1", limit=30)
        self.assertEqual(run.returncode, 2, run.stdout + run.stderr)
        self.assertIn("files", run.stderr)
        self.assertFalse(os.path.exists(self.result))

    def test_a_scenario_without_a_service_of_red_packets_is_refused(self):
        run = springtide("live", "run", os.path.join(ROOT, "scenarios/textbook/mm1.json"),
                         "-o", self.result, limit=30)
        self.assertEqual(run.returncode, 2, run.stdout + run.stderr)
        self.assertFalse(os.path.exists(self.result))


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    unittest.main()
