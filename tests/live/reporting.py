"""A process of somebody else's that reports to the monitor: the 976 bytes, made by hand."""

import socket
import struct
import time

CLIENT, SERVER = 0, 1


def record(second, side, of_second, since_start=None):
    """`of_second` and `since_start`: {index: value}."""
    counters = [of_second.get(i, 0) for i in range(60)]
    counters += [(since_start or {}).get(i, 0) for i in range(60)]
    return struct.pack(">QQ120Q", second, side, *counters)


def connect(port):
    stream = socket.create_connection(("127.0.0.1", port), timeout=5)
    stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return stream


def free_port():
    """A port of the kernel's choice; a moment later it could be somebody else's."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def send_in_pieces(stream, data, piece):
    for at in range(0, len(data), piece):
        stream.sendall(data[at:at + piece])
        time.sleep(0.001)


def closed_by_the_other(stream, seconds=5):
    stream.settimeout(seconds)
    try:
        return stream.recv(1) == b""
    except ConnectionError:
        return True
