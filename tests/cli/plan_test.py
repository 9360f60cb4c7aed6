"""The verbs that plan: estimate and sweep, from the outside."""

import csv
import json
import os

from program import Case, QUEUE, ROOT, springtide

AMS = os.path.join(ROOT, "scenarios/ams-2016/estimate.json")
BOUNDED = os.path.join(ROOT, "scenarios/textbook/mm10-20.json")


class EstimateTest(Case):
    def estimate(self, *more, name="plan"):
        return springtide("estimate", AMS, "-o", self.path(name), *more)

    def test_the_plan_of_2016_is_told_and_written(self):
        done = self.estimate()
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertRegex(done.stdout, r"visitors +dynamic requests +96000 ")
        self.assertRegex(done.stdout, r"verdict +the plan holds\n")
        page = self.read("plan", "report.html")
        for part in ["The plan", "plan.links", "reporting.shanghai", "visitors.exposures"]:
            self.assertIn(part, page)
        with open(self.path("plan", "tables", "plan.links.csv"), encoding="utf-8") as stream:
            rows = {row["link"]: row for row in csv.DictReader(stream)}
        self.assertEqual(float(rows["reporting.shanghai"]["utilisation, %"]), 80)
        self.assertEqual(json.loads(self.read("plan", "manifest.json"))["world"], "estimate")

    def test_a_plan_that_does_not_hold_is_exit_3(self):
        done = self.estimate("--no-report", "--set", "/clients/visitors/plan/funnel/clicks=42%")
        self.assertEqual(done.returncode, 3)
        self.assertRegex(done.stdout, r"verdict +the plan does not hold\n")

    def test_the_same_bytes_again(self):
        self.estimate(name="a")
        self.estimate(name="b")
        self.assertEqual(self.read("a", "SHA256SUMS"), self.read("b", "SHA256SUMS"))

    def test_json_is_all_of_stdout(self):
        outcome = json.loads(self.estimate("--no-report", "--json").stdout)
        self.assertAlmostEqual(outcome["figures"]["reporting.shanghai.utilisation"]["value"], 0.8)
        self.assertEqual(outcome["tables"]["plan.funnel"][0][0], "clients")

    def test_what_cannot_be_estimated_is_told_where_it_stands(self):
        gala = os.path.join(ROOT, "scenarios/gala-2015/one-server.json")
        done = springtide("estimate", gala, "-o", self.path("plan"))
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertRegex(done.stderr, r"one-server\.json:\d+:\d+: error: /services/\S+: ")
        self.assert_nothing_written()

    def test_a_plan_and_a_run_of_it_can_be_compared(self):
        springtide("estimate", QUEUE, "--no-report", "-o", self.path("plan"))
        springtide("run", QUEUE, "--no-report", "--set", "/duration=40s", "-o", self.path("run"))
        done = springtide("compare", self.path("plan"), self.path("run"))
        self.assertEqual((done.returncode, done.stderr), (0, ""))


class SweepTest(Case):
    def sweep(self, *more, name="sweep", file=BOUNDED):
        return springtide("sweep", file, "--no-report", "--set", "/duration=3s", "--set",
                          "/warmup=1s", "-o", self.path(name), *more)

    LOADS = ["--vary", "/clients/crowd/plan/poisson", "--from", "50k/s", "--to", "150k/s",
             "--steps", "3"]

    def rows(self, name="sweep"):
        with open(self.path(name, "tables", "capacity.csv"), encoding="utf-8") as stream:
            return list(csv.DictReader(stream))

    def test_a_bounded_queue_carries_what_theory_says_and_has_its_knee(self):
        done = self.sweep(*self.LOADS)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        rows = self.rows()
        self.assertEqual([row["value, 1/s"] for row in rows], ["50000", "100000", "150000"])
        self.assertEqual([row["knee"] for row in rows], ["knee", "", ""])
        # M/M/10/20 at 100 000/s and 150 000/s, 100 us each: Erlang's formulas.
        for row, carried in zip(rows, [50_000, 93_179, 99_837]):
            self.assertAlmostEqual(float(row["carried/s"]) / carried, 1, delta=0.01)
        self.assertRegex(done.stdout, r"capacity\.knee\.value +50000 1/s")

    def test_the_bytes_do_not_depend_on_how_many_runs_go_side_by_side(self):
        self.sweep(*self.LOADS, "--seeds", "2", "--threads", "1", name="one")
        self.sweep(*self.LOADS, "--seeds", "2", "--threads", "4", name="four")
        self.assertEqual(self.read("one", "SHA256SUMS"), self.read("four", "SHA256SUMS"))

    def test_what_it_takes_is_the_first_value_from_which_all_is_carried(self):
        done = self.sweep("--vary", "/nodes/node/workers", "--from", "8", "--to", "20", "--steps",
                          "5")
        self.assertEqual(done.returncode, 0)
        rows = self.rows()
        self.assertEqual([row["value"] for row in rows], ["8", "11", "14", "17", "20"])
        self.assertEqual([row["knee"] for row in rows].index("knee"), 3)

    def test_steps_by_the_logarithm(self):
        self.sweep("--vary", "/clients/crowd/plan/poisson", "--from", "1k/s", "--to", "16k/s",
                   "--steps", "5", "--log")
        self.assertEqual([row["value, 1/s"] for row in self.rows()],
                         ["1000", "2000", "4000", "8000", "16000"])

    def test_the_report_draws_the_capacity(self):
        springtide("sweep", BOUNDED, "--set", "/duration=2s", "--set", "/warmup=0s", "-o",
                   self.path("sweep"), *self.LOADS)
        page = self.read("sweep", "report.html")
        for part in ["Capacity", "goodput", "knee", "Latency against load"]:
            self.assertIn(part, page)
        self.assertTrue(os.path.exists(self.path("sweep", "charts", "capacity.svg")))

    def test_a_wrong_value_or_pointer_is_told_and_nothing_is_run(self):
        wrong = {
            ("/nodes/node/workers", "1.5", "3"): r"--vary /nodes/node/workers=1\.5: error: "
                                                 r"/nodes/node/workers: ",
            ("/clients/crowd/plan/poison", "1/s", "2/s"): r": error: /clients/crowd/plan",
            ("/clients/crowd/plan/poisson", "fast", "2/s"): r"--from: error: .*'fast'",
            ("/clients/crowd/plan/poisson", "1/s", "2ms"): r"--to: error: .*another kind",
            ("/clients/crowd/plan/poisson", "2/s", "1/s"): r"--to: error: .*not above",
            ("clients", "1/s", "2/s"): r"--vary: error: .*not a JSON pointer",
        }
        for (pointer, low, high), told in wrong.items():
            with self.subTest(pointer=pointer, low=low, high=high):
                done = self.sweep("--vary", pointer, "--from", low, "--to", high, "--steps", "2")
                self.assertEqual((done.returncode, done.stdout), (2, ""))
                self.assertRegex(done.stderr, told)
                self.assert_nothing_written()

    def test_a_world_without_such_metrics_says_so(self):
        done = springtide("sweep", os.path.join(ROOT, "scenarios/hongbao-2017/30k.json"), "--vary",
                          "/seed", "--from", "1", "--to", "3", "--steps", "2", "-o",
                          self.path("sweep"))
        self.assertEqual(done.returncode, 2)
        self.assertIn("a sweep is of stations and service chains", done.stderr)
