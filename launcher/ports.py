"""Ports on this machine: is one free, does something answer there."""

import socket
from collections.abc import Callable


def listening(port: int) -> Callable[[], bool]:
    """Make a check that something on this machine answers at a port."""

    def check() -> bool:
        try:
            socket.create_connection(("127.0.0.1", port), 0.5).close()
        except OSError:
            return False
        return True

    return check


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        found: int = probe.getsockname()[1]
        return found


def is_free(port: int) -> bool:
    """May we listen here?"""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
