#!/usr/bin/python3
"""What ranks over MPI promise: every block arrives where it should, all ranks end alike, and none
waits for one that is gone.

    tests/ranks/ranks_test.py OVER_MPI MPIRUN
"""

import os
import sys
import unittest

sys.path.append(os.path.dirname(os.path.abspath(__file__)))
import launcher  # noqa: E402

PROGRAM, MPIRUN = sys.argv[1:3]


class Ranks(unittest.TestCase):
    def test_every_block_arrives_and_all_end_alike(self):
        for ranks in (1, 2, 3, 4):
            done = launcher.run(MPIRUN, ranks, PROGRAM)
            self.assertEqual(done.returncode, 7, f"{ranks} ranks: {done.stdout}{done.stderr}")

    def test_who_goes_without_a_word_takes_all_with_it(self):
        for rank in (0, 2):
            done = launcher.run(MPIRUN, 3, PROGRAM, "leave", str(rank))
            self.assertEqual(done.returncode, 1, done.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
