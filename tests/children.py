"""Programs that a test starts end with the test, however the test ends."""

import ctypes
import resource
import signal

PR_SET_PDEATHSIG = 1
PROCESSOR_SECONDS = 900  # more than a test of the gate needs, even under a sanitizer

_LIBC = ctypes.CDLL(None)


def dies_with_the_test(then=None, processor_seconds=PROCESSOR_SECONDS):
    """For preexec_fn: the kernel kills the program when the test is killed, also by SIGKILL (as
    ctest does when the time is up), and when it has used far too much time. `then` is called after
    that, in the new process too."""
    def prepare():
        _LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        resource.setrlimit(resource.RLIMIT_CPU, (processor_seconds, processor_seconds))
        if then:
            then()
    return prepare
