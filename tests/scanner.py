"""A virus scanner for tests: a real socket server that speaks clamd's protocol (PING, INSTREAM), and can be ill.

    with Scanner() as scanner: settings.CLAMD_URL = scanner.url

It finds ``HARMFUL`` and nothing else. ``slow`` seconds pass before it answers; ``limit`` is its StreamMaxLength;
``says`` is what it answers whatever it is shown; ``down()`` and ``up()`` are a scanner that is stopped and started.
"""

import socket
import struct
import threading
from typing import Any, Self

HARMFUL = b"this word stands for a virus in the tests of the portal"
SIGNATURE = "Portal.Test.Harmful"


class Scanner:
    """One scanner on a port of its own; ``seen`` holds the size of everything it was shown."""

    def __init__(self) -> None:
        self.slow = 0.0
        self.limit = 25 * 1024 * 1024
        self.says = ""
        self.harmful = HARMFUL
        self.seen: list[int] = []
        self.port = 0
        self.listening: socket.socket | None = None

    @property
    def url(self) -> str:
        return f"tcp://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self.up()
        return self

    def __exit__(self, *_: Any) -> None:
        self.down()

    def up(self) -> None:
        """Listen; after the first time on the same port."""
        self.listening = socket.create_server(("127.0.0.1", self.port))
        self.port = self.listening.getsockname()[1]
        threading.Thread(target=self._serve, args=(self.listening,), daemon=True).start()

    def down(self) -> None:
        """Nobody answers at the port."""
        if self.listening:
            self.listening.shutdown(socket.SHUT_RDWR)
            self.listening.close()
            self.listening = None

    def _serve(self, listening: socket.socket) -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as heard:
            # What begins with z ends with a zero byte, what begins with n with the line; so do the answers.
            command, end = heard.read(1), b"\n"
            if command == b"z":
                end = b"\0"
            while not command.endswith(end):
                command += heard.read(1)
            answer = {b"PING": "PONG", b"INSTREAM": ""}[command[1:-1]] or self._stream(heard)
            threading.Event().wait(self.slow)
            try:
                connection.sendall(answer.encode() + end)
            except OSError:
                return

    def _stream(self, heard: Any) -> str:
        """Every piece after its length, until a length of zero; too many bytes are not listened to."""
        content = b""
        while length := struct.unpack("!L", heard.read(4))[0]:
            content += heard.read(length)
            if len(content) > self.limit:
                return "INSTREAM size limit exceeded. ERROR"
        self.seen.append(len(content))
        if self.says:
            return self.says
        return f"stream: {SIGNATURE} FOUND" if self.harmful in content else "stream: OK"
