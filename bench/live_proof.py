#!/usr/bin/python3
"""The figures of live runs as a table: what docs/live.md states, from the results themselves.

    bench/live_proof.py RESULT_DIRECTORY...
"""

import json
import os
import sys


def row(directory):
    if not os.path.exists(os.path.join(directory, "summary.json")):
        return [directory, "no result"] + [""] * 7
    with open(os.path.join(directory, "summary.json"), encoding="utf-8") as file:
        summary = json.load(file)
    with open(os.path.join(directory, "verdict.json"), encoding="utf-8") as file:
        judged = json.load(file)
    verdict = "invalid" if judged["broken_checks"] else "passed" if judged["passed"] else "failed"
    figures = {one["name"]: one["value"] for one in summary["figures"]}
    ledger = summary["ledgers"]["shake"]
    times = summary["distributions"]
    late, latency = times["client.lateness"], times["shake.latency"]
    return [
        os.path.basename(os.path.normpath(directory)), verdict,
        f"{ledger['answered']} of {ledger['offered'] + ledger.get('not_sent', 0)}",
        f"{figures['client.ramp']:.1f}",
        f"{figures['client.processor-time-per-request']:.2f}",
        f"{figures['server.processor-time-per-request']:.2f}",
        f"{late['p50_ms']:.2f} / {late['p99_ms']:.2f}",
        f"{latency['p50_ms']:.2f} / {latency['p99_ms']:.2f}",
        f"{(figures['client.peak-memory'] + figures['server.peak-memory']) / 2**20:.0f}",
    ]


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    rows = [["result", "verdict", "answered", "login s", "driver us", "server us",
             "late ms p50/p99", "latency ms p50/p99", "MiB"]]
    rows += [row(directory) for directory in sys.argv[1:]]
    widths = [max(len(line[i]) for line in rows) for i in range(len(rows[0]))]
    for line in rows:
        print("  ".join(text.ljust(width) for text, width in zip(line, widths)).rstrip())


if __name__ == "__main__":
    main()
