"""A night that is killed, or stopped, half way goes on from its checkpoint and ends in the same
bytes; what is no checkpoint of it is told before anything runs."""

import json
import os
import signal
import subprocess
import time

from program import (Case, PATIENCE, PROGRAM, QUEUE, ROOT, dies_with_the_test, environment,
                     springtide)

NIGHT = os.path.join(ROOT, "scenarios/gala-2015/one-server.json")
# Small servers, for long enough to be met half way: about two seconds of work.
SMALL = [word for setting in [
    "/duration=30min", "/clients/viewers/population=40000",
    "/clients/viewers/phones/online=20000",
    '/clusters={"east": {"site": "a", "carrier": "x", "servers": 3},'
    ' "west": {"site": "b", "carrier": "x", "servers": 2}}',
    '/clients/viewers/phones/carriers={"x": "100%"}',
    '/clients/viewers/plan/cues/cues={"one": {"at": "0s", "share": "90%"},'
    ' "two": {"at": "10min", "share": "90%"}, "three": {"at": "20min", "share": "90%"}}',
    "/sources={}", "/thresholds={}"] for word in ("--set", setting)]


class CheckpointTest(Case):
    def setUp(self):
        super().setUp()
        self.checkpoint = self.path("night.checkpoint")

    def sums(self, name):
        return self.read(name, "SHA256SUMS")

    def start(self, *arguments):
        process = subprocess.Popen(
            [PROGRAM, "run", *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, env=environment(), preexec_fn=dies_with_the_test())
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.kill)
        return process

    def wait_for_checkpoints(self, process, count):
        """Until so many have been written, one over the other."""
        seen, give_up = set(), time.monotonic() + PATIENCE
        while len(seen) < count:
            self.assertIsNone(process.poll(), "the run is over too early for this test")
            self.assertLess(time.monotonic(), give_up)
            try:
                seen.add(os.stat(self.checkpoint).st_mtime_ns)  # its number may be used again
            except FileNotFoundError:
                pass
            time.sleep(0.001)

    def test_a_night_killed_again_and_again_ends_in_the_same_bytes(self):
        whole = springtide("run", NIGHT, *SMALL, "--seed", "5", "-o", self.path("whole"))
        self.assertEqual(whole.returncode, 0, whole.stderr)
        arguments = [NIGHT, *SMALL, "--seed", "5"]
        for count in (1, 2, 4, 7):  # wherever the kill falls, within a checkpoint or between two
            process = self.start(*arguments, "-o", self.path("killed"), "--threads", "1",
                                 "--checkpoint", self.checkpoint, "--checkpoint-every", "0s")
            self.wait_for_checkpoints(process, count)
            process.kill()
            self.assertEqual(process.wait(PATIENCE), -signal.SIGKILL)
            self.assertFalse(os.path.exists(self.path("killed")))
            arguments = ["--resume", self.checkpoint]
        done = springtide("run", "--resume", self.checkpoint, "--threads", "2",
                          "-o", self.path("resumed"))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.sums("resumed"), self.sums("whole"))
        manifest, first = (json.loads(self.read(name, "manifest.json"))
                           for name in ("resumed", "whole"))
        self.assertEqual(manifest["command"], first["command"])
        self.assertGreater(int(manifest["more"]["resumed_at_s"]), 0)
        self.assertNotIn("resumed_at_s", first.get("more", {}))

    def test_ctrl_c_keeps_the_night(self):
        whole = springtide("run", NIGHT, *SMALL, "-o", self.path("whole"))
        self.assertEqual(whole.returncode, 0, whole.stderr)
        process = self.start(NIGHT, *SMALL, "-o", self.path("partial"),
                             "--threads", "1", "--checkpoint", self.checkpoint,
                             "--checkpoint-every", "0s")
        self.wait_for_checkpoints(process, 1)
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=PATIENCE)[0].decode()
        self.assertEqual(process.returncode, 130)
        self.assertIn("--resume " + self.checkpoint, said)
        done = springtide("run", NIGHT, *SMALL, "--resume", self.checkpoint,
                          "-o", self.path("resumed"))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.sums("resumed"), self.sums("whole"))

    def test_what_is_not_this_nights_checkpoint_is_told(self):
        process = self.start(NIGHT, *SMALL, "-o", self.path("result"), "--threads", "1",
                             "--checkpoint", self.checkpoint, "--checkpoint-every", "0s")
        self.wait_for_checkpoints(process, 1)
        process.kill()
        process.wait(PATIENCE)
        with open(self.checkpoint, "rb") as stream:
            whole = stream.read()
        with open(self.path("cut"), "wb") as stream:
            stream.write(whole[:len(whole) // 2])
        for arguments, expected in [
                ([NIGHT, *SMALL, "--set", "/title=Other", "--resume", self.checkpoint],
                 "another scenario or seed"),
                (["--resume", self.checkpoint, "--seed", "9"], "another scenario or seed"),
                (["--resume", self.checkpoint, "--set", "/title=Other"], "need the scenario"),
                (["--resume", self.path("cut")], "ends early"),
                (["--resume", NIGHT], "not a checkpoint"),
                (["--resume", self.path("none")], "cannot be read"),
                ([QUEUE, "--checkpoint", self.path("queue")], "only a run on the fleet road"),
                ([NIGHT, *SMALL, "--checkpoint", self.path("no", "place")], "cannot be written"),
                ([NIGHT, "--checkpoint", self.path("x"), "--checkpoint-every", "5"], "such as 30s"),
                ([], "FILE is required")]:
            with self.subTest(expected=expected, arguments=arguments):
                done = springtide("run", *arguments, "-o", self.path("result"))
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertIn(expected, done.stderr)
                self.assertFalse(os.path.exists(self.path("result")))
