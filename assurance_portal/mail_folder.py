"""Reads the Maildir in which the development mail server keeps what the portal sends."""

import re
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

NAME = re.compile(r"[A-Za-z0-9._:=,+-]{1,200}")


@dataclass(frozen=True)
class Mail:
    """One mail, read from its file."""

    key: str
    message: EmailMessage

    @property
    def subject(self) -> str:
        """The subject, or words for none."""
        return str(self.message["Subject"] or "(no subject)")

    @property
    def sender(self) -> str:
        """The From header."""
        return str(self.message["From"] or "")

    @property
    def recipients(self) -> str:
        """Everybody in the envelope, which is where it would really have gone."""
        return str(self.message["X-RcptTo"] or self.message["To"] or "")

    @property
    def message_id(self) -> str:
        """The Message-ID header."""
        return str(self.message["Message-ID"] or "")

    @property
    def at(self) -> datetime | None:
        """When it was written."""
        try:
            return parsedate_to_datetime(str(self.message["Date"]))
        except ValueError:
            return None

    def part(self, kind: str) -> str:
        """The text of the plain or html part; empty when there is none."""
        found = self.message.get_body(preferencelist=(kind,))
        return str(found.get_content()) if found else ""


def keys(folder: Path) -> list[str]:
    """The names of all mails, newest first."""
    files = [path for part in ("new", "cur") for path in (folder / part).glob("*") if NAME.fullmatch(path.name)]
    return [path.name for path in sorted(files, key=lambda path: path.stat().st_mtime_ns, reverse=True)]


def read(folder: Path, key: str) -> Mail | None:
    """One mail, or None when there is no file of that name in the folder."""
    if not NAME.fullmatch(key):
        return None
    for part in ("new", "cur"):
        path = folder / part / key
        if path.is_file():
            return Mail(key, message_from_bytes(path.read_bytes(), policy=policy.default))  # type: ignore[arg-type]
    return None
