"""An SMTP server that says yes to everything and keeps nothing. A process of its own: prints its port, then serves.

Started by path, without the portal around it, so that it costs as little as it can.
"""

import socket
import sys


def serve(connection: socket.socket) -> None:
    """One client, until it hangs up."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    lines = connection.makefile("rb")
    connection.sendall(b"220 null\r\n")
    for line in lines:
        word = line[:4].upper()
        if word == b"DATA":
            connection.sendall(b"354 go on\r\n")
            for part in lines:
                if part == b".\r\n":
                    break
            connection.sendall(b"250 gone\r\n")
        elif word == b"QUIT":
            connection.sendall(b"221 bye\r\n")
            return
        elif word == b"EHLO":
            connection.sendall(b"250-null\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n")
        else:
            connection.sendall(b"250 yes\r\n")


def main() -> None:
    """Serve clients side by side until told to stop."""
    import threading

    with socket.create_server(("127.0.0.1", 0)) as server:
        sys.stdout.write(f"{server.getsockname()[1]}\n")
        sys.stdout.flush()
        while True:
            client, _ = server.accept()
            threading.Thread(target=serve, args=(client,), daemon=True).start()


if __name__ == "__main__":
    main()
