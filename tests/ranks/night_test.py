#!/usr/bin/python3
"""A night of a fleet on several processes: the same bytes for any number of ranks and threads, one
voice, one end for all.

    tests/ranks/night_test.py PROGRAM MPIRUN
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.append(os.path.dirname(os.path.abspath(__file__)))
import launcher  # noqa: E402

PROGRAM, MPIRUN = os.path.abspath(sys.argv[1]), sys.argv[2]
NIGHT = "tests/determinism/small-gala.json"
LONG = ("--set", '/duration="400h"')  # far longer than a test waits
PATIENCE = 120  # seconds


def sums(directory):
    with open(os.path.join(directory, "SHA256SUMS"), encoding="utf-8") as stream:
        return stream.read()


def processes_of(mpirun):
    """rank -> process, of those that have joined: from then on they block SIGTERM."""
    found = {}
    for thread in os.listdir(f"/proc/{mpirun.pid}/task"):
        with open(f"/proc/{mpirun.pid}/task/{thread}/children", encoding="utf-8") as stream:
            children = stream.read().split()
        for child in children:
            with open(f"/proc/{child}/environ", "rb") as stream:
                variables = dict(entry.split(b"=", 1) for entry in stream.read().split(b"\0")
                                 if b"=" in entry)
            with open(f"/proc/{child}/status", encoding="utf-8") as stream:
                blocked = next(line for line in stream if line.startswith("SigBlk"))
            if int(blocked.split()[1], 16) >> (signal.SIGTERM - 1) & 1:
                found[int(variables[b"OMPI_COMM_WORLD_RANK"])] = int(child)
    return found


def runs(process):
    """Nobody may have looked yet at how it ended."""
    try:
        with open(f"/proc/{process}/stat", encoding="utf-8") as stream:
            return stream.read().rsplit(")", 1)[1].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


class Night(unittest.TestCase):
    def setUp(self):
        self.place = tempfile.TemporaryDirectory(prefix="springtide-ranks-")
        self.result = os.path.join(self.place.name, "result")

    def tearDown(self):
        self.place.cleanup()

    def run_on(self, ranks, *arguments):
        return launcher.run(MPIRUN, ranks, PROGRAM, "run", *arguments, "-o", self.result)

    def start_on(self, ranks, *arguments):
        """A long run, and its processes once all have joined."""
        mpirun = subprocess.Popen(
            launcher.command(MPIRUN, ranks, PROGRAM, "run", NIGHT, *LONG, "--threads", "1",
                             "--no-report", *arguments, "-o", self.result),
            cwd=launcher.ROOT, env=launcher.environment(), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            preexec_fn=launcher.dies_with_the_test())
        self.addCleanup(mpirun.wait)
        self.addCleanup(mpirun.kill)
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                processes = processes_of(mpirun)
            except (FileNotFoundError, ProcessLookupError):
                processes = {}  # one is just being started
            if len(processes) == ranks:
                return mpirun, processes
            time.sleep(0.05)
        self.fail("the ranks do not start")

    def test_same_bytes_for_any_number_of_ranks_and_threads(self):
        alone = os.path.join(self.place.name, "alone")
        subprocess.run([PROGRAM, "run", NIGHT, "--threads", "1", "-o", alone], cwd=launcher.ROOT,
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True,
                       preexec_fn=launcher.dies_with_the_test())
        for ranks, threads in ((1, 2), (2, 1), (2, 2), (4, 1), (4, 4)):
            done = self.run_on(ranks, NIGHT, "--threads", str(threads), "--force")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(done.stdout.count("fingerprint"), 1)
            self.assertEqual(sums(self.result), sums(alone), f"{ranks} ranks, {threads} threads")

    def test_all_end_with_the_code_of_the_first(self):
        done = self.run_on(2, NIGHT, "--set", '/thresholds={"shake.latency": ["p(99)<1us"]}')
        self.assertEqual(done.returncode, 99, done.stderr)

    def test_what_is_wrong_is_told_once_and_nothing_is_written(self):
        os.mkdir(self.result)
        wrong = {"only the fleet road": ["scenarios/textbook/mm8.json", "--force"],
                 "cannot be read": ["no-such-file.json"],
                 "exists": [NIGHT]}
        for what, arguments in wrong.items():
            if "--force" in arguments:
                os.rmdir(self.result)
            done = self.run_on(3, *arguments)
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertEqual(done.stderr.count(what), 1, done.stderr)
            os.makedirs(self.result, exist_ok=True)
            self.assertEqual(os.listdir(self.result), [])

    def test_ranks_with_different_scenarios_do_not_begin(self):
        one = [PROGRAM, "run", NIGHT, "-o", self.result]
        done = launcher.run(MPIRUN, 1, *one, ":", "-n", "1", *one, "--set", '/duration="1min"')
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("rank 1 reads another scenario", done.stderr)
        self.assertFalse(os.path.exists(self.result))

    def test_any_rank_that_is_told_to_stop_ends_all_with_what_there_is(self):
        for rank in (0, 2):
            mpirun, processes = self.start_on(3, "--force")
            os.kill(processes[rank], signal.SIGTERM)
            self.assertEqual(mpirun.wait(PATIENCE), 130)
            with open(os.path.join(self.result, "manifest.json"), encoding="utf-8") as stream:
                self.assertFalse(json.load(stream)["complete"])

    def test_a_rank_that_dies_takes_all_with_it_and_leaves_no_result(self):
        mpirun, processes = self.start_on(3)
        os.kill(processes[1], signal.SIGKILL)
        self.assertEqual(mpirun.wait(PATIENCE), 128 + signal.SIGKILL)
        until = time.monotonic() + PATIENCE
        while any(map(runs, processes.values())) and time.monotonic() < until:
            time.sleep(0.05)
        self.assertFalse(any(map(runs, processes.values())))
        self.assertFalse(os.path.exists(self.result))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
