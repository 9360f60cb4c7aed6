#!/usr/bin/env python3
"""springtide live load against servers that answer, misbehave, stand still; and live check.

    load_test.py PROGRAM
"""

import concurrent.futures
import csv
import json
import os
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.append(os.path.join(ROOT, "tests"))
from children import dies_with_the_test  # noqa: E402

PROGRAM = sys.argv[1] if len(sys.argv) > 1 else os.path.join(ROOT, "build/release/springtide")
# Of which backend the programs are started with (net/streams/streams.h); the default is theirs.
BACKEND = ["--backend", os.environ.get("SPRINGTIDE_TEST_BACKEND", "auto")]
PATIENCE = 60  # seconds; nothing takes that long when all is well
# A test machine has other things to do: how late a request may leave is asserted nowhere but where
# the driver itself is stopped.
LENIENT = ["--lateness-bound", "900ms"]


class Server:
    """tests/live/wire_server.py in one of its modes."""

    def __init__(self, mode):
        self.process = subprocess.Popen(
            [sys.executable, os.path.join(ROOT, "tests/live/wire_server.py"), mode],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            preexec_fn=dies_with_the_test())
        self.target = "127.0.0.1:" + self.process.stdout.readline().strip()

    def end(self):
        """Logins, shakes and opens that it read."""
        out, _ = self.process.communicate(timeout=PATIENCE)
        return [int(word) for word in out.split()]


class Run:
    """A driven run: starts at once; finish() gives exit code and outcome."""

    def __init__(self, target, *arguments, lenient=True):
        self.folder = tempfile.TemporaryDirectory()
        self.result = os.path.join(self.folder.name, "result")
        self.process = subprocess.Popen(
            [PROGRAM, "live", "load", "--target", target, "-o", self.result, "--json",
             "--no-report", *BACKEND, *(LENIENT if lenient else []), *arguments],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            preexec_fn=dies_with_the_test())

    def finish(self):
        out, self.errors = self.process.communicate(timeout=PATIENCE)
        self.code = self.process.returncode
        self.outcome = json.loads(out) if out.strip() else None
        return self

    def ledger(self):
        return self.outcome["requests"]["shake"]

    def figure(self, name):
        return self.outcome["figures"][name]["value"]

    def series(self, name):
        with open(os.path.join(self.result, "timeseries.csv"), encoding="utf-8") as file:
            return [float(row[name] or 0) for row in csv.DictReader(file)]

    def latency(self, name, p):
        """A quantile in ms, from the written percentiles."""
        path = os.path.join(self.result, "distributions", name + ".hgrm")
        with open(path, encoding="utf-8") as file:
            for line in file:
                words = line.split()
                if len(words) >= 3 and re.fullmatch(r"[0-9.]+", words[0]) and float(words[1]) >= p:
                    return float(words[0])
        raise AssertionError(f"{name} has no quantile {p}")


def children_of(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
        return [int(word) for word in file.read().split()]


def wait_for(condition):
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            raise AssertionError("waited in vain")
        time.sleep(0.02)


def drive(mode, *arguments, **options):
    """One run against a server of its own: the run, and what the server read."""
    server = Server(mode)
    run = Run(server.target, *arguments, **options).finish()
    return run, server.end()


SMALL = ["--connections", "100", "--rate", "300/s", "--duration", "2s", "--drain", "500ms"]
ENDLESS = ["--connections", "100", "--rate", "300/s", "--duration", "1h"]


class Load(unittest.TestCase):
    def balanced(self, run):
        ledger = run.ledger()
        self.assertEqual(ledger["offered"],
                         sum(ledger[key] for key in ledger if key not in ("offered", "not sent")))
        return ledger

    def test_every_request_of_the_plan_is_sent_answered_and_counted(self):
        for plan in ("slots", "constant"):
            run, read = drive("answer", *SMALL, "--plan", plan)
            self.assertEqual(run.code, 0, run.errors)
            ledger = self.balanced(run)
            self.assertEqual(ledger["answered"], 700)
            self.assertEqual(read, [100, 600, 0])
            self.assertEqual(sum(run.series("client_requests_per_s")), 700)
            self.assertEqual(run.figure("packets.received-amount"), 60 * 100)
            self.assertEqual(sum(run.series("client_shakes_requests_per_s")), 600)

    def test_poisson_arrivals_and_several_processes(self):
        run, read = drive("answer", *SMALL, "--plan", "poisson", "--processes", "3")
        self.assertEqual(run.code, 0, run.errors)
        self.assertEqual(read[1], run.figure("client.planned"))
        self.assertEqual(self.balanced(run)["answered"], 100 + read[1])
        self.assertEqual(run.figure("client.processes"), 3)

    def test_a_packet_for_you_is_answered_with_an_open_request(self):
        run, read = drive("gifts", *SMALL)
        self.assertEqual(read, [100, 600, 60])
        self.assertEqual(self.balanced(run)["answered"], 760)
        self.assertEqual(run.figure("packets.received-amount"), 60 * 7)
        self.assertEqual(sum(run.series("packets_shares_opened_shares_per_s")), 60)

    def test_refusals_are_refusals(self):
        run, _ = drive("refuse", *SMALL)
        self.assertEqual(self.balanced(run)["refused"], 300)
        self.assertEqual(run.code, 0)

    def test_answers_may_come_byte_by_byte(self):
        run, _ = drive("trickle", *SMALL)
        self.assertEqual(self.balanced(run)["answered"], 700)

    def test_a_server_that_never_answers_is_sent_all_the_same(self):
        run, read = drive("silent", *SMALL)
        self.assertEqual(run.code, 0, run.errors)
        self.assertEqual(self.balanced(run)["in flight"], 600)
        self.assertEqual(read[1], 600)

    def test_a_dropped_request_times_out_and_spoils_no_latency_after_it(self):
        # Every user asks each fourth second, and waits for one or two.
        run, read = drive("drop", "--connections", "100", "--rate", "25/s", "--duration", "12s",
                          "--patience", "1s")
        self.assertEqual(run.code, 0, run.errors)
        ledger = self.balanced(run)
        self.assertEqual((read[1], ledger["timed out"], ledger["answered"]), (300, 30, 100 + 270))
        self.assertEqual(ledger["in flight"], 0)
        self.assertEqual(sum(run.series("client_timed_out_requests_per_s")), 30)
        self.assertLess(run.latency("shake.from-send", 1), 3000)

    def test_answers_that_come_after_the_patience_are_counted_apart(self):
        server = Server("answer")
        run = Run(server.target, "--connections", "100", "--rate", "100/s", "--duration", "6s",
                  "--patience", "1s")
        wait_for(lambda: len(children_of(run.process.pid)) > 0)
        time.sleep(3)
        os.kill(server.process.pid, signal.SIGSTOP)
        time.sleep(4)
        os.kill(server.process.pid, signal.SIGCONT)
        run.finish()
        ledger = self.balanced(run)
        self.assertEqual(server.end()[1], 600)
        self.assertGreater(ledger["timed out"], 50)
        self.assertEqual(ledger["timed out"], run.figure("client.late-answers"))
        self.assertEqual(ledger["answered"] + ledger["timed out"], 100 + 600)
        self.assertEqual(run.figure("packets.received-amount"), 60 * 100)
        self.assertEqual(run.code, 0, run.errors)

    def test_a_server_that_does_not_even_log_in_is_told(self):
        run, _ = drive("mute", *SMALL, "--ramp-limit", "1s")
        self.assertEqual(run.code, 1)
        self.assertIn("only 0 of 100 users logged in", run.errors)
        self.assertFalse(os.path.exists(run.result))

    def test_connections_that_the_server_closes_are_lost_and_made_again(self):
        run, read = drive("hang-up", "--connections", "20", "--rate", "200/s", "--duration", "2s",
                          "--drain", "500ms", "--reconnect-after", "100ms")
        ledger = self.balanced(run)
        self.assertGreater(ledger["lost"], 20)
        self.assertEqual(ledger["offered"] - 20 - (read[0] - 20), read[1] + self.unread(run, read))
        self.assertGreater(read[0], 20 + 20)  # everybody logged in again, some several times
        self.assertEqual(run.code, 0, run.errors)  # no fault of the driver
        self.assertEqual(sum(run.series("client_shakes_requests_per_s")) + ledger["not sent"], 400)

    def unread(self, run, read):
        """Shakes that were on their way when the server closed: sent, and never read."""
        return int(sum(run.series("client_shakes_requests_per_s"))) - read[1]

    def test_a_tenth_of_the_users_reset(self):
        run, _ = drive("reset", *SMALL, "--reconnect-after", "20s")
        ledger = self.balanced(run)
        self.assertEqual(ledger["lost"], 10)
        self.assertEqual(sum(run.series("client_lost_connections_per_s")), 10)
        self.assertEqual(ledger["answered"], 100 + 540)
        self.assertEqual(ledger["not sent"], 50)  # of users that were gone
        self.assertEqual(run.code, 0, run.errors)

    def test_what_is_no_answer_ends_the_connection(self):
        run, _ = drive("garbage", *SMALL, "--reconnect-after", "20s")
        self.assertEqual(self.balanced(run)["lost"], 100)
        self.assertEqual(run.figure("client.unexpected"), 100)

    def test_a_server_that_stands_still_shows_in_the_latency(self):
        server = Server("answer")
        run = Run(server.target, "--connections", "100", "--rate", "300/s", "--duration", "8s")
        wait_for(lambda: len(children_of(run.process.pid)) > 0)
        time.sleep(3)
        os.kill(server.process.pid, signal.SIGSTOP)
        time.sleep(5)
        os.kill(server.process.pid, signal.SIGCONT)
        run.finish()
        server.end()
        self.assertEqual(run.code, 0, run.errors)
        self.assertEqual(self.balanced(run)["answered"], 100 + 2400)
        for name in ("shake.latency", "shake.from-send"):
            self.assertGreater(run.latency(name, 0.99), 3000)
            self.assertLess(run.latency(name, 0.99), 7000)
        by_second = [n for n in run.series("client_shakes_requests_per_s") if n > 10]
        self.assertTrue(all(200 < n < 400 for n in by_second), by_second)

    def test_a_server_that_is_killed_is_no_fault_of_the_driver(self):
        server = Server("answer")
        run = Run(server.target, "--connections", "100", "--rate", "300/s", "--duration", "4s")
        wait_for(lambda: len(children_of(run.process.pid)) > 0)
        time.sleep(3)
        server.process.kill()
        server.process.communicate()
        run.finish()
        self.assertEqual(run.code, 0, run.errors)
        ledger = self.balanced(run)
        self.assertEqual(sum(run.series("client_lost_connections_per_s")), 100)
        self.assertEqual(sum(run.series("client_shakes_requests_per_s")) + ledger["not sent"], 1200)
        self.assertGreater(run.figure("client.failed-connects"), 0)
        self.assertEqual(run.series("client_connections")[-1], 0)

    def test_a_driver_that_stands_still_makes_the_run_invalid(self):
        server = Server("answer")
        run = Run(server.target, "--connections", "100", "--rate", "300/s", "--duration", "4s",
                  "--processes", "2", lenient=False)
        wait_for(lambda: len(children_of(run.process.pid)) == 2)
        time.sleep(3)
        drivers = children_of(run.process.pid)
        for pid in drivers:
            os.kill(pid, signal.SIGSTOP)
        time.sleep(1)
        for pid in drivers:
            os.kill(pid, signal.SIGCONT)
        run.finish()
        server.end()
        self.assertEqual(run.code, 4, run.errors)
        self.assertIn("after their instant", run.outcome["broken"][0]["detail"])
        self.balanced(run)

    def test_a_driver_process_that_is_killed_is_counted_and_the_others_go_on(self):
        server = Server("answer")
        run = Run(server.target, "--connections", "100", "--rate", "300/s", "--duration", "4s",
                  "--processes", "2")
        wait_for(lambda: len(children_of(run.process.pid)) == 2)
        time.sleep(3)
        os.kill(children_of(run.process.pid)[1], signal.SIGKILL)
        run.finish()
        server.end()
        self.assertEqual(run.code, 4, run.errors)
        self.assertEqual([broken["name"] for broken in run.outcome["broken"]],
                         ["clients: the driver was not the limit"])
        self.assertIn("users 50 to 99) died: signal 9", run.outcome["broken"][0]["detail"])
        ledger = self.balanced(run)
        shakes = sum(run.series("client_shakes_requests_per_s"))
        self.assertEqual(shakes + ledger["not sent"], 1200)
        self.assertGreater(ledger["not sent"], 0)
        self.assertGreaterEqual(shakes, 600)

    def test_the_driver_ends_with_its_supervisor(self):
        server = Server("answer")
        run = Run(server.target, *ENDLESS)
        wait_for(lambda: len(children_of(run.process.pid)) > 0)
        drivers = children_of(run.process.pid)
        run.process.kill()
        run.process.communicate()
        wait_for(lambda: not any(os.path.exists(f"/proc/{pid}") for pid in drivers))
        server.end()

    def test_ctrl_c_writes_what_there_is(self):
        server = Server("answer")
        run = Run(server.target, *ENDLESS)
        time.sleep(3)
        run.process.send_signal(signal.SIGINT)
        run.finish()
        server.end()
        self.assertEqual(run.code, 130)
        self.balanced(run)


class Refused(unittest.TestCase):
    def test_only_this_machine_is_put_under_load(self):
        for target in ("10.0.0.1:1025", "0.0.0.0:1025", "example.com:80", "127.0.0.1"):
            run = Run(target, *SMALL).finish()
            self.assertEqual(run.code, 2)
            self.assertIn("--target: error", run.errors)

    def test_nobody_listens(self):
        run = Run("127.0.0.1:1", *SMALL, "--ramp-limit", "500ms").finish()
        self.assertEqual(run.code, 1)
        self.assertIn("does a server listen there?", run.errors)

    def test_wrong_options_are_told_at_once(self):
        run = Run("127.0.0.1:1", *SMALL, "--round", "fast", "--connect-rate", "7").finish()
        self.assertEqual(run.code, 2)
        self.assertIn("--round", run.errors)
        self.assertIn("--connect-rate", run.errors)


class Check(unittest.TestCase):
    def check(self, *arguments, files=None):
        def limit():
            resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
        done = subprocess.run([PROGRAM, "live", "check", "--json", *arguments],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=PATIENCE, check=False,
                              preexec_fn=dies_with_the_test(limit if files else None))
        return done.returncode, json.loads(done.stdout)

    def test_few_connections_fit(self):
        code, preflight = self.check("--connections", "1000")
        self.assertEqual((code, preflight["fits"]), (0, True))

    def test_a_limit_that_is_too_low_is_named_with_its_command(self):
        code, preflight = self.check("--connections", "1000", "--processes", "1", files=500)
        self.assertEqual((code, preflight["fits"]), (2, False))
        commands = [need["command"] for need in preflight["needs"] if not need["fits"]]
        self.assertTrue(any(command.startswith("ulimit -Hn") for command in commands), commands)

    def test_a_load_that_does_not_fit_is_not_started(self):
        def limit():
            resource.setrlimit(resource.RLIMIT_NOFILE, (200, 200))
        done = subprocess.run([PROGRAM, "live", "load", "--target", "127.0.0.1:1",
                               "--connections", "1000", "--processes", "1"],
                              capture_output=True, text=True, timeout=PATIENCE, check=False,
                              preexec_fn=dies_with_the_test(limit))
        self.assertEqual(done.returncode, 2)
        self.assertIn("files of a process", done.stderr)


def run_side_by_side():
    """Most of the time these tests wait: all run at once, each in a process of its own."""
    names = [f"{case.__name__}.{name}" for case in (Load, Refused, Check)
             for name in unittest.TestLoader().getTestCaseNames(case)]

    def one(name):
        return subprocess.run([sys.executable, os.path.abspath(__file__), PROGRAM, name],
                              capture_output=True, text=True, check=False,
                              preexec_fn=dies_with_the_test())
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        failed = [done for done in pool.map(one, names) if done.returncode != 0]
    for done in failed:
        print(done.stdout + done.stderr)
    print(f"{len(names)} tests, {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    if len(sys.argv) > 2:
        unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
    sys.exit(run_side_by_side())
