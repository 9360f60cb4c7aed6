"""The JSON Schema, judged by an independent validator (python3-jsonschema).

It must accept every shipped scenario and every example and default that it shows itself, and
refuse each of a list of broken scenarios. Arguments: the springtide program.
"""

import copy
import json
import pathlib
import subprocess
import sys
import unittest

import jsonschema

sys.dont_write_bytecode = True
ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests"))
from children import dies_with_the_test  # noqa: E402
from merge_patch import merged  # noqa: E402

PROGRAM = str(pathlib.Path(sys.argv.pop(1)).resolve())
PATIENCE = 60  # seconds until a test gives up on the program; it needs milliseconds


def springtide(*arguments, check=False):
    """Runs the program to its end, in the project's root, with an empty standard input."""
    return subprocess.run([PROGRAM, *arguments], cwd=ROOT, stdin=subprocess.DEVNULL,
                          capture_output=True, timeout=PATIENCE, check=check,
                          preexec_fn=dies_with_the_test())


SCHEMA = json.loads(springtide("schema", check=True).stdout)
VALIDATOR = jsonschema.Draft7Validator(SCHEMA)

ONLY_FOR_THE_NIGHT = {"forecast-1e7.json", "no-preload.json"}

# (pointer, value): each alone must make textbook/mm8.json unacceptable.
BROKEN = [
    ("/springtide", 2),
    ("/duration", 600),
    ("/duration", "600"),
    ("/duration", "10 min"),
    ("/seed", -1),
    ("/seed", "1"),
    ("/titel", "M/M/8"),
    ("/clients", []),
    ("/clients/crowd/plan", "72k/s"),
    ("/clients/crowd/plan", {}),
    ("/clients/crowd/plan", {"poisson": "72k/s", "constant": "1/s"}),
    ("/clients/crowd/plan", {"poison": "72k/s"}),
    ("/clients/crowd/plan", {"poisson": 72000}),
    ("/clients/crowd/plan", {"poisson": {"first": "72k/s"}}),
    ("/clients/crowd/plan", {"closed": {"users": 0}}),
    ("/clients/crowd/asks", None),
    ("/clients/a.b", {"plan": {"poisson": "1/s"}, "asks": "serve"}),
    ("/operations/serve/calls", []),
    ("/operations/serve/calls", {"a": {}, "b": {}}),
    ("/operations/serve/calls", ["station"]),
    ("/services/station/kind", "queue"),
    ("/services/station/sets", 256),
    ("/services/station/queue", -1),
    ("/services/station/queue", 1.5),
    ("/services/station/discipline", "last"),
    ("/services/station/time", 100),
    ("/services/station/time", {"exponential": {}}),
    ("/services/station/time", {"exponential": {"mean": "2ms", "shape": 1}}),
    ("/services/station/time", {"erlang": {"mean": "2ms", "phases": 0}}),
    ("/services/access", {"on": "node", "kind": "red-packet-access", "time": "1ms"}),
    ("/nodes/node/workers", 0),
    ("/nodes/node/memory", 16),
    ("/nodes/node/network-card", {"bandwidth": "1Gb/s"}),
    ("/runtimes", {"r": {"preset": "go1.7"}}),
    ("/runtimes", {"r": {"preset": "threads", "run-queue": 256}}),
    ("/runtimes", {"r": {"preset": "go1.8", "run-queue": "256"}}),
    ("/links", {"l": {"from": "crowd"}}),
    ("/links", {"l": {"from": "crowd", "to": "station", "loss": 0.1}}),
    ("/thresholds", {"serve.latency": "p(99)<2ms"}),
    ("/sources", {"/duration": 1}),
    ("/clients/crowd/plan", {"funnel": {"exposures": {"low": "1/s", "mid": "2/s"}}}),
    ("/clients/crowd/plan", {"funnel": {"exposures": "1/s", "clicks": {"low": "1%", "mid": "2%",
                                        "high": "3%", "confidence": 0.8}}}),
    ("/clients/crowd/asks", {"serve": 1}),
    ("/clients/crowd/asks", 1),
    ("/operations/serve/calls", {"station": {"timeout": 20}}),
    ("/operations/serve/calls", {"station": {"timout": "20ms"}}),
    ("/operations/serve/calls", {"station": {"calls": [{"station": {"retries": 3}}]}}),
    ("/operations/serve/calls", {"station": {"calls": []}}),
    ("/operations/serve/calls", [{"parallel": {}}]),
    ("/operations/serve/calls", [{"parallel": {"calls": [{"station": {}}], "timeout": "1s"}}]),
    ("/services/station/balancing", "fair"),
    ("/services/station/rate-limit", {"burst": 5}),
    ("/services/x-{1..}", {"on": "node", "time": "1ms"}),
    ("/services/x-{a..3}", {"on": "node", "time": "1ms"}),
    ("/services/x-{1..3}", {"on": "node", "time": "{m}ms"}),
    ("/nodes/node/sites", {"a": 0}),
    ("/queues", {"q": {"on": "node", "over": "drop-newest"}}),
    ("/queues", {"q": {"deliver": {"station": {}}}}),
    ("/playbooks", {"p": {"at": "1s"}}),
    ("/playbooks", {"p": {"at": "1s", "actions": {"switch-off": "station"}}}),
    ("/playbooks", {"p": {"when": {"metric": "serve.x", "above": "much"},
                          "actions": {"admit": {"station": "50%"}}}}),
    ("/reconciliation", {"q": {"every": "1min"}}),
    ("/planning", {"utilisation": 0.7}),
]


def with_value(scenario, pointer, value):
    changed = copy.deepcopy(scenario)
    *path, last = pointer.split("/")[1:]
    target = changed
    for part in path:
        target = target[part]
    target[last] = value
    return changed


def bases(file):
    """What an overlay is meant for: without-NAME for NAME; any other for the whole night and, where
    there is one and it names nothing that only the night has, the peak minute. A scenario of its
    own has none."""
    if file.parent.name != "what-if":
        return [None]
    with_it = file.parents[1] / file.name.removeprefix("without-")
    if with_it.name != file.name and with_it.exists():
        return [with_it]
    night, minute = (file.parents[1] / name for name in ("night.json", "peak-minute.json"))
    return [night] if file.name in ONLY_FOR_THE_NIGHT or not minute.exists() else [night, minute]


def subschemas(tree):
    if isinstance(tree, dict):
        yield tree
        for value in tree.values():
            yield from subschemas(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from subschemas(value)


class SchemaTest(unittest.TestCase):
    def test_the_schema_is_draft_07(self):
        self.assertEqual(SCHEMA["$schema"], "http://json-schema.org/draft-07/schema#")
        jsonschema.Draft7Validator.check_schema(SCHEMA)

    def test_every_shipped_scenario_is_accepted(self):
        files = sorted((ROOT / "scenarios").rglob("*.json"))
        self.assertTrue(files)
        for file in files:
            for base in bases(file):
                with self.subTest(file=file.name, base=base and base.name):
                    scenario = json.loads(file.read_text())
                    if base:
                        scenario = merged(json.loads(base.read_text()), scenario)
                    VALIDATOR.validate(scenario)

    def test_every_example_and_default_is_what_it_is_an_example_of(self):
        for schema in subschemas(SCHEMA):
            shown = list(schema.get("examples", []))
            shown += [schema["default"]] if "default" in schema else []
            alone = {**schema, "definitions": SCHEMA["definitions"]}
            for value in shown:
                with self.subTest(value=value, about=schema.get("description")):
                    jsonschema.Draft7Validator(alone).validate(value)

    def test_entries_by_a_rule_are_accepted(self):
        scenario = json.loads((ROOT / "scenarios/textbook/mm8.json").read_text())
        for pointer, value in [
                ("/services/further-{1..40}", {"on": "node-{n}", "time": "{n}.5ms"}),
                ("/nodes/node-{1..40}-x", {}),
                ("/operations/serve/calls",
                 [{"station": {}}, {"further-{1..40}": {"timeout": "{n}ms"}}])]:
            with self.subTest(pointer=pointer):
                VALIDATOR.validate(with_value(scenario, pointer, value))

    def test_every_broken_scenario_is_refused(self):
        scenario = json.loads((ROOT / "scenarios/textbook/mm8.json").read_text())
        for pointer, value in BROKEN:
            with self.subTest(pointer=pointer, value=value):
                self.assertFalse(VALIDATOR.is_valid(with_value(scenario, pointer, value)))

    def test_the_reader_refuses_what_the_schema_refuses(self):
        for pointer, value in BROKEN:
            setting = f"{pointer}={json.dumps(value)}"
            checked = springtide("check", "scenarios/textbook/mm8.json", "--set", setting)
            with self.subTest(setting=setting):
                self.assertEqual(checked.returncode, 2)
                self.assertIn(b"error: ", checked.stderr)


if __name__ == "__main__":
    unittest.main()
