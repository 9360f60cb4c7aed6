#!/usr/bin/python3
"""A part of a fleet: the scenario with an N-th of the servers of each cluster, and of all that they
share (users, packets, back ends, links). For comparing the speed of two builds where the whole
takes too long.

    bench/part.py scenarios/gala-2015/night.json 10 > /tmp/part.json
    bench_fleet /tmp/part.json 2
"""

import json
import sys

from ranks import times


def keep_part(scenario, part):
    """Leaves an N-th of the servers, at least one in each cluster, in place."""
    clusters = scenario["clusters"].values()
    before = sum(cluster["servers"] for cluster in clusters)
    for cluster in clusters:
        cluster["servers"] = times(cluster["servers"], 1 / part)
    share = sum(cluster["servers"] for cluster in clusters) / before

    def shrink(table, *keys):
        for key in keys:
            if key in table:
                table[key] = times(table[key], share)

    viewers = scenario["clients"]["viewers"]
    shrink(viewers, "population")
    shrink(viewers["phones"], "online")
    for node in scenario["nodes"].values():
        shrink(node, "workers")
    for pool in scenario.get("packets", {}).values():
        shrink(pool, "rate", "count")
    for resource in scenario.get("resources", {}).values():
        shrink(resource["bandwidth"], *resource["bandwidth"])


def main():
    with open(sys.argv[1], encoding="utf-8") as stream:
        scenario = json.load(stream)
    keep_part(scenario, float(sys.argv[2]))
    json.dump(scenario, sys.stdout, indent=1)


if __name__ == "__main__":
    main()
