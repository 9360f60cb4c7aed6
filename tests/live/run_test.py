#!/usr/bin/python3
"""`springtide live run`: both sides by one scenario, one record whose sums are exact.

    tests/live/run_test.py PATH_OF_SPRINGTIDE

How fast this machine is decides nothing here: a run whose driver was late (exit code 4, that check
alone) has sums as exact as any.
"""

import json
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.error
import urllib.request

sys.dont_write_bytecode = True
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests"))
from children import dies_with_the_test  # noqa: E402

PROGRAM = None
NIGHT = os.path.join(ROOT, "scenarios/hongbao-2017/60k.json")
DRIVER_WAS_LATE = "clients: the driver was not the limit"
A_PROCESS_DIED = "server: every process ended as asked"
PATIENCE = 60  # seconds; nothing takes that long when all is well


def springtide(*arguments, limit=150):
    return subprocess.run([PROGRAM, *arguments], stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=limit, preexec_fn=dies_with_the_test())


def broken_but_for_lateness(outcome):
    return [one["name"] for one in outcome["broken"] if one["name"] != DRIVER_WAS_LATE]


def sum_of_fates(ledger):
    return sum(count for fate, count in ledger.items() if fate not in ("offered", "not sent"))


def children_of(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
        return [int(word) for word in file.read().split()]


def get(url):
    """Status and JSON."""
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as refused:
        return refused.code, json.loads(refused.read())


def wait_for(condition):
    end = time.monotonic() + PATIENCE
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError("waited in vain")
        time.sleep(0.05)


class Running:
    """A run that goes on, and what it says meanwhile."""

    def __init__(self, result, *arguments):
        self.process = subprocess.Popen(
            [PROGRAM, "live", "run", NIGHT, "-o", result, "--json", "--no-report",
             "--lateness-bound", "900ms", *arguments],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            preexec_fn=dies_with_the_test())
        self.said = []
        self.reader = threading.Thread(target=lambda: self.said.extend(self.process.stderr))
        self.reader.daemon = True
        self.out = ""
        self.waiter = threading.Thread(target=self.read_output)
        self.waiter.daemon = True
        self.reader.start()
        self.waiter.start()

    def read_output(self):
        self.out = self.process.stdout.read()

    def told(self, pattern):
        """The first group of the first line on standard error that has this."""
        def find():
            found = [re.search(pattern, line) for line in list(self.said)]
            return next((one for one in found if one), None)
        return wait_for(find).group(1)

    def finish(self):
        self.process.wait(timeout=PATIENCE)
        self.reader.join(PATIENCE)
        self.waiter.join(PATIENCE)
        return self.process.returncode, json.loads(self.out)


class Reports:
    """Somebody else's monitor: takes streams of 976 bytes until it goes away."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self.listener.getsockname()[1]
        self.streams, self.sides = [], set()
        threading.Thread(target=self.take, daemon=True).start()

    def take(self):
        try:
            while True:
                stream = self.listener.accept()[0]
                self.streams.append(stream)
                self.sides.add(struct.unpack(">QQ", stream.recv(976, socket.MSG_WAITALL)[:16])[1])
        except OSError:
            pass

    def go_away(self):
        for one in [self.listener, *self.streams]:
            one.close()


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
        self.assertEqual(broken_but_for_lateness(outcome), [])
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
        # 10 000 logins, 20 000 shakes in each of ten seconds
        self.assertGreaterEqual(ledger["offered"] + ledger["not sent"], 10_000 + 200_000)
        self.assertEqual(ledger["offered"], sum_of_fates(ledger))
        self.assertEqual(ledger["dropped"], 0)
        figures = self.figures()
        if outcome["broken"]:  # the driver was late: some answers came after the end
            self.assertLessEqual(figures["packets.received-amount"],
                                 figures["packets.issued-amount"])
            return
        self.assertEqual(ledger["offered"], 10_000 + 200_000 + 600)  # three opens a sent packet
        self.assertEqual(ledger["offered"], ledger["answered"] + ledger["refused"])
        self.assertGreater(figures["packets.received-amount"], 1200 * 10)
        self.assertEqual(figures["packets.received-amount"], figures["packets.issued-amount"])

    def test_it_is_followed_and_controlled_while_it_goes_on(self):
        monitor = Reports()
        run = Running(self.result, "--connections", "500", "--rate", "500/s", "--duration", "12s",
                      "--page", "127.0.0.1:0", "--control", "127.0.0.1:0",
                      "--monitor", monitor.address)
        page, control = run.told("page at (.*)/\n"), run.told("control at (.*)\n")
        self.assertEqual(get(control + "/yaohongbao?qps=20&sum=40"), (200, {"qps": 20, "sum": 40}))
        self.assertEqual(get(control + "/qps?qps=900"), (200, {"qps": 900}))
        self.assertEqual(get(control + "/qps?qps=0")[0], 400)
        wait_for(lambda: monitor.sides == {0, 1})
        monitor.go_away()

        def seen():
            state = get(page + "/state")[1]
            values = state["values"]
            return (state["processes"] == {"client": 1, "server": 1} and
                    500 in values["client.connections"] and
                    500 in values["server.connections"] and
                    900 in values["client.requests"] and 20 in values["packets.issued"] and
                    any(values["client.latency-p99"]) and state["totals"]["packets.received"] == 40)
        wait_for(seen)
        with urllib.request.urlopen(page + "/metrics", timeout=10) as metrics:
            self.assertIn("springtide_request", metrics.read().decode())
        last = None
        while run.process.poll() is None:
            try:
                last = get(page + "/state")[1]
            except OSError:
                break
            time.sleep(0.05)
        code, outcome = run.finish()
        self.assertIn(code, (0, 4))
        self.assertEqual(broken_but_for_lateness(outcome), [])
        ledger = outcome["requests"]["shake"]
        self.assertEqual(ledger["offered"], ledger["answered"])
        # The last thing that the page saw: everything, and that nobody reports any more.
        self.assertEqual(last["totals"]["client.responses"], ledger["answered"])
        self.assertEqual(last["totals"]["server.requests"], ledger["offered"])
        self.assertEqual(last["streams"]["open"], 0)
        figures = self.figures()
        self.assertEqual(figures["packets.received-amount"], figures["packets.issued-amount"])

    def test_a_killed_server_process_is_replaced_and_its_users_come_back(self):
        run = Running(self.result, "--connections", "400", "--rate", "800/s", "--duration", "9s",
                      "--server-processes", "2", "--reconnect-after", "200ms", "--page",
                      "127.0.0.1:0")
        page = run.told("page at (.*)/\n")

        def connected(number):
            return get(page + "/state")[1]["values"].get("client.connections", [])[-number:]
        wait_for(lambda: 400 in connected(1))
        os.kill(children_of(run.process.pid)[0], signal.SIGKILL)
        self.assertRegex(run.told("(worker 0 .*)"), "signal 9.*process [0-9]+ took its place")
        code, outcome = run.finish()
        self.assertEqual(code, 4)  # it is no measurement of a server that is well
        self.assertEqual(broken_but_for_lateness(outcome), [A_PROCESS_DIED])
        ledger = outcome["requests"]["shake"]
        self.assertEqual(ledger["offered"], sum_of_fates(ledger))
        figures = self.figures()
        self.assertEqual(figures["server.restarts"], 1)
        with open(os.path.join(self.result, "timeseries.csv"), encoding="utf-8") as file:
            names = file.readline().strip().split(",")
            rows = [line.strip().split(",") for line in file]
        column = next(i for i, name in enumerate(names) if name.startswith("client_users"))
        users = [float(row[column] or 0) for row in rows]
        self.assertEqual(max(users), 400)
        self.assertEqual(users[-2], 400)  # all are back

    def test_a_port_that_is_taken_is_told_and_nothing_stays(self):
        taken = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(taken.close)
        address = "127.0.0.1:%d" % taken.getsockname()[1]
        for option in ("--page", "--control"):
            run = springtide("live", "run", NIGHT, "-o", self.result, "--connections", "100",
                             "--duration", "2s", option, address, limit=30)
            self.assertEqual(run.returncode, 2, run.stdout + run.stderr)
            self.assertIn(option + ": error", run.stderr)
            self.assertIn("in use", run.stderr)
            self.assertFalse(os.path.exists(self.result))

    def test_wrong_options_are_told_all_at_once(self):
        run = springtide("live", "run", NIGHT, "-o", self.result, "--round", "fast",
                         "--connect-rate", "7", "--monitor", "10.0.0.1:8002", limit=30)
        self.assertEqual(run.returncode, 2)
        for option in ("--round", "--connect-rate", "--monitor"):
            self.assertIn(option + ": error", run.stderr)

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
    unittest.main(warnings="ignore")  # of what ends with its test
