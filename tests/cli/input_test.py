"""Whatever file is given as a scenario: a diagnostic with position, exit 2, nothing written."""

import json
import os

from command_line_test import golden
from program import Case, QUEUE, springtide


def queue(**changes):
    with open(QUEUE, encoding="utf-8") as stream:
        return {**json.load(stream), **changes}


class InputTest(Case):
    def assert_told(self, done, *words):
        self.assertEqual((done.returncode, done.stdout), (2, ""), done.stderr)
        for word in words:
            self.assertIn(word, done.stderr)

    def run_text(self, text):
        name = self.write("scenario.json", text)
        done = springtide("run", name, "-o", self.path("result"))
        self.assertEqual(os.listdir(self.directory), ["scenario.json"])
        return done

    def test_files_that_cannot_be_read(self):
        self.assert_told(springtide("run", self.path("missing.json")), "missing.json: error:")
        self.assert_told(springtide("run", self.directory), self.directory + ": error:")
        self.assert_told(springtide("run", "/dev/null", "-o", self.path("r")), "/dev/null")
        self.assert_nothing_written()

    def test_text_that_is_not_a_scenario(self):
        broken = {
            "empty": "",
            "blank": " \n\n ",
            "half": '{ "springtide": 1, ',
            "a list": "[]",
            "a number": "10",
            "zero bytes": "\0" * 100,
            "huge number": '{"springtide": 1, "seed": 1' + "0" * 400 + "}",
            "not a number": '{"springtide": 1, "seed": NaN}',
            "a million deep": "[" * 1_000_000,
            "a million deep objects": '{"a":' * 1_000_000,
            "duplicate keys": '{"springtide": 1, "seed": 1, "seed": 2}',
        }
        for name, text in broken.items():
            with self.subTest(name):
                self.assert_told(self.run_text(text), "scenario.json:", "error:")

    def test_bytes_that_are_not_utf8(self):
        name = self.path("latin.json")
        with open(name, "wb") as stream:
            stream.write(b'{"springtide": 1, "title": "caf\xe9"}')
        self.assert_told(springtide("run", name, "-o", self.path("r")), "latin.json", "error:")

    def test_all_problems_of_a_file_are_told_at_once(self):
        text = json.dumps(queue(duration=20, warmup="-1s", durration="1s"), indent=1)
        done = self.run_text(text)
        self.assert_told(done, "/duration", "/warmup", "durration", "hint:")
        self.assertGreaterEqual(done.stderr.count("error:"), 3)

    def test_a_threshold_that_does_not_parse_is_told_before_the_run(self):
        text = json.dumps(queue(thresholds={"serve.latency": ["p(99)<2ms", "q(9)<1"]}), indent=1)
        self.assert_told(self.run_text(text), "scenario.json:", "/thresholds/serve.latency/1")

    def test_an_unknown_metric_names_the_nearest(self):
        text = json.dumps(queue(duration="1s", warmup="0s",
                                thresholds={"serve.latencies": ["p(99)<2ms"]}), indent=1)
        self.assert_told(self.run_text(text), "serve.latencies", "serve.latency")

    def test_thresholds_that_no_run_could_judge_are_the_golden_text(self):
        scenario = queue(duration="24h", thresholds={
            "serve.latencies": ["p(99)<2ms", "avg<1ms"], "serve.latency": ["p(99)<2ms", "value<1"],
            "station.utilisation": ["value<80%", "value<1ms"], "serve.refused": ["max<1"],
            "station.queue-length": ["max<8"], "serve.a/b~c": ["max<8"]})
        self.write("scenario.json", json.dumps(scenario, indent=1))
        for verb in ("check", "run"):
            done = springtide(verb, "scenario.json", cwd=self.directory)
            self.assertEqual(done.returncode, 2)
            self.assertEqual(done.stderr, golden("thresholds.txt", done.stderr))
        self.assertEqual(os.listdir(self.directory), ["scenario.json"])

    def test_settings_and_overlays_are_checked_as_the_file_is(self):
        for setting, word in {"/duration=banana": "/duration", "duration=1s": "--set",
                              "/nodes/node/wokers=1": "wokers"}.items():
            with self.subTest(setting):
                self.assert_told(springtide("run", QUEUE, "--set", setting), word)
        overlay = self.write("overlay.json", '{"nodes": {"node": {"workers": -1}}}')
        self.assert_told(springtide("run", QUEUE, "--overlay", overlay), "overlay.json:1:")
        self.assert_told(springtide("run", QUEUE, "--overlay", self.path("no.json")), "no.json")


class CheckTest(Case):
    def test_a_right_file_is_one_line_on_stdout(self):
        done = springtide("check", QUEUE)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertRegex(done.stdout, r"^ok +\S*mm8\.json  M/M/8: .*\n$")

    def test_all_files_are_judged_and_all_problems_told(self):
        bad = self.write("bad.json", "{")
        worse = self.write("worse.json", '{"springtide": 1}')
        done = springtide("check", bad, QUEUE, worse)
        self.assertEqual(done.returncode, 2)
        lines = done.stdout.splitlines()
        self.assertEqual([line.split()[0] for line in lines], ["WRONG", "ok", "WRONG"])
        self.assertIn("bad.json:1:", done.stderr)
        self.assertIn("worse.json:1:", done.stderr)

    def test_json_lists_one_object_a_file(self):
        done = springtide("check", "--json", QUEUE, self.write("bad.json", "{"))
        self.assertEqual([entry["ok"] for entry in json.loads(done.stdout)], [True, False])
