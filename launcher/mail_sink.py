"""A real SMTP server on the loopback that delivers nothing: it keeps what the portal sends, to be looked at.

Run by the launcher when EMAIL_URL is not set: python -m launcher.mail_sink PORT MAILDIR
It keeps the newest KEPT messages, each with the envelope it came in.
"""

import asyncio
import mailbox
import signal
import sys
from email import message_from_bytes
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

KEPT = 2000
LARGEST = 30 * 1024 * 1024


class Keeper:
    """Files each message in a Maildir and drops the oldest beyond KEPT."""

    def __init__(self, folder: Path, kept: int = KEPT) -> None:
        self.folder = folder
        self.kept = kept
        for part in ("tmp", "new", "cur"):
            (folder / part).mkdir(mode=0o700, parents=True, exist_ok=True)
        self.box = mailbox.Maildir(folder)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take one message, as SMTP calls it."""
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        self.keep(content, str(envelope.mail_from or ""), envelope.rcpt_tos)
        return "250 Kept for looking at; it goes nowhere"

    def keep(self, content: bytes, sender: str, recipients: list[str]) -> None:
        """Write one message with its envelope, then make room."""
        message = message_from_bytes(content)
        for name in ("X-MailFrom", "X-RcptTo"):
            del message[name]
        message["X-MailFrom"] = sender
        message["X-RcptTo"] = ", ".join(recipients)
        self.box.add(message)
        files = [path for part in ("new", "cur") for path in (self.folder / part).iterdir()]
        if len(files) > self.kept:
            files.sort(key=lambda path: path.stat().st_mtime_ns)
            for path in files[: len(files) - self.kept]:
                path.unlink(missing_ok=True)


async def serve(port: int, folder: Path) -> None:
    """Listen until told to stop."""
    loop = asyncio.get_running_loop()
    keeper = Keeper(folder)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
        loop.add_signal_handler(number, stop.set)
    server = await loop.create_server(
        lambda: SMTP(keeper, data_size_limit=LARGEST, enable_SMTPUTF8=True, ident="portal"), "127.0.0.1", port
    )
    async with server:
        await stop.wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
