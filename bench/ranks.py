#!/usr/bin/python3
"""Weak scaling over ranks: the peak minute of the gala with as many servers for each rank, and all
that they share (users, packets, back ends, links) in proportion.

    bench/ranks.py PROGRAM [SERVERS A CLUSTER AND RANK]        18 clusters; default 6

Prints a row for each number of ranks, of one thread each, and one for one rank of two threads. Wall
time is that of the manifest; memory the largest of a rank's. With fewer cores than ranks the ranks
take turns, and the time grows with them.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
sys.dont_write_bytecode = True
sys.path.append(os.path.join(ROOT, "tests", "ranks"))
import launcher  # noqa: E402

SCENARIO = os.path.join(ROOT, "scenarios", "gala-2015", "peak-minute.json")


def times(quantity, share):
    """A number, or text of a number and a unit, so many times as much."""
    if isinstance(quantity, (int, float)):
        return max(1, round(quantity * share))
    number, unit = re.fullmatch(r"([0-9.e]+)(.*)", quantity).groups()
    return f"{float(number) * share:.9g}{unit}"


def part_of(scenario, servers):
    """The overlay that leaves so many servers in each cluster."""
    share = servers * len(scenario["clusters"]) / sum(
        cluster["servers"] for cluster in scenario["clusters"].values())
    viewers = scenario["clients"]["viewers"]
    return {
        "clusters": {name: {"servers": servers} for name in scenario["clusters"]},
        "clients": {"viewers": {
            "population": times(viewers["population"], share),
            "phones": {"online": times(viewers["phones"]["online"], share)}}},
        "packets": {name: {"rate": times(pool["rate"], share), "count": times(pool["count"], share)}
                    for name, pool in scenario.get("packets", {}).items()},
        "nodes": {name: {"workers": times(node["workers"], share)}
                  for name, node in scenario["nodes"].items() if "workers" in node},
        "resources": {name: {"bandwidth": {link: times(rate, share)
                                           for link, rate in resource["bandwidth"].items()}}
                      for name, resource in scenario.get("resources", {}).items()},
        "sources": None, "thresholds": None}


def watch(mpirun, peaks):
    """Keeps the largest memory of every process of the run, in kB."""
    while mpirun.poll() is None:
        try:
            with open(f"/proc/{mpirun.pid}/task/{mpirun.pid}/children", encoding="utf-8") as stream:
                children = stream.read().split()
            for child in children:
                with open(f"/proc/{child}/status", encoding="utf-8") as stream:
                    for line in stream:
                        if line.startswith("VmHWM"):
                            peaks[child] = int(line.split()[1])
        except (FileNotFoundError, ProcessLookupError):
            pass
        time.sleep(0.05)


def measure(program, ranks, threads, overlay, place):
    result = os.path.join(place, "result")
    patch = os.path.join(place, "part.json")
    with open(patch, "w", encoding="utf-8") as stream:
        json.dump(overlay, stream)
    mpirun = subprocess.Popen(
        launcher.command("mpirun", ranks, program, "run", SCENARIO, "--overlay", patch, "--threads",
                         str(threads), "--no-report", "--json", "--force", "-o", result),
        env=launcher.environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    peaks = {}
    watcher = threading.Thread(target=watch, args=(mpirun, peaks))
    watcher.start()
    told = json.loads(mpirun.communicate()[0])
    watcher.join()
    with open(os.path.join(result, "manifest.json"), encoding="utf-8") as stream:
        seconds = json.load(stream)["wall_seconds"]
    return told["requests"]["shake"]["offered"], seconds, max(peaks.values()) / 1024


def main():
    if len(sys.argv) not in (2, 3):
        raise SystemExit(__doc__)
    program = os.path.abspath(sys.argv[1])
    each = int(sys.argv[2]) if len(sys.argv) == 3 else 6
    with open(SCENARIO, encoding="utf-8") as stream:
        scenario = json.load(stream)
    cores = os.cpu_count()
    print(f"{cores} cores here\n\n| ranks | threads each | servers | requests | seconds | "
          "ns a request and busy core | MB a rank, most |\n|---|---|---|---|---|---|---|")
    for ranks, threads in ((1, 1), (2, 1), (1, 2), (4, 1)):
        servers = each * ranks * threads
        with tempfile.TemporaryDirectory(prefix="springtide-ranks-") as place:
            requests, seconds, memory = measure(program, ranks, threads,
                                                part_of(scenario, servers), place)
        busy = min(ranks * threads, cores)
        print(f"| {ranks} | {threads} | {servers * len(scenario['clusters'])} | {requests:.3g} | "
              f"{seconds:.1f} | {seconds * busy * 1e9 / requests:.1f} | {memory:.0f} |", flush=True)


if __name__ == "__main__":
    main()
