#!/usr/bin/python3
"""The program from the outside: its words, its exit codes, its files, its faults.

    tests/cli/cli_test.py build/release/springtide [NAME OF A TEST ...]
    SPRINGTIDE_UPDATE=1 tests/cli/cli_test.py build/release/springtide   after help texts changed
"""

import os
import sys
import unittest

sys.dont_write_bytecode = True
if len(sys.argv) > 1:
    os.environ["SPRINGTIDE"] = os.path.abspath(sys.argv.pop(1))

from checkpoint_test import CheckpointTest  # noqa: E402,F401
from command_line_test import CommandLineTest  # noqa: E402,F401
from fault_test import FaultTest, FullDiskTest, SignalTest  # noqa: E402,F401
from input_test import CheckTest, InputTest  # noqa: E402,F401
from plan_test import EstimateTest, SweepTest  # noqa: E402,F401
from run_test import OutcomeTest, TerminalTest  # noqa: E402,F401

if __name__ == "__main__":
    unittest.main()
