#!/usr/bin/python3
"""Reads every file of the project and fails on a breach of its style, with the line and the rule.

Run by ctest and by ./dev gate; needs only Python and git. The rules are in rules.py; tidy_test.py
shows each of them a broken sample, so that none can silently stop working.

    tests/tidy/tidy.py            all files
    tests/tidy/tidy.py --rules    what the rules are
"""

import os
import subprocess
import sys

sys.dont_write_bytecode = True
from rules import RULES, File  # noqa: E402


def project_root():
    return os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def paths(root):
    """All files that are, or could be, part of a commit; sorted."""
    listing = subprocess.run(
        ["git", "-c", "safe.directory=*", "-C", root, "ls-files", "-z", "--cached", "--others",
         "--exclude-standard"], stdout=subprocess.PIPE, check=True).stdout
    found = sorted(set(listing.decode().split("\0")) - {""})
    return [path for path in found if os.path.isfile(os.path.join(root, path))]


def read(root, path):
    full = os.path.join(root, path)
    with open(full, "rb") as stream:
        content = stream.read()
    if b"\0" in content:
        return None  # a picture
    return File(path, content.decode("utf-8"), os.access(full, os.X_OK))


def problems(files, tree):
    for file in files:
        for name, check in RULES.items():
            for line, message in check(file, tree):
                yield f"{file.path}:{line}: {message} [{name}]"


def main():
    if sys.argv[1:] == ["--rules"]:
        for name, check in RULES.items():
            print(f"{name:32} {check.__doc__}")
        return 0
    root = project_root()
    tree = set(paths(root))
    files = [file for file in (read(root, path) for path in sorted(tree)) if file]
    found = list(problems(files, tree))
    for problem in found:
        print(problem)
    print(f"tidy: {len(files)} files, {len(RULES)} rules, {len(found)} breaches")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
