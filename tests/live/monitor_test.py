#!/usr/bin/python3
"""The monitor as a program: reporters of somebody else, the page in a browser, ends and restarts.

    tests/live/monitor_test.py PROGRAM
"""

import json
import os
import re
import select
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.request

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from browser import Browser  # noqa: E402
from children import dies_with_the_test  # noqa: E402
import reporting  # noqa: E402

PROGRAM = None
PATIENCE = 60  # seconds until a test gives up; none waits that long when all is well


class Monitor:
    """`springtide live monitor` on free ports; lines of its log one by one."""

    def __init__(self, *arguments, listen="127.0.0.1:0"):
        self.process = subprocess.Popen(
            [PROGRAM, "live", "monitor", "--listen", listen, "--http", "127.0.0.1:0", *arguments],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            preexec_fn=dies_with_the_test())
        self.buffer = b""
        told = self.process.stderr.readline().decode()
        found = re.fullmatch(r"monitor: takes reports at 127\.0\.0\.1:(\d+), "
                             r"shows them at (http://127\.0\.0\.1:\d+/)\n", told)
        if not found:
            raise AssertionError(told + self.process.stderr.read().decode())
        self.port, self.url = int(found[1]), found[2]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()

    def line(self):
        """The next line of the log; an AssertionError where none comes."""
        until = time.monotonic() + PATIENCE
        while b"\n" not in self.buffer:
            ready, _, _ = select.select([self.process.stdout], [], [],
                                        max(0, until - time.monotonic()))
            piece = os.read(self.process.stdout.fileno(), 65536) if ready else b""
            if not piece:
                raise AssertionError("no further line")
            self.buffer += piece
        line, _, self.buffer = self.buffer.partition(b"\n")
        return line.decode()

    def end(self, by=signal.SIGTERM):
        """Exit code, the rest of the log, what it said at the end."""
        self.process.send_signal(by)
        out, err = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, (self.buffer + out).decode(), err.decode()

    def get(self, path):
        with urllib.request.urlopen(self.url + path, timeout=10) as answer:
            return answer.read().decode(), answer.headers["Content-Type"]

    def wait_for_state(self, holds):
        until = time.monotonic() + PATIENCE
        while True:
            state = json.loads(self.get("state")[0])
            if holds(state):
                return state
            if time.monotonic() > until:
                raise AssertionError(json.dumps(state)[:2000])
            time.sleep(0.05)


def client_second(second, requests, packets=3, latency_bucket=44):
    return reporting.record(second, reporting.CLIENT,
                            {10: requests, 11: requests, 14: packets, 15: requests - packets,
                             3: requests, latency_bucket: requests, 58: requests * 900, 59: 1900},
                            {20: 500, 22: packets, 25: packets * 159})


def server_second(second, requests):
    return reporting.record(second, reporting.SERVER, {10: requests, 2: requests, 14: 3},
                            {20: 500, 22: 3, 24: 477})


class Reports(unittest.TestCase):
    def test_lines_of_foreign_reporters_in_pieces_and_the_result(self):
        with tempfile.TemporaryDirectory() as folder:
            result = os.path.join(folder, "night")
            with Monitor("-o", result, "--no-report", "--title", "A night") as monitor:
                one, two, server = (reporting.connect(monitor.port) for _ in range(3))
                now = int(time.time()) - 5
                reporting.send_in_pieces(one, client_second(now, 100), 61)
                reporting.send_in_pieces(server, server_second(now, 151), 487)
                two.sendall(client_second(now, 50) + client_second(now + 1, 60))
                self.assertEqual(
                    monitor.line(),
                    f"{now} 0 Request: 150 Response: 150 GetHongbao: 6 NoHongbao: 144 "
                    "AllHongbao: 0 OverLoad: 0 yaohongbao: 6/0 0 954 fahongbao:0/0 0 0 "
                    "detail 0 0 0 150 0 0 0 ")
                self.assertEqual(
                    monitor.line(),
                    f"{now} 1 Request: 151 Response: 0 GetHongbao: 3 NoHongbao: 0 AllHongbao: 0 "
                    "OverLoad: 0 yaohongbao: 3/0 477 0 fahongbao:0/0 0 0 "
                    "detail 0 0 151 0 0 0 0 ")
                for stream in (one, two, server):
                    stream.close()
                code, log, said = monitor.end()
            self.assertEqual(code, 0)
            self.assertTrue((log or monitor.line()).startswith(f"{now + 1} 0 Request: 60 "))
            self.assertIn("4 reports over 3 streams", said)
            with open(os.path.join(result, "timeseries.csv")) as file:
                rows = [line.split(",") for line in file.read().splitlines()]
            column = rows[0].index("client_requests_per_s")
            self.assertEqual([row[column] for row in rows[1:]], ["150", "60"])
            self.assertEqual(subprocess.run(["sha256sum", "-c", "--quiet", "SHA256SUMS"],
                                            cwd=result, check=False).returncode, 0)

    def test_a_foreign_stream_is_closed_and_the_others_go_on(self):
        with Monitor() as monitor:
            good, bad = reporting.connect(monitor.port), reporting.connect(monitor.port)
            bad.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            self.assertTrue(reporting.closed_by_the_other(bad))
            for wrong in (reporting.record(int(time.time()) - 9000, 0, {}),
                          reporting.record(int(time.time()), 2, {}),
                          reporting.record(int(time.time()), 0, {7: 1 << 63})):
                stream = reporting.connect(monitor.port)
                stream.sendall(wrong)
                self.assertTrue(reporting.closed_by_the_other(stream))
            now = int(time.time())
            good.sendall(client_second(now, 7))
            self.assertTrue(monitor.line().startswith(f"{now} 0 Request: 7 "))
            self.assertEqual(monitor.wait_for_state(lambda _: True)["streams"]["malformed"], 4)

    def test_a_second_waits_for_the_grace_and_no_longer(self):
        with Monitor("--grace", "1s", "--expect", "2") as monitor:
            stream = reporting.connect(monitor.port)
            now = int(time.time())
            stream.sendall(client_second(now, 7))
            self.assertTrue(monitor.line().startswith(f"{now} 0 Request: 7 "))
            self.assertGreaterEqual(time.time(), now + 2)

    def test_a_reporter_outlives_a_monitor_that_is_killed(self):
        with Monitor() as first:
            stream = reporting.connect(first.port)
            now = int(time.time())
            stream.sendall(client_second(now, 7))
            first.line()
            first.process.kill()
            self.assertTrue(reporting.closed_by_the_other(stream))
            port = first.port
        with Monitor(listen=f"127.0.0.1:{port}") as second:
            stream = reporting.connect(second.port)
            stream.sendall(client_second(now + 1, 8))
            self.assertTrue(second.line().startswith(f"{now + 1} 0 Request: 8 "))


class Refusals(unittest.TestCase):
    def run_monitor(self, *arguments):
        done = subprocess.run([PROGRAM, "live", "monitor", *arguments], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=PATIENCE,
                              check=False, preexec_fn=dies_with_the_test())
        return done.returncode, done.stderr.decode()

    def test_only_this_machine(self):
        code, said = self.run_monitor("--listen", "0.0.0.0:8002", "--http", "10.0.0.1:80",
                                      "--grace", "soon")
        self.assertEqual(code, 2)
        for option in ("--listen: ", "--http: ", "--grace: "):
            self.assertIn(option, said)  # all problems at once

    def test_a_port_that_is_taken(self):
        with Monitor() as monitor:
            code, said = self.run_monitor("--listen", f"127.0.0.1:{monitor.port}", "--no-http")
            self.assertEqual(code, 2)
            self.assertIn("Address already in use", said)
            http = monitor.url.split("/")[2]
            code, said = self.run_monitor("--listen", "127.0.0.1:0", "--http", http)
            self.assertEqual(code, 2)
            self.assertIn("--http: ", said)

    def test_it_ends_when_nobody_reads_its_lines(self):
        with Monitor() as monitor:
            monitor.process.stdout.close()
            stream = reporting.connect(monitor.port)
            stream.sendall(client_second(int(time.time()), 7))
            self.assertEqual(monitor.process.wait(PATIENCE), 1)  # as every verb


class Metrics(unittest.TestCase):
    def test_open_metrics(self):
        with Monitor() as monitor:
            stream = reporting.connect(monitor.port)
            stream.sendall(client_second(int(time.time()), 7))
            monitor.line()
            text, kind = monitor.get("metrics")
            self.assertTrue(kind.startswith("application/openmetrics-text; version=1.0.0"))
            self.assertIn('springtide_requests_total{side="client"} 7\n', text)
            self.assertIn('springtide_latency_seconds_bucket{le="+Inf"} 7\n', text)
            self.assertTrue(text.endswith("# EOF\n"))
            try:
                from prometheus_client.openmetrics import parser
            except ImportError:
                return  # the golden text of the unit test was read by it
            self.assertGreater(len(list(parser.text_string_to_metric_families(text))), 10)

    def test_what_is_not_there(self):
        with Monitor() as monitor:
            for path, status in (("nothing", 404), ("state?after=soon", 400)):
                with self.assertRaises(urllib.error.HTTPError) as refused:
                    monitor.get(path)
                self.assertEqual(refused.exception.code, status)
                self.assertIn("expected", json.loads(refused.exception.read())["error"])


class OurProcesses(unittest.TestCase):
    """Server and driver of ours: both report, both are controlled."""

    def start(self, *arguments):
        process = subprocess.Popen([PROGRAM, "live", *arguments], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                   preexec_fn=dies_with_the_test())
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def line_with(self, process, beginning):
        for line in process.stdout:
            if line.startswith(beginning):
                return line[len(beginning):].strip()
        raise AssertionError(f"no line begins with '{beginning}': {process.stderr.read()}")

    def control(self, url):
        """As soon as somebody listens there."""
        until = time.monotonic() + PATIENCE
        while True:
            try:
                with urllib.request.urlopen(url, timeout=10) as answer:
                    return json.loads(answer.read())
            except urllib.error.HTTPError:
                raise
            except OSError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.05)

    def test_server_and_driver_report_and_take_orders(self):
        with Monitor("--expect", "2") as monitor, tempfile.TemporaryDirectory() as folder:
            there = f"127.0.0.1:{monitor.port}"
            server = self.start("serve", "--listen", "127.0.0.1:0", "--connections", "200",
                                "--control", "127.0.0.1:0", "--monitor", there)
            target = self.line_with(server, "serving at ")
            packets = self.line_with(server, "control at ")
            port = reporting.free_port()
            driver = self.start("load", "--target", target, "--connections", "200", "--rate",
                                "1k/s", "--duration", "9s", "--monitor", there, "--control",
                                f"127.0.0.1:{port}", "-o", os.path.join(folder, "result"),
                                "--no-report", "--lateness-bound", "900ms")
            self.assertEqual(self.control(packets + "/yaohongbao?qps=20&sum=100"),
                             {"qps": 20, "sum": 100})
            self.assertEqual(self.control(f"http://127.0.0.1:{port}/qps?qps=400"), {"qps": 400})
            state = monitor.wait_for_state(
                lambda state: 400 in state["values"]["client.requests"] and
                state["totals"]["packets.received"] > 0)
            values = state["values"]
            self.assertEqual(state["processes"], {"client": 1, "server": 1})
            self.assertIn(200, values["client.connections"])
            self.assertIn(200, values["server.connections"])
            self.assertIn(20, values["packets.issued"])
            self.assertTrue(any(value for value in values["client.latency-p99"]))
            self.assertEqual(state["reports"]["missing"], 0)
            driver.send_signal(signal.SIGTERM)
            driver.communicate(timeout=PATIENCE)


class Page(unittest.TestCase):
    def test_the_page_follows_the_run_and_survives_the_monitor(self):
        with Monitor("--title", "A <b>night</b>") as monitor, Browser() as browser:
            browser.window(1280, 900)
            browser.open(monitor.url)
            browser.wait_for("document.querySelector('#status').innerText.includes('Waiting')"
                             " && document.querySelectorAll('figure.silent').length === 5")
            client, server = reporting.connect(monitor.port), reporting.connect(monitor.port)
            now = int(time.time()) - 20
            for i in range(18):
                client.sendall(client_second(now + i, 30000 + i))
                server.sendall(server_second(now + i, 30000 + i))
            glance = "document.querySelector('#glance').innerText.replace(/\\s/g, '')"
            browser.wait_for(f"{glance}.includes('30017/s')")
            client.sendall(client_second(now + 18, 45678))
            server.sendall(server_second(now + 18, 45678))
            browser.wait_for(f"{glance}.includes('45678/s')")  # without loading it again
            self.assertIn("p99", browser.ask(glance))
            self.assertEqual(browser.ask("document.title"), "A <b>night</b> – live")
            self.assertEqual(browser.ask("document.querySelector('#title').innerText"),
                             "A <b>night</b>")
            self.assertEqual(browser.ask("document.querySelectorAll('figure canvas').length"), 10)
            self.assertEqual(browser.ask("document.querySelectorAll('figure.silent').length"), 0)
            self.check_keyboard(browser)
            self.check_widths(browser)
            monitor.process.kill()
            browser.wait_for("document.documentElement.dataset.state === 'bad'")
            self.assertIn("45678", browser.ask(glance))  # what was seen stays
            quiet = [text for text in browser.logged if "ERR_CONNECTION" not in text and
                     "net::" not in text]
            self.assertEqual(quiet, [])
            outside = browser.ask("performance.getEntriesByType('resource').map(e => e.name)"
                                  f".filter(name => !name.startsWith('{monitor.url}'))")
            self.assertEqual(outside, [])

    def check_keyboard(self, browser):
        focused = []
        for _ in range(6):
            browser.press("Tab")
            focused.append(browser.ask("document.activeElement.innerText"))
            if focused[-1] == "1 min":
                browser.press(" ", "Space", " ")
                break
        browser.wait_for("document.querySelector('[data-span=\"60\"]').ariaPressed === 'true'")
        self.assertEqual(focused[0], "1 min")
        for _ in range(4):  # 5 min, 15 min, Hold, the first line of the first chart
            browser.press("Tab")
        browser.press("Enter", text="\r")
        browser.wait_for("document.querySelector('#requests button').ariaPressed === 'false'")
        browser.ask("document.querySelector('#table summary').focus()")
        browser.press("Enter", text="\r")
        browser.wait_for("document.querySelectorAll('#table tr').length > 5")

    def check_widths(self, browser):
        colours = set()
        for width, height, scheme in ((390, 844, "dark"), (1280, 900, "light")):
            browser.window(width, height, width < 500)
            browser.colours(scheme)
            browser.wait_for("document.documentElement.scrollWidth <= innerWidth")
            browser.wait_for("[...document.querySelectorAll('figure:not(.silent) .canvas')].every("
                             "c => c.getBoundingClientRect().right <= innerWidth)")
            colours.add(browser.ask("getComputedStyle(document.body).backgroundColor"))
            folder = os.environ.get("SPRINGTIDE_PICTURES")
            if folder:
                browser.picture(os.path.join(folder, f"monitor-{scheme}.png"), whole=True)
        self.assertEqual(len(colours), 2)


if __name__ == "__main__":
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    unittest.main(verbosity=1, warnings="ignore")  # of sockets that end with their test
