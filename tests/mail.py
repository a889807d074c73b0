"""A real SMTP server for tests: keeps what arrives, refuses what it is told to refuse."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Sink:
    """What arrived, in order; ``refuse`` maps an address to the answer it gets, ``answer`` replaces the 250."""

    port: int = 0
    received: list[EmailMessage] = field(default_factory=list)
    refuse: dict[str, str] = field(default_factory=dict)
    answer: str = ""

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.answer:
            return self.answer
        message = message_from_bytes(envelope.content or b"", policy=policy.default)
        message["X-RcptTo"] = ", ".join(envelope.rcpt_tos)
        message["X-Session"] = str(session.peer)
        self.received.append(message)  # type: ignore[arg-type]
        return "250 Kept"

    def to(self, address: str) -> list[EmailMessage]:
        """Messages whose envelope names the address."""
        return [message for message in self.received if address in message["X-RcptTo"]]

    @property
    def addresses(self) -> list[str]:
        """Every envelope's recipients, in order of arrival."""
        return [message["X-RcptTo"] for message in self.received]


@contextmanager
def running_sink(sink: Sink | None = None) -> Iterator[Sink]:
    """The sink on a free port of this machine."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        sink.port = free.getsockname()[1]
    controller = Controller(sink, hostname="127.0.0.1", port=sink.port)
    controller.start()
    try:
        yield sink
    finally:
        controller.stop()


@pytest.fixture
def mail(settings) -> Iterator[Sink]:
    """The mail server that the portal's settings point at."""
    with running_sink(Sink()) as sink:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        yield sink


def whole_text(message: EmailMessage) -> str:
    """Every header and every part of a message, decoded."""
    parts = [str(part.get_content()) for part in message.walk() if not part.is_multipart()]
    return "\n".join([*(f"{name}: {value}" for name, value in message.items()), *parts])
