"""The night of 2016 at a fraction of its size, so that it takes a second instead of minutes.

Each node becomes one machine a site with that fraction of its workers, cards and disks; rates,
consumers, queues and triggers shrink alike, times stay. So all that is full in the night is full in
the small one, at the same second. What comes is a smaller number and so varies more: bounds of
triggers on rates stand a tenth further off, or they would not hold for ten seconds running.

    python3 tests/cli/smaller_night.py 100 old-cards > small.json     a hundredth, with this what-if
"""

import json
import math
import os
import re
import sys

from program import ROOT  # puts tests/ on the path
from merge_patch import merged

FOLDER = os.path.join(ROOT, "scenarios/ams-2016")
PREFIX = {"": 1, "k": 1e3, "M": 1e6, "G": 1e9}


def load(*names):
    with open(os.path.join(FOLDER, *names), encoding="utf-8") as stream:
        return json.load(stream)


def number(text):
    """Of a rate or a bandwidth: its value in /s or bit/s."""
    value, prefix = re.fullmatch(r"([\d.]+)([kMG]?)(?:/s|bit/s)", text).groups()
    return float(value) * PREFIX[prefix]


def times(text, factor):
    return f"{number(text) * factor:.12g}{text[text.rindex('bit') if 'bit' in text else -2:]}"


def shrink_node(node, part):
    machines = max(node["sites"].values())
    node["sites"] = {site: 1 for site in node["sites"]}
    if "workers" in node:
        node["workers"] = math.ceil(node["workers"] * machines * part)
    for holder, key in [(node, "storage-bandwidth"), (node.get("network-card", {}), "bandwidth")]:
        if key in holder:
            holder[key] = times(holder[key], machines * part)


def shrink_what_is_full(night, before, part):
    """Reporting and the partner: less than a worker is made up for by its time."""
    reporting, partner = night["services"]["reporting"], night["services"]["idip"]
    workers = before["nodes"]["reporting"]["workers"] * part
    reporting["time"] = f"{0.2 * math.ceil(workers) / workers:.12g}ms"
    reporting["queue"] = math.ceil(reporting["queue"] * part)
    machines = before["nodes"]["idip"]["sites"]["shenzhen"]
    kept = partner.get("bulkheads", {}).get("deliveries", 0) * machines * part
    workers = kept or before["nodes"]["idip"]["workers"] * machines * part
    partner["time"] = {"exponential": {"mean": f"{10 * math.ceil(workers) / workers:.12g}ms"}}
    partner["queue"] = math.ceil(partner["queue"] * machines * part)
    if kept:
        partner["bulkheads"] = {"deliveries": math.ceil(kept)}
        night["nodes"]["idip"]["workers"] = math.ceil(kept) + 1


def shrink_playbooks(night, part):
    slack = {"above": 0.9, "below": 1.1}
    for playbook in night["playbooks"].values():
        for trigger in (playbook.get("when"), playbook.get("undo", {}).get("when")):
            for bound in ("above", "below"):
                if isinstance((trigger or {}).get(bound), int):
                    trigger[bound] = round(trigger[bound] * part)
                elif (trigger or {}).get(bound, "").endswith("/s"):
                    trigger[bound] = times(trigger[bound], part * slack[bound])
        for node, bandwidth in playbook["actions"].get("card", {}).items():
            machines = max(load("night.json")["nodes"][node]["sites"].values())
            playbook["actions"]["card"][node] = times(bandwidth, machines * part)


def night(divisor, *what_ifs):
    """The scenario as an object, with these overlays, at 1/divisor of its size."""
    whole = load("night.json")
    for name in what_ifs:
        whole = merged(whole, load("what-if", name + ".json"))
    if divisor == 1:
        return whole
    small, part = json.loads(json.dumps(whole)), 1 / divisor
    exposures = small["clients"]["visitors"]["plan"]["funnel"]["exposures"]
    for at, rate in exposures.items():
        exposures[at] = times(rate if isinstance(rate, str) else rate["mid"], part)
    for name, node in small["nodes"].items():
        if not name.startswith("component-"):  # they are far from full
            shrink_node(node, part)
    web = small["services"]["web"]
    web["queue"] = math.ceil(web["queue"] * whole["nodes"]["web"]["sites"]["shenzhen"] * part)
    shrink_what_is_full(small, whole, part)
    for queue in small["queues"].values():
        queue["consumers"] = math.ceil(queue["consumers"] * part)
    lists = small["caches"]["user-lists"]
    lists["keys"], lists["size"] = round(lists["keys"] * part), round(lists["size"] * part)
    again = small["reconciliation"]["deliveries"]
    again["rate"] = times(again["rate"], part)
    shrink_playbooks(small, part)
    return small


if __name__ == "__main__":
    json.dump(night(int(sys.argv[1]), *sys.argv[2:]), sys.stdout, indent=1)
