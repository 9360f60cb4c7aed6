#!/usr/bin/python3
"""The night of 2016 (scenarios/ams-2016): what gives way, in which order, and what saves it.

    tests/cli/ams_test.py build/release/springtide [--whole] [NAME OF A TEST ...]

The runs are at a fraction of the night's size (smaller_night.py). --whole: the night itself, which
is minutes of work, and the what-ifs at a hundredth. What is published ("sources" of the scenario):
reporting gives way first, then the bandwidth of the log's storage, then 1.2e7 messages wait.
"""

import csv
import json
import os
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
if len(sys.argv) > 1:
    os.environ["SPRINGTIDE"] = os.path.abspath(sys.argv.pop(1))
WHOLE = "--whole" in sys.argv
if WHOLE:
    sys.argv.remove("--whole")

from program import springtide  # noqa: E402
from smaller_night import load, night  # noqa: E402

DIVISOR = 1 if WHOLE else 400  # of the night
WHAT_IF_DIVISOR = 100 if WHOLE else 400
PATIENCE = 3600  # seconds until a test gives up on a run; see DIVISOR
PEAK = range(120, 342)  # phase "peak"
LOST = range(185, 300)  # of incident shanghai-lost, without the first seconds
USERS_PATH = ["abuse", "cmem", "lottery", "rules", "session", "stgw", "stock", "web"]


class Outcome:
    """What a run left in its result directory."""

    def __init__(self, divisor, *what_ifs):
        self.divisor = divisor
        with tempfile.TemporaryDirectory(prefix="springtide-ams-") as folder:
            file, result = os.path.join(folder, "night.json"), os.path.join(folder, "result")
            with open(file, "w", encoding="utf-8") as stream:
                json.dump(night(divisor, *what_ifs), stream)
            done = springtide("run", file, "--no-report", "-o", result, timeout=PATIENCE,
                              processor_seconds=2 * PATIENCE)  # the whole night: twenty minutes
            if done.returncode not in (0, 99):
                raise AssertionError(done.stderr)
            self.passed = done.returncode == 0
            self.read(result)

    def read(self, result):
        with open(os.path.join(result, "summary.json"), encoding="utf-8") as stream:
            summary = json.load(stream)
        with open(os.path.join(result, "timeseries.csv"), encoding="utf-8") as stream:
            columns = {rows[0]: rows[1:] for rows in zip(*csv.reader(stream))}
        self.series = {one["name"]: [float(value or 0) for value in columns[one["column"]]]
                       for one in summary["series"]}
        self.figures = {one["name"]: one["value"] for one in summary["figures"]}
        self.broken = [one["name"] for one in summary["checks"] if not one["holds"]]
        with open(os.path.join(result, "tables/services.csv"), encoding="utf-8") as stream:
            self.services = {row["service"]: row for row in csv.DictReader(stream)}

    def total(self, names, seconds):
        """Of series, over a span of seconds, in the size of the whole night."""
        return self.divisor * sum(self.series[name][second] for name in names for second in seconds)

    def of_both_sites(self, service, what, seconds):
        return self.total([f"{service}.{site}.{what}" for site in ("shenzhen", "shanghai")],
                          seconds)

    def goodput(self, operation, seconds):
        return (self.total([operation + ".goodput"], seconds)
                / self.total([operation + ".requests"], seconds))

    def first(self, name, bound):
        """The first second in which a series is at least so large; after the night where none."""
        values = self.series[name]
        return next((i for i, value in enumerate(values) if value >= bound), len(values))

    def backlog(self, second):
        return self.total(["queue.deliveries.backlog", "queue.long-term.backlog"], [second])


OUTCOMES = {}


def outcome(*what_ifs):
    if what_ifs not in OUTCOMES:
        OUTCOMES[what_ifs] = Outcome(WHAT_IF_DIVISOR if what_ifs else DIVISOR, *what_ifs)
    return OUTCOMES[what_ifs]


class FilesTest(unittest.TestCase):
    MAY_DIFFER = {"title", "description", "duration", "warmup", "start-clock", "planning",
                  "sources", "playbooks", "incidents", "reconciliation", "phases", "thresholds"}
    EXPANDED = {"web", "session", "rules", "abuse", "lottery", "delivery"}

    def test_estimate_and_night_are_one_chain(self):
        plan, run = load("estimate.json"), load("night.json")
        for funnel in (one["clients"]["visitors"]["plan"]["funnel"] for one in (plan, run)):
            del funnel["exposures"]
        del run["queues"]["long-term"], run["nodes"]["archive"]  # where a playbook diverts to
        for name in self.EXPANDED:
            before, after = plan["nodes"][name].pop("sites"), run["nodes"][name].pop("sites")
            for site in before:
                self.assertLess(before[site], after[site])
        for one in (plan, run):
            del one["nodes"]["cmem"]["network-card"]  # replaced: what-if/old-cards
        for key in sorted((set(plan) | set(run)) - self.MAY_DIFFER):
            self.assertEqual(plan.get(key), run.get(key), key)

    def test_the_old_cards_of_the_night_are_those_of_the_plan(self):
        self.assertEqual(load("what-if", "old-cards.json")["nodes"]["cmem"]["network-card"],
                         load("estimate.json")["nodes"]["cmem"]["network-card"])


class NightTest(unittest.TestCase):
    def test_reporting_gives_way_first_then_the_disks_of_the_log_then_millions_wait(self):
        it = outcome()
        arrivals = [it.of_both_sites("reporting", "arrivals", [i]) for i in range(540)]
        dropped = [it.of_both_sites("reporting", "turned-away", [i]) for i in range(540)]
        reporting = next(i for i in range(540) if dropped[i] > 0.05 * arrivals[i])
        disks = it.first("disk.log.utilisation", 0.999)
        waiting = next(i for i in range(540) if it.backlog(i) > 2e6)
        self.assertLess(reporting, disks)
        self.assertLess(disks, waiting)
        self.assertTrue(75 <= reporting < 100 and 120 <= disks < 130 and waiting < 170,
                        (reporting, disks, waiting))

    def test_12_million_messages_wait_at_the_end_of_the_peak(self):
        it = outcome()
        self.assertAlmostEqual(max(map(it.backlog, range(540))) / 1.2e7, 1, delta=0.05)
        self.assertAlmostEqual(it.backlog(345) / 1.2e7, 1, delta=0.06)

    def test_200_000_a_second_come_and_146_000_are_delivered(self):
        it = outcome()
        peak = range(130, 340)
        requests = it.total(["page.requests", "claim.requests"], peak) / len(peak)
        self.assertAlmostEqual(requests / 200_040, 1, delta=0.01)
        delivered = it.total(["queue.deliveries.delivered"], peak) / len(peak)
        self.assertAlmostEqual(delivered / 146_000, 1, delta=0.01)

    def test_every_delivery_owed_is_made_once_in_the_end(self):
        it = outcome()
        self.assertEqual(it.figures["queue.deliveries.owed"], 0)
        self.assertLess(it.figures["queue.deliveries.last-delivery"], 600)
        self.assertEqual(it.broken, [])

    def test_the_users_path_holds(self):
        it = outcome()
        self.assertTrue(it.passed)
        for operation in ("page", "claim"):
            self.assertGreater(it.goodput(operation, PEAK), 0.999)
        for service in USERS_PATH:
            for site in ("shenzhen", "shanghai"):
                self.assertEqual(it.services[f"{service}.{site}"]["state"], "held", service)

    def test_of_reporting_60_percent_is_carried_at_the_peak(self):
        it = outcome()
        peak = range(130, 340)
        carried = it.of_both_sites("reporting", "carried", peak)
        self.assertAlmostEqual(carried / it.total(["page.requests", "claim.requests"], peak), 0.6,
                               delta=0.01)


class WhatIfTest(unittest.TestCase):
    def test_with_the_old_cards_cmem_is_full_first_of_the_users_path_and_users_are_refused(self):
        it = outcome("old-cards")
        self.assertLess(it.first("card.cmem.utilisation", 0.99), 120)
        self.assertEqual(it.first("disk.log.utilisation", 0.999), 540)
        self.assertFalse(it.passed)
        for operation in ("page", "claim"):
            self.assertLess(it.goodput(operation, PEAK), 0.8)

    def test_another_site_takes_over_and_without_failover_half_of_the_users_see_nothing(self):
        over, alone = outcome("site-lost"), outcome("site-lost-no-failover")
        for operation in ("page", "claim"):
            self.assertGreater(over.goodput(operation, LOST), 0.97)
            self.assertAlmostEqual(alone.goodput(operation, LOST), 0.5, delta=0.05)

    def test_half_of_the_reports_is_carried_whole_when_the_other_half_is_not_sent(self):
        it, after = outcome("sample-reporting"), range(180, 340)
        self.assertGreater(it.of_both_sites("reporting", "turned-away", range(100, 140)), 0)
        self.assertLess(it.of_both_sites("reporting", "turned-away", after),
                        0.02 * it.of_both_sites("reporting", "arrivals", after))
        self.assertAlmostEqual(it.of_both_sites("reporting", "carried", after)
                               / it.total(["page.requests", "claim.requests"], after), 0.5,
                               delta=0.02)

    def test_less_promotion_keeps_the_backlog_below_half(self):
        it = outcome("stop-promotion")
        self.assertLess(max(map(it.backlog, range(540))), 0.5 * 1.2e7)
        self.assertTrue(it.passed)

    def test_new_cards_give_cmem_back_to_the_users(self):
        it = outcome("faster-cards")
        self.assertLess(it.goodput("page", range(150, 290)), 0.8)
        self.assertGreater(it.goodput("page", range(320, 342)), 0.99)

    def test_a_backlog_that_is_diverted_leaves_the_disks_of_the_log_and_is_delivered(self):
        it = outcome("divert-the-backlog")
        moved = it.first("queue.long-term.backlog", 1)
        self.assertTrue(200 < moved < 330, moved)
        self.assertLess(max(it.series["disk.log.utilisation"][moved + 10:342]), 0.9)
        self.assertEqual(it.figures["queue.deliveries.owed"], 0)
        self.assertEqual(it.broken, [])

    def test_all_playbooks_keep_half_of_the_reports_and_half_of_the_backlog(self):
        none, it = outcome(), outcome("all-playbooks")
        self.assertTrue(it.passed)
        self.assertLess(max(map(it.backlog, range(540))),
                        0.5 * max(map(none.backlog, range(540))))
        after = range(200, 340)
        self.assertLess(it.of_both_sites("reporting", "turned-away", after),
                        0.1 * none.of_both_sites("reporting", "turned-away", after))
        self.assertEqual(it.of_both_sites("component-1", "arrivals", after), 0)

    def test_a_partner_five_times_as_slow_costs_users_nothing_but_lists_and_the_queue_more(self):
        it = outcome("partner-slow")
        self.assertTrue(it.passed)
        self.assertGreater(it.total(["page.degraded"], PEAK), 0)
        self.assertAlmostEqual(max(map(it.backlog, range(540))) / (1.2e7 + 60 * 117e3), 1,
                               delta=0.05)


if __name__ == "__main__":
    unittest.main()
