#!/usr/bin/python3
"""The promise: the same scenario and seed give the same bytes, whatever runs them.

    tests/determinism/same_bytes.py PROGRAM ...     several builds: gcc, clang, -O0, -O2
    SPRINGTIDE_UPDATE=1 tests/determinism/same_bytes.py PROGRAM    pins new fingerprints, after a
                                                    change that is meant to change results

Every program runs every case with 1, 2 and 4 threads, the first of them twice; all SHA256SUMS must
be equal, and the fingerprint must be the one pinned in fingerprints.json.
"""

import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.dont_write_bytecode = True
sys.path.append(os.path.join(ROOT, "tests"))
from children import dies_with_the_test  # noqa: E402

PINNED = os.path.join(HERE, "fingerprints.json")
THREADS = (1, 1, 2, 4)


def cases():
    """name -> arguments of `run`; listed in cases.json, seconds each."""
    with open(os.path.join(HERE, "cases.json"), encoding="utf-8") as stream:
        return json.load(stream)


def run(program, arguments, threads, directory):
    """The text of SHA256SUMS and the fingerprint."""
    done = subprocess.run(
        [os.path.abspath(program), "run", *arguments, "--threads", str(threads), "--json",
         "-o", directory], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=False,
        preexec_fn=dies_with_the_test())
    if done.returncode not in (0, 99):  # a threshold may fail: it does so everywhere
        raise SystemExit(f"{program} ended with {done.returncode} on {arguments}")
    with open(os.path.join(directory, "SHA256SUMS"), encoding="utf-8") as stream:
        return stream.read(), json.loads(done.stdout)["fingerprint"]


def differing_files(sums, other):
    """The names of the files whose sums differ."""
    first, second = ({line.split(None, 1)[1]: line for line in text.splitlines()}
                     for text in (sums, other))
    return sorted(name for name in {*first, *second} if first.get(name) != second.get(name))


def problems_of(name, arguments, programs, pinned):
    first = None
    for program in programs:
        for number, threads in enumerate(THREADS):
            with tempfile.TemporaryDirectory(prefix="springtide-same-") as directory:
                sums, fingerprint = run(program, arguments, threads,
                                        os.path.join(directory, "result"))
            first = first or sums
            if sums != first:
                yield f"{name}: {program}, {threads} threads: other bytes in " + \
                    ", ".join(differing_files(first, sums))
            if number == 0 and pinned.setdefault(name, fingerprint) != fingerprint:
                yield f"{name}: {program}: fingerprint {fingerprint}, pinned {pinned[name]}"


def main():
    programs = sys.argv[1:]
    if not programs:
        raise SystemExit(__doc__)
    update = "SPRINGTIDE_UPDATE" in os.environ
    pinned = {}
    if not update:
        with open(PINNED, encoding="utf-8") as stream:
            pinned = json.load(stream)
    wanted = cases()
    found = [f"{name}: has no pinned fingerprint; see SPRINGTIDE_UPDATE"
             for name in sorted(set(wanted) - set(pinned)) if not update]
    for name, arguments in wanted.items():
        found += problems_of(name, arguments, programs, pinned)
    if update and not found:
        with open(PINNED, "w", encoding="utf-8") as stream:
            json.dump(pinned, stream, indent=2, sort_keys=True)
            stream.write("\n")
    for problem in found:
        print(problem)
    print(f"same bytes: {len(wanted)} cases, {len(programs)} programs, "
          f"threads {', '.join(map(str, sorted(set(THREADS))))}: {len(found)} problems")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
