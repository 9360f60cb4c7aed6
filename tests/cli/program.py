"""Running the program under test: with pipes, or with a terminal on one of its outputs."""

import os
import pty
import re
import resource
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.append(os.path.join(ROOT, "tests"))
from children import PROCESSOR_SECONDS, dies_with_the_test  # noqa: E402

PROGRAM = os.environ.get("SPRINGTIDE", os.path.join(ROOT, "build/release/springtide"))
QUEUE = os.path.join(ROOT, "scenarios/textbook/mm8.json")
SHORT = ["--set", "/duration=2s", "--set", "/warmup=0s"]
ENDLESS = ["--set", "/duration=24h"]  # at least twenty minutes of work
PATIENCE = 60  # seconds until a test gives up; no test waits that long when all is well


def environment(**changes):
    clean = {key: value for key, value in os.environ.items()
             if key not in ("NO_COLOR", "TERM", "COLUMNS")}
    return {**clean, "LC_ALL": "C.UTF-8", **changes}


def springtide(*arguments, **options):
    """Runs to the end; standard input is empty. Returns exit code, stdout and stderr as text."""
    options.setdefault("env", environment())
    options.setdefault("stdout", subprocess.PIPE)
    limit = options.pop("processor_seconds", PROCESSOR_SECONDS)
    options["preexec_fn"] = dies_with_the_test(options.get("preexec_fn"), limit)
    done = subprocess.run([PROGRAM, *arguments], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE,
                          timeout=options.pop("timeout", PATIENCE), check=False, **options)
    done.stdout = (done.stdout or b"").decode()
    done.stderr = done.stderr.decode()
    return done


def limit_file_size(count):
    """For preexec_fn: files end at `count` bytes, as on a disk that is full."""
    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (count, count))
    return limit


class OnTerminal:
    """The program with one of its outputs ("stdout" or "stderr") on a terminal."""

    def __init__(self, *arguments, on="stderr", **variables):
        self.terminal, inner = pty.openpty()
        streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, on: inner}
        self.process = subprocess.Popen([PROGRAM, *arguments], stdin=subprocess.DEVNULL,
                                        env=environment(TERM="xterm", **variables),
                                        preexec_fn=dies_with_the_test(), **streams)
        os.close(inner)
        self.seen = ""

    def read_until(self, pattern):
        while not re.search(pattern, self.seen):
            ready, _, _ = select.select([self.terminal], [], [], PATIENCE)
            if not ready:
                raise TimeoutError(f"no '{pattern}' in {self.seen!r}")
            try:
                piece = os.read(self.terminal, 65536)
            except OSError:  # the other end is closed
                piece = b""
            if not piece:
                raise EOFError(f"no '{pattern}' in {self.seen!r}")
            self.seen += piece.decode()

    def finish(self):
        """Exit code, and what the output that is not on the terminal said."""
        try:
            self.read_until("\0")  # never comes: reads to the end
        except EOFError:
            pass
        pipe = self.process.stdout or self.process.stderr
        said = pipe.read().decode()
        pipe.close()
        os.close(self.terminal)
        return self.process.wait(PATIENCE), said


class Case(unittest.TestCase):
    """A test with an empty directory of its own."""

    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix="springtide-cli-")
        self.addCleanup(shutil.rmtree, self.directory)

    def path(self, *names):
        return os.path.join(self.directory, *names)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as stream:
            stream.write(text)
        return self.path(name)

    def read(self, *names):
        with open(self.path(*names), encoding="utf-8") as stream:
            return stream.read()

    def assert_nothing_written(self):
        self.assertEqual(os.listdir(self.directory), [])
