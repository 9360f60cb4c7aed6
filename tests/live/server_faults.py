#!/usr/bin/python3
"""`springtide live serve` as its users meet it: faults that need a program of its own.

    tests/live/server_faults.py PATH_OF_SPRINGTIDE
"""

import json
import os
import re
import resource
import signal
import socket
import struct
import subprocess
import sys
import time
import unittest
import urllib.request

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from children import dies_with_the_test  # noqa: E402

PROGRAM = None
# Of which backend the server is started with (net/streams/streams.h); the default is its own.
BACKEND = ["--backend", os.environ.get("SPRINGTIDE_TEST_BACKEND", "auto")]


def message(command, *fields):
    body = b"".join(struct.pack(">I", field) for field in fields)
    return struct.pack(">HHQ", 12 + len(body), command, int(time.time())) + body


def login(user):
    return message(0, user)


def shake(user):
    return message(2, user)


class Server:
    """One server on a free port, and what it said."""

    def __init__(self, *arguments, files=None):
        def limit():
            if files:
                resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
        self.process = subprocess.Popen(
            [PROGRAM, "live", "serve", "--listen", "127.0.0.1:0", "--time", "60s", *BACKEND,
             *arguments],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            preexec_fn=dies_with_the_test(limit))
        first = self.process.stdout.readline()
        self.port = int(re.match(r"serving at 127\.0\.0\.1:(\d+)$", first).group(1))
        self.processes = {}
        for line in self.process.stdout:
            found = re.match(r"  (.+) \(process (\d+)\)$", line)
            self.processes[found.group(1)] = int(found.group(2))
            if found.group(1) == "issuer":
                break

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), timeout=10)

    def client(self, user):
        client = self.connect()
        client.sendall(login(user))
        assert len(receive(client, 20)) == 20
        return client

    def stop(self, number=signal.SIGTERM):
        """The exit code, the summary as {first word: text}, standard error."""
        self.process.send_signal(number)
        out, error = self.process.communicate(timeout=20)
        summary = {}
        for line in out.splitlines():
            word, _, text = line.partition(" ")
            summary[word] = summary.get(word, "") + text.strip() + "\n"
        return self.process.returncode, summary, error


def receive(client, size):
    data = b""
    while len(data) < size:
        more = client.recv(size - len(data))
        if not more:
            break
        data += more
    return data


def answers(client, user):
    """Whether the server answers this client's shake."""
    try:
        client.sendall(shake(user))
        return len(receive(client, 28)) == 28
    except OSError:
        return False


def is_closed(client):
    try:
        return receive(client, 1) == b""
    except ConnectionError:
        return True


def memory(pid):
    """Bytes that belong to this process alone."""
    with open(f"/proc/{pid}/smaps_rollup") as lines:
        return sum(int(line.split()[1]) for line in lines if line.startswith("Private_")) * 1024


def files(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def wait_until(condition, seconds=10):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


class Faults(unittest.TestCase):
    def test_it_ends_in_order_at_both_signals_and_leaves_no_process(self):
        for number in signal.SIGTERM, signal.SIGINT:
            server = Server("--processes", "2")
            client = server.client(7)
            self.assertTrue(answers(client, 7))
            code, summary, error = server.stop(number)
            self.assertEqual((code, error), (0, ""))
            self.assertIn("2 read: 1 logins, 1 shakes", summary["requests"])
            self.assertTrue(is_closed(client))
            self.assertFalse([pid for pid in server.processes.values() if alive(pid)])

    def test_ten_thousand_malformed_frames_close_only_themselves(self):
        server = Server("--processes", "1")
        pid = server.processes["worker 0"]
        good = server.client(1)
        self.assertTrue(answers(good, 1))
        before = files(pid)
        bad = [b"\0\0", b"\0\x07", b"\xff\xff", b"\0\x10\0\x07", b"\0\x10\xff\xff",
               b"\0\x10\0\x05", message(1, 2, 3), message(3, 1, 2, 3, 4), shake(2),
               message(5, 0, 1)]
        for number in range(10000):
            client = server.connect()
            client.sendall((login(2) if number % 2 else b"") + bad[number // 2 % 6])
            client.close()
        self.assertTrue(answers(good, 1))
        for frame in bad[6:]:
            client = server.connect()
            client.sendall(frame)
            self.assertTrue(is_closed(client))
        self.assertTrue(wait_until(lambda: files(pid) == before), "files stay open")
        code, summary, _ = server.stop()
        self.assertEqual(code, 0)
        self.assertIn("10005 accepted", summary["connections"])

    def test_a_thousand_that_never_log_in_or_send_a_byte_a_second(self):
        server = Server("--processes", "1", "--login-timeout", "2s")
        good = server.client(1)
        silent = [server.connect() for _ in range(500)]
        drops = [server.connect() for _ in range(500)]
        frame = login(3)
        for place in range(2):
            for client in drops:
                client.sendall(frame[place:place + 1])
            slowest = 0
            for _ in range(200):
                start = time.monotonic()
                self.assertTrue(answers(good, 1))
                slowest = max(slowest, time.monotonic() - start)
            self.assertLess(slowest, 1)
            time.sleep(0.5)
        for client in silent + drops:
            self.assertTrue(is_closed(client))
        code, summary, _ = server.stop()
        self.assertEqual(code, 0)
        self.assertIn("1001 accepted", summary["connections"])

    def test_a_killed_worker_is_told_and_replaced_while_the_other_serves_on(self):
        server = Server("--processes", "2")
        clients = [server.client(user) for user in range(40)]
        os.kill(server.processes["worker 1"], signal.SIGKILL)
        left = sum(answers(client, user) for user, client in enumerate(clients))
        self.assertTrue(0 < left < 40)
        note = server.process.stderr.readline()
        self.assertRegex(note, r"worker 1 .* ended by signal 9 \(Killed\)")
        successor = int(re.search(r"process (\d+) took its place", note).group(1))
        self.assertTrue(alive(successor))
        idle = files(successor)
        fresh = [server.client(user) for user in range(40)]
        self.assertTrue(all(answers(client, user) for user, client in enumerate(fresh)))
        self.assertGreater(files(successor), idle)
        code, summary, error = server.stop()
        self.assertEqual((code, error), (1, ""))
        self.assertIn(f"; {40 - left} connections were lost", summary["note"])
        self.assertIn("80 logins", summary["requests"])
        self.assertIn("80 accepted", summary["connections"])
        self.assertFalse(alive(successor))

    def test_workers_are_replaced_so_many_times_and_then_it_is_over(self):
        server = Server("--processes", "1", "--restarts", "2")
        worker = server.processes["worker 0"]
        for _ in range(2):
            client = server.client(7)
            os.kill(worker, signal.SIGKILL)
            note = server.process.stderr.readline()
            worker = int(re.search(r"process (\d+) took its place", note).group(1))
            self.assertTrue(is_closed(client))
            self.assertTrue(wait_until(lambda: try_log_in(server)))
        os.kill(worker, signal.SIGKILL)
        out, error = server.process.communicate(timeout=20)
        self.assertEqual(server.process.returncode, 1)
        self.assertIn("nobody takes its place", error)
        self.assertIn("no worker is left", error)
        self.assertIn("4 logins", out)

    def test_a_tenth_of_the_clients_resets_and_the_others_are_served(self):
        server = Server("--processes", "1", "--connections", "1000")
        pid = server.processes["worker 0"]
        clients = [server.client(user) for user in range(1000)]
        before = files(pid)
        for _ in range(3):
            for user, client in enumerate(clients):
                client.sendall(shake(user))
            for user in range(0, 1000, 10):
                clients[user].setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                         struct.pack("ii", 1, 0))
                clients[user].close()
            self.assertTrue(all(len(receive(client, 28)) == 28
                                for user, client in enumerate(clients) if user % 10))
            for user in range(0, 1000, 10):
                clients[user] = server.client(user)
        self.assertTrue(wait_until(lambda: files(pid) == before), "files stay open")
        code, summary, _ = server.stop()
        self.assertEqual(code, 0)
        self.assertIn("1300 accepted, 0 turned away", summary["connections"])

    def test_no_process_outlives_a_killed_supervisor(self):
        server = Server("--processes", "2")
        client = server.client(1)
        server.process.kill()
        server.process.communicate()
        self.assertTrue(is_closed(client))
        self.assertTrue(wait_until(
            lambda: not [pid for pid in server.processes.values() if alive(pid)]))

    def test_it_goes_on_after_it_stood_still(self):
        server = Server("--processes", "1")
        client = server.client(1)
        os.kill(server.processes["worker 0"], signal.SIGSTOP)
        start = time.monotonic()
        client.sendall(shake(1))
        time.sleep(1)
        os.kill(server.processes["worker 0"], signal.SIGCONT)
        self.assertEqual(len(receive(client, 28)), 28)
        self.assertGreater(time.monotonic() - start, 0.9)
        self.assertEqual(server.stop()[0], 0)

    def test_at_the_limit_of_files_the_surplus_is_turned_away(self):
        server = Server("--processes", "1", "--connections", "30", files=100)
        clients, turned_away = [], 0
        for user in range(120):
            client = server.connect()
            client.sendall(login(user))
            if is_closed_at_once(client):
                turned_away += 1
            else:
                clients.append((user, client))
        self.assertTrue(30 <= len(clients) < 100)
        self.assertTrue(all(answers(client, user) for user, client in clients))
        for _, client in clients[:20]:
            client.close()
        self.assertTrue(wait_until(lambda: try_log_in(server)))
        code, summary, _ = server.stop()
        self.assertEqual(code, 0)
        self.assertRegex(summary["connections"], r"[1-9]\d* turned away")

    def test_ports_and_addresses_that_cannot_be_are_refused(self):
        server = Server("--processes", "1")
        for arguments, code, what in (
                (["--listen", f"127.0.0.1:{server.port}"], 1, "Address already in use"),
                (["--listen", "0.0.0.0:0"], 2, "only this machine"),
                (["--listen", "127.0.0.1:0", "--monitor", "10.0.0.1:8002"], 2, "127.0.0.0/8"),
                (["--listen", "127.0.0.1:0", "--control", f"127.0.0.1:{server.port}"], 2, "in use"),
                (["--listen", "127.0.0.1:0", "--connections", "100000000", "--processes", "2"], 1,
                 "do not fit"),
                (["--listen", "127.0.0.1:0", "--time", "5"], 2, "--time"),
                (["--listen", "127.0.0.1:0", "scenarios/textbook/mm8.json"], 2,
                 "red-packet-access")):
            done = subprocess.run([PROGRAM, "live", "serve", *arguments], capture_output=True,
                                  text=True, timeout=20, stdin=subprocess.DEVNULL)
            self.assertEqual(done.returncode, code, arguments)
            self.assertIn(what, done.stderr)
        self.assertEqual(server.stop()[0], 0)

    def test_packets_are_issued_by_control_and_by_the_scenario(self):
        server = Server("scenarios/hongbao-2017/60k.json", "--connections", "256", "--processes",
                        "2", "--control", "127.0.0.1:0", "--set", "/packets/shake-60k/begin=0s",
                        "--set", "/packets/shake-60k/count=200")
        url = re.match(r"control at (.*)\n", server.process.stdout.readline()).group(1)
        with urllib.request.urlopen(f"{url}/yaohongbao?qps=50&sum=50") as answer:
            self.assertEqual(json.load(answer), {"qps": 50, "sum": 50})
        clients = [server.client(user) for user in range(256)]
        cents = won = 0
        end = time.monotonic() + 15
        while won < 250 and time.monotonic() < end:
            for user, client in enumerate(clients):
                client.sendall(shake(user))
            for client in clients:
                _, result, _, amount = struct.unpack(">IIII", receive(client, 28)[12:])
                won += result == 14
                cents += amount
        code, summary, _ = server.stop()
        self.assertEqual((code, won), (0, 250))
        self.assertIn(f"250 shake, 0 sent; cents: {cents} issued, {cents} won", summary["packets"])

    def test_a_monitor_is_told_every_second_and_its_end_does_no_harm(self):
        monitor = socket.create_server(("127.0.0.1", 0))
        monitor.settimeout(10)
        server = Server("--processes", "2", "--monitor", "127.0.0.1:%d" % monitor.getsockname()[1])
        clients = [server.client(user) for user in range(20)]
        self.assertTrue(all(answers(client, user) for user, client in enumerate(clients)))
        stream = monitor.accept()[0]
        stream.settimeout(10)
        requests, seconds = 0, []
        while requests < 40 and len(seconds) < 10:
            record = struct.unpack(">122Q", receive(stream, 976))
            seconds.append(record[0])
            requests += record[2 + 10]
            self.assertEqual(record[1], 1)
        self.assertEqual(requests, 40)
        self.assertEqual(seconds, list(range(seconds[0], seconds[0] + len(seconds))))
        stream.close()
        monitor.close()
        time.sleep(1.2)
        self.assertTrue(answers(clients[0], 0))
        self.assertEqual(server.stop()[0], 0)

    def test_an_idle_connection_costs_at_most_512_bytes(self):
        server = Server("--processes", "1")
        pid = server.processes["worker 0"]
        warm = [server.client(user) for user in range(100)]
        before = memory(pid)
        held = [server.client(user) for user in range(8000)]
        per_connection = (memory(pid) - before) / len(held)
        self.assertLess(per_connection, 512)
        self.assertTrue(answers(warm[0], 0) and answers(held[-1], 7999))
        self.assertEqual(server.stop()[0], 0)


def is_closed_at_once(client):
    try:
        return len(receive(client, 20)) < 20
    except ConnectionError:
        return True


def try_log_in(server):
    try:
        client = server.connect()
        client.sendall(login(5))
        return not is_closed_at_once(client)
    except ConnectionError:
        return False


if __name__ == "__main__":
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    unittest.main(warnings="ignore")
