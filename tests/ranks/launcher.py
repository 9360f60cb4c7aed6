"""Starts a program on several ranks, on one machine that may have fewer cores than that."""

import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.dont_write_bytecode = True
sys.path.append(os.path.join(ROOT, "tests"))
from children import dies_with_the_test  # noqa: E402

# More ranks than cores; root in a container; nothing leaves this machine.
ENVIRONMENT = {
    "OMPI_ALLOW_RUN_AS_ROOT": "1",
    "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
    "OMPI_MCA_rmaps_base_oversubscribe": "1",
    "OMPI_MCA_hwloc_base_binding_policy": "none",
    "OMPI_MCA_btl": "self,vader",
    "OMPI_MCA_btl_vader_single_copy_mechanism": "none",
    "OMPI_MCA_plm": "isolated",
    "OMPI_MCA_oob_tcp_if_include": "lo",
}


def command(mpirun, ranks, program, *arguments):
    return [mpirun, "-n", str(ranks), program, *arguments]


def environment():
    return {**os.environ, **ENVIRONMENT}


def run(mpirun, ranks, program, *arguments, **more):
    """The finished process, its output as text."""
    return subprocess.run(
        command(mpirun, ranks, program, *arguments), cwd=ROOT, env=environment(),
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        check=False, timeout=300, preexec_fn=dies_with_the_test(), **more)
