"""The mail sink keeps what was sent, to whom, and only the newest."""

import mailbox
from pathlib import Path

from launcher.mail_sink import Keeper

LETTER = b"Subject: Your return\r\nX-RcptTo: forged@example.org\r\n\r\nIt is due on Friday.\r\n"


def test_a_letter_is_kept_with_its_envelope(tmp_path: Path) -> None:
    Keeper(tmp_path).keep(LETTER, "portal@example.org", ["a@example.org", "b@example.org"])
    (message,) = mailbox.Maildir(tmp_path)
    assert message["Subject"] == "Your return"
    assert message.get_all("X-RcptTo") == ["a@example.org, b@example.org"]
    assert message["X-MailFrom"] == "portal@example.org"


def test_only_the_newest_are_kept(tmp_path: Path) -> None:
    keeper = Keeper(tmp_path, kept=3)
    for number in range(5):
        keeper.keep(f"Subject: letter {number}\r\n\r\n.".encode(), "portal@example.org", ["a@example.org"])
    assert sorted(str(message["Subject"]) for message in mailbox.Maildir(tmp_path)) == [
        "letter 2",
        "letter 3",
        "letter 4",
    ]
