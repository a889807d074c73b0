"""What the health checks ask, against a real listener."""

import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from launcher import alive

asked: list[tuple[str, str]] = []


class Portal(BaseHTTPRequestHandler):
    """Answers /healthz for its own name only, as Django does."""

    def do_GET(self) -> None:
        asked.append((self.path, self.headers["Host"]))
        self.send_response(200 if self.headers["Host"] == "portal.example.org" else 400)
        self.end_headers()
        self.wfile.write(b"ok\n")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def web() -> Iterator[str]:
    asked.clear()
    server = HTTPServer(("127.0.0.1", 0), Portal)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("names", ["portal.example.org", "portal.example.org,other.example.org", ".portal.example.org"])
def test_the_web_process_is_asked_under_its_own_name(web: str, names: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLOWED_HOSTS", names)
    assert alive.ask("/healthz", web) == (True, "ok")
    assert asked == [("/healthz", "portal.example.org")]


def test_a_refusal_is_not_alive_and_says_why(web: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLOWED_HOSTS", "elsewhere.example.org")
    assert alive.ask("/healthz", web) == (False, "400 ok")


def test_nobody_there_is_not_alive() -> None:
    well, words = alive.ask("/healthz", "http://127.0.0.1:9")
    assert (well, words.partition(":")[0]) == (False, "no answer from http")


@pytest.mark.parametrize("ending", ["", ".db", ".dat"])  # of Python with gdbm, of Debian's, of one with neither
def test_the_clock_is_silent_after_ten_minutes(tmp_path: Path, ending: str) -> None:
    file = tmp_path / "beat-schedule"
    assert alive.beat_is_recent(file, now=1000)[0] is False
    (tmp_path / f"beat-schedule{ending}").touch()
    os.utime(tmp_path / f"beat-schedule{ending}", (1000, 1000))
    assert alive.beat_is_recent(file, now=1599) == (True, "the clock wrote 599 seconds ago")
    assert alive.beat_is_recent(file, now=1600) == (False, "the clock wrote 600 seconds ago")


def test_a_worker_that_is_not_there_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert alive.worker_answers("general")[0] is False


def test_an_unknown_question_is_a_wrong_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert alive.main(["moon"]) == 2
    assert "health checks" in capsys.readouterr().out
