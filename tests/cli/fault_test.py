"""What goes wrong while a run goes on: signals, full disks, places that cannot be.

Whatever it is, the exit code is the documented one and the final name holds a whole result, what it
held before, or nothing.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time

from program import (Case, ENDLESS, OnTerminal, PATIENCE, PROGRAM, QUEUE, SHORT, environment,
                     dies_with_the_test, limit_file_size, springtide)

# Twelve hours of a slow queue: simulated in about a second, and then a result of so many rows and
# histograms that putting it together and writing it takes long enough to be met.
LARGE_RESULT = ["--set", "/duration=12h", "--set", "/warmup=0s", "--no-report",
                "--set", "/clients/crowd/plan/poisson=50/s"]
# For 20 ms far more requests come than eight workers serve in the 30 s that follow.
LONG_DRAIN = ["--set", "/duration=40ms", "--set", "/warmup=0s", "--no-report",
              "--set", '/clients/crowd/plan/poisson={"0s": "100M/s", "20ms": "1/s"}']


class SignalTest(Case):
    def start_endless(self):
        program = OnTerminal("run", QUEUE, *ENDLESS, "-o", self.path("result"))
        self.addCleanup(program.process.kill)
        program.read_until("requests")  # it runs
        return program

    def test_ctrl_c_once_writes_a_partial_result_marked_as_such(self):
        program = self.start_endless()
        program.process.send_signal(signal.SIGINT)
        code, said = program.finish()
        self.assertEqual(code, 130)
        self.assertIn("stopping", program.seen)
        self.assertRegex(said, r"verdict +interrupted: all values are partial\n")
        self.assertFalse(json.loads(self.read("result", "manifest.json"))["complete"])
        self.assertEqual(os.listdir(self.directory), ["result"])

    def test_ctrl_c_twice_stops_at_once_without_a_result(self):
        program = self.start_endless()
        program.process.send_signal(signal.SIGSTOP)  # so that both wait when it goes on
        program.process.send_signal(signal.SIGINT)
        program.process.send_signal(signal.SIGTERM)
        program.process.send_signal(signal.SIGCONT)
        code, said = program.finish()
        self.assertEqual((code, said), (130, ""))
        self.assert_nothing_written()

    def test_killed_in_the_middle_leaves_nothing(self):
        program = self.start_endless()
        program.process.kill()
        self.assertEqual(program.finish()[0], -signal.SIGKILL)
        self.assert_nothing_written()

    def start(self, arguments, pattern):
        """Runs until its progress shows `pattern`."""
        program = OnTerminal("run", QUEUE, *arguments, "-o", self.path("result"))
        self.addCleanup(program.process.kill)
        program.read_until(pattern)
        return program

    def stop_while_writing(self, program):
        """Halts the program at a moment when its result is half written."""
        partial = self.path(f"result.partial-{program.process.pid}")
        give_up = time.monotonic() + PATIENCE
        while not os.path.isdir(partial):
            self.assertLess(time.monotonic(), give_up)
            self.assertIsNone(program.process.poll())
        program.process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, program.process.pid, os.WSTOPPED | os.WNOWAIT)
        self.assertEqual(os.listdir(self.directory), [os.path.basename(partial)])

    def assert_ends_without_a_result(self, program):
        code, said = program.finish()
        self.assertEqual((code, said), (130, ""))
        self.assertNotIn("error", program.seen)
        self.assert_nothing_written()

    def test_the_second_ctrl_c_while_the_result_is_written_leaves_none(self):
        program = self.start(LARGE_RESULT, r" [3-9]\d %")
        program.process.send_signal(signal.SIGINT)
        self.stop_while_writing(program)
        program.process.send_signal(signal.SIGINT)
        program.process.send_signal(signal.SIGCONT)
        self.assert_ends_without_a_result(program)

    def test_two_ctrl_c_after_the_run_while_its_result_is_written_leave_none(self):
        program = self.start(LARGE_RESULT, "requests")
        self.stop_while_writing(program)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGCONT):
            program.process.send_signal(number)
        self.assert_ends_without_a_result(program)

    def test_the_second_ctrl_c_while_replacing_leaves_the_earlier_result(self):
        springtide("run", QUEUE, *SHORT, "-o", self.path("result"))
        before = self.read("result", "SHA256SUMS")
        program = self.start([*LARGE_RESULT, "--force"], "requests")
        partial = self.path(f"result.partial-{program.process.pid}")
        while not os.path.isdir(partial) and program.process.poll() is None:
            pass
        program.process.send_signal(signal.SIGINT)
        program.process.send_signal(signal.SIGTERM)
        code, said = program.finish()
        self.assertEqual((code, said), (130, ""))
        self.assertEqual(self.read("result", "SHA256SUMS"), before)
        self.assertEqual(os.listdir(self.directory), ["result"])

    def test_ctrl_c_once_while_the_run_drains_writes_a_partial_result(self):
        program = self.start(LONG_DRAIN, "100 %")
        program.process.send_signal(signal.SIGINT)
        code, said = program.finish()
        self.assertEqual(code, 130)
        self.assertRegex(said, r"in flight \d")
        self.assertFalse(json.loads(self.read("result", "manifest.json"))["complete"])

    def test_ctrl_c_twice_while_the_run_drains_stops_at_once(self):
        program = self.start(LONG_DRAIN, "100 %")
        program.process.send_signal(signal.SIGSTOP)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGCONT):
            program.process.send_signal(number)
        self.assert_ends_without_a_result(program)


class FaultTest(Case):
    def test_a_destination_that_cannot_be_is_told_before_the_run(self):
        in_a_file = os.path.join(self.write("file", "x"), "result")
        for place in [in_a_file, "/proc/result", self.path("file")]:
            with self.subTest(place):
                done = springtide("run", QUEUE, *ENDLESS, "-o", place)
                self.assertEqual((done.returncode, done.stdout), (2, ""))
                self.assertIn("error:", done.stderr)
        self.assertEqual(os.listdir(self.directory), ["file"])

    def test_a_reader_that_goes_away_does_not_matter_to_the_result(self):
        reader, writer = os.pipe()
        os.close(reader)
        subprocess.run([PROGRAM, "run", QUEUE, *SHORT, "-o", self.path("result")], stdout=writer,
                       stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment(),
                       check=False)
        os.close(writer)
        self.assertTrue(os.path.exists(self.path("result", "SHA256SUMS")))


def may_mount():
    """Whether a small file system of our own can be had here."""
    done = subprocess.run(["unshare", "-rm", "mount", "-t", "tmpfs", "springtide", "/mnt"],
                          stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL, check=False)
    return done.returncode == 0


class FullDiskTest(Case):
    """On a file system that is really full where one can be mounted; else with a limit on the size
    of a file, which fails in the same call for another reason."""

    ON_A_SMALL_DISK = """
        mount -t tmpfs -o "$1" springtide "$2" && cd "$2" && shift 2 || exit 125
        "$@" >/dev/null; code=$?
        ls -A >&3
        exit $code"""

    @classmethod
    def setUpClass(cls):
        cls.mounts = shutil.which("unshare") is not None and may_mount()
        print("full disk: " + ("a tmpfs that is full" if cls.mounts else
                               "no right to mount, so a limit on the size of a file"),
              file=sys.stderr)

    def run_on_disk(self, options, *more):
        """Exit code, stderr and the names left on a disk that is mounted with `options`."""
        reader, writer = os.pipe()
        command = ["unshare", "-rm", "sh", "-c", f"exec 3>&{writer};" + self.ON_A_SMALL_DISK, "sh",
                   options, self.directory, PROGRAM, "run", QUEUE, *SHORT, *more]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE,
                              env=environment(), pass_fds=[writer], timeout=PATIENCE, check=False,
                              preexec_fn=dies_with_the_test())
        os.close(writer)
        with open(reader, encoding="utf-8") as stream:
            left = stream.read().split()
        self.assertNotEqual(done.returncode, 125, done.stderr)
        return done.returncode, done.stderr.decode(), left

    def assert_told_once(self, told, reason):
        self.assertEqual(told.count("\n"), 1, told)
        self.assertRegex(told, rf"^\S*/result\S*: error: cannot write: {reason}\n$")

    def test_wherever_the_disk_ends_it_is_one_line_exit_1_and_nothing_stays(self):
        if not self.mounts:
            done = springtide("run", QUEUE, *SHORT, "--no-report", "-o", self.path("result"),
                              preexec_fn=limit_file_size(2000))
            self.assertEqual((done.returncode, done.stdout), (1, ""))
            self.assert_told_once(done.stderr, "File too large")
            return self.assert_nothing_written()
        for options in ("size=4k", "size=32k", "size=128k", "size=256k", "nr_inodes=4",
                        "nr_inodes=12"):
            with self.subTest(options):
                code, told, left = self.run_on_disk(options, "-o", "result")
                self.assertEqual((code, left), (1, []), told)
                self.assert_told_once(told, "No space left on device")
        self.assertEqual(self.run_on_disk("size=16m", "-o", "result"), (0, "", ["result"]))

    def test_a_disk_without_room_for_a_directory_is_told_before_the_run(self):
        if not self.mounts:
            self.skipTest("no right to mount")
        code, told, left = self.run_on_disk("nr_inodes=1", "-o", "result")
        self.assertEqual((code, left), (2, []))
        self.assertRegex(told, r"result: error: cannot create the directory: No space left .*\n$")

    def test_a_report_that_does_not_fit_leaves_the_result_as_it_was(self):
        springtide("run", QUEUE, *SHORT, "-o", self.path("result"))
        before = self.read("result", "SHA256SUMS")
        done = springtide("run", QUEUE, *SHORT, "-o", self.path("result"), "--force", "--seed", "3",
                          "--no-report", preexec_fn=limit_file_size(2000))
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assert_told_once(done.stderr, "File too large")
        self.assertEqual(self.read("result", "SHA256SUMS"), before)
        self.assertEqual(os.listdir(self.directory), ["result"])
