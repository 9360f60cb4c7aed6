#!/usr/bin/env python3
"""A small server of the wire protocol, to test a driver with: it answers, or misbehaves.

    wire_server.py MODE        prints the port it listens at, ends with its standard input

    answer      every login and shake; each 10th shake of all is won (100 cents)
    gifts       each 10th shake is answered by a packet for you, and its open request by 7 cents
    refuse      each 2nd shake is refused
    silent      logins only, never a shake
    drop        never each 10th shake, as if it had found a queue full; all others
    mute        nothing
    hang-up     closes the connection in place of the 5th answer to a shake on it
    reset       resets the connections of each 10th user in place of their first shake's answer
    trickle     answers byte by byte, one write each
    garbage     answers the first shake of a connection with an unknown command

At its end it prints how many messages it read: "logins shakes opens".
"""

import selectors
import socket
import struct
import sys
import time

HEADER = struct.Struct(">HHQ")


def message(command, *fields):
    return HEADER.pack(12 + 4 * len(fields), command, int(time.time())) + \
        struct.pack(f">{len(fields)}I", *fields)


class Connection:
    def __init__(self, server, sock):
        self.server, self.socket = server, sock
        self.kept, self.user, self.shakes = b"", None, 0

    def readable(self):
        try:
            data = self.socket.recv(65536)
        except ConnectionError:
            data = b""
        if not data:
            return self.close()
        self.kept += data
        while len(self.kept) >= 2:
            length = int.from_bytes(self.kept[:2], "big")
            if len(self.kept) < length:
                return
            whole, self.kept = self.kept[:length], self.kept[length:]
            self.take(HEADER.unpack_from(whole)[1], struct.unpack_from(">I", whole, 12)[0], whole)
            if self.socket.fileno() < 0:
                return

    def take(self, command, user, whole):
        server = self.server
        server.read[command] = server.read.get(command, 0) + 1
        if command == 0:
            self.user = user
            if server.mode != "mute":
                self.send(message(1, user, 0))
        elif command == 2:
            self.shakes += 1
            self.answer_shake(server.read[2])
        elif command == 5:
            self.send(message(6, struct.unpack_from(">I", whole, 16)[0], 7))

    def answer_shake(self, number):
        mode = self.server.mode
        if mode in ("silent", "mute"):
            return
        if mode == "drop" and number % 10 == 0:
            return
        if mode == "hang-up" and self.shakes == 5:
            self.close()
        elif mode == "reset" and self.user % 10 == 0:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close()
        elif mode == "garbage":
            self.send(message(9, 0))
        elif mode == "gifts" and number % 10 == 0:
            self.send(message(4, number, 21, 3, 1, 2, 3))
        elif mode == "refuse" and number % 2 == 0:
            self.send(message(3, self.user, 17, 0, 0))
        elif number % 10 == 0:
            self.send(message(3, self.user, 14, number, 100))
        else:
            self.send(message(3, self.user, 15, 0, 0))

    def send(self, data):
        try:
            if self.server.mode == "trickle":
                for i in range(len(data)):
                    self.socket.send(data[i:i + 1])
            else:
                self.socket.send(data)
        except ConnectionError:
            self.close()

    def close(self):
        if self.socket.fileno() >= 0:
            self.server.selector.unregister(self.socket)
            self.socket.close()


class Server:
    def __init__(self, mode):
        self.mode, self.read = mode, {}
        self.selector = selectors.DefaultSelector()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.listener.setblocking(False)
        self.selector.register(self.listener, selectors.EVENT_READ, self.accept)
        self.selector.register(sys.stdin, selectors.EVENT_READ, None)
        print(self.listener.getsockname()[1], flush=True)

    def accept(self):
        try:
            sock, _ = self.listener.accept()
        except BlockingIOError:
            return
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.selector.register(sock, selectors.EVENT_READ, Connection(self, sock).readable)

    def run(self):
        while True:
            for key, _ in self.selector.select():
                if key.data is None:
                    print(*(self.read.get(command, 0) for command in (0, 2, 5)), flush=True)
                    return
                if key.fileobj.fileno() >= 0:
                    key.data()


if __name__ == "__main__":
    Server(sys.argv[1]).run()
