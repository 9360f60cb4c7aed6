"""A run from the outside: what it prints and what it writes. How it fails: fault_test.py."""

import json
import os
import signal
import subprocess

from program import Case, ENDLESS, OnTerminal, QUEUE, SHORT, springtide

ESCAPE = "\033["


class OutcomeTest(Case):
    def run_short(self, *more, name="result", **options):
        return springtide("run", QUEUE, *SHORT, "-o", self.path(name), *more, **options)

    def test_a_run_that_passes_tells_what_a_person_needs(self):
        done = self.run_short("--seed", "7")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        for pattern in [r"seed +7\n", r"fingerprint +[0-9a-f]{16}\n", r"verdict +passed\n",
                        r"report +\S*result/report\.html\n", r"offered \d", r"threshold +pass"]:
            self.assertRegex(done.stdout, pattern)
        self.assertNotIn(ESCAPE, done.stdout)
        for name in ["manifest.json", "summary.json", "verdict.json", "scenario.json",
                     "timeseries.csv", "report.html", "SHA256SUMS"]:
            self.assertTrue(os.path.getsize(self.path("result", name)), name)
        self.assertEqual(os.listdir(self.directory), ["result"])

    def test_the_sums_hold(self):
        self.run_short()
        done = subprocess.run(["sha256sum", "-c", "--quiet", "SHA256SUMS"], check=False,
                              cwd=self.path("result"), stdout=subprocess.PIPE)
        self.assertEqual((done.returncode, done.stdout), (0, b""))

    def test_json_is_all_of_stdout(self):
        done = self.run_short("--json")
        outcome = json.loads(done.stdout)
        self.assertEqual(outcome["verdict"], "passed")
        self.assertEqual(outcome["exit_code"], done.returncode)
        self.assertEqual(outcome["seed"], 1)
        self.assertTrue(os.path.exists(outcome["report"]))
        requests = outcome["requests"]["serve"]
        self.assertEqual(requests["offered"],
                         sum(count for name, count in requests.items()
                             if name not in ("offered", "not sent")))
        self.assertEqual(outcome["thresholds"][0]["metric"], "serve.latency")

    def test_the_seed_decides_the_fingerprint_and_the_threads_do_not(self):
        def fingerprint(name, *more):
            return json.loads(self.run_short("--json", *more, name=name).stdout)["fingerprint"]
        first = fingerprint("a", "--threads", "1")
        self.assertEqual(first, fingerprint("b", "--threads", "2"))
        self.assertNotEqual(first, fingerprint("c", "--seed", "2"))

    def test_a_failed_threshold_is_exit_99_and_leaves_its_result(self):
        done = self.run_short("--set", '/thresholds/serve.latency=["p(50)<1us"]')
        self.assertEqual(done.returncode, 99)
        self.assertRegex(done.stdout, r"threshold +FAIL")
        self.assertRegex(done.stdout, r"verdict +threshold failed\n")
        self.assertFalse(json.loads(self.read("result", "verdict.json"))["passed"])

    def test_overlays_and_settings_reach_the_effective_scenario(self):
        overlay = self.write("overlay.json", '{"nodes": {"node": {"workers": 9}}}')
        self.run_short("--overlay", overlay, "--set", "/title=Nine")
        effective = json.loads(self.read("result", "scenario.json"))
        self.assertEqual(effective["nodes"]["node"]["workers"], 9)
        self.assertEqual(effective["title"], "Nine")

    def test_an_earlier_result_is_replaced_only_with_force(self):
        self.run_short()
        before = self.read("result", "SHA256SUMS")
        done = self.run_short("--seed", "2")
        self.assertEqual(done.returncode, 2)
        self.assertIn("--force", done.stderr)
        self.assertEqual(self.read("result", "SHA256SUMS"), before)
        self.assertEqual(self.run_short("--seed", "2", "--force").returncode, 0)
        self.assertNotEqual(self.read("result", "SHA256SUMS"), before)

    def test_force_never_replaces_what_is_not_a_result(self):
        os.mkdir(self.path("result"))
        self.write("result/letter.txt", "dear")
        self.assertEqual(self.run_short("--force").returncode, 2)
        self.assertEqual(self.read("result", "letter.txt"), "dear")

    def test_without_a_report_no_report_is_written(self):
        done = self.run_short("--no-report")
        self.assertEqual(done.returncode, 0)
        self.assertNotIn("report.html", done.stdout)
        self.assertFalse(os.path.exists(self.path("result", "report.html")))

    def test_the_report_can_be_drawn_again_from_the_data(self):
        self.run_short()
        before = self.read("result", "SHA256SUMS")
        os.remove(self.path("result", "report.html"))
        done = springtide("report", self.path("result"))
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(done.stdout, self.path("result", "report.html") + "\n")
        self.assertEqual(self.read("result", "SHA256SUMS"), before)

    def test_a_directory_without_a_result_has_no_report(self):
        for name in [self.directory, self.path("missing"), QUEUE]:
            done = springtide("report", name)
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertIn("error:", done.stderr)
        self.assert_nothing_written()

    def test_a_result_compared_with_itself_is_the_same(self):
        self.run_short()
        done = springtide("compare", self.path("result"), self.path("result"))
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertTrue(done.stdout)


class TerminalTest(Case):
    def test_colour_is_for_terminals_and_obeys_no_color(self):
        for value, coloured in [(None, True), ("", True), ("1", False)]:
            variables = {} if value is None else {"NO_COLOR": value}
            with self.subTest(variables):
                program = OnTerminal("run", QUEUE, *SHORT, "--force", "-o", self.path("result"),
                                     on="stdout", **variables)
                code, errors = program.finish()
                self.assertEqual((code, errors), (0, ""))
                self.assertEqual(ESCAPE in program.seen, coloured)

    def test_progress_is_on_stderr_and_leaves_no_trace(self):
        program = OnTerminal("run", QUEUE, *ENDLESS, "-o", self.path("result"))
        self.addCleanup(program.process.kill)
        program.read_until("requests")
        self.assertRegex(program.seen, r"\[#*\.*\] +\d+ %  \d+:\d\d")
        program.process.send_signal(signal.SIGINT)
        code, said = program.finish()
        self.assertEqual(code, 130)
        self.assertNotIn("[#", said)
        self.assertTrue(program.seen.endswith("\r\033[K") or "stopping" in program.seen)
