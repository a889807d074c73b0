"""The data folder: private, made once, used by one portal at a time, and true to its first decision."""

import os
import stat
from pathlib import Path

import pytest

from launcher.data_folder import DataFolder
from launcher.messages import Problem


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_folder_and_its_secrets_are_private(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "new")
    folder.secrets()
    assert mode(folder.path) == 0o700
    assert mode(folder.path / "secrets.json") == 0o600
    assert mode(folder.socket_folder()) == 0o700


def test_secrets_are_made_once_per_folder(tmp_path: Path) -> None:
    first = DataFolder(tmp_path / "one").secrets()
    assert DataFolder(tmp_path / "one").secrets() == first
    assert DataFolder(tmp_path / "two").secrets() != first
    assert sorted(first) == ["FIELD_ENCRYPTION_KEY", "SECRET_KEY"]


def test_somebody_elses_folder_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "holiday.jpg").write_bytes(b"sea")
    with pytest.raises(Problem, match="not a data folder"):
        DataFolder(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["holiday.jpg"]


def test_an_empty_folder_stays_empty_of_the_demonstration(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    assert folder.decide_demonstration(empty=True) is False
    assert folder.decide_demonstration(empty=False) is False


def test_a_demonstration_folder_refuses_to_become_a_real_one(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    assert folder.decide_demonstration(empty=False) is True
    with pytest.raises(Problem, match="already holds the demonstration"):
        folder.decide_demonstration(empty=True)


def test_only_one_owner_at_a_time(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    assert folder.is_owned() is False
    first = folder.take_ownership("run")
    assert first is not None
    assert folder.is_owned() is True
    assert folder.owner() == ("run", os.getpid())
    assert folder.take_ownership("manage") is None
    os.close(first)
    second = folder.take_ownership("manage")
    assert second is not None
    assert folder.owner()[0] == "manage"
    os.close(second)


def test_a_new_owner_does_not_believe_what_the_last_one_announced(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    folder.announce_running(pid=1, mail_port=2525)
    assert folder.running() == {"pid": 1, "mail_port": 2525}
    descriptor = folder.take_ownership("run")
    assert folder.running() == {}
    assert descriptor is not None
    os.close(descriptor)


@pytest.mark.parametrize("name", ["x" * 120, "with a space"])
def test_sockets_go_elsewhere_when_the_path_does_not_suit_them(tmp_path: Path, name: str) -> None:
    folder = DataFolder(tmp_path / name)
    chosen = folder.socket_folder()
    assert chosen.parent == Path("/tmp")
    assert mode(chosen) == 0o700
    assert folder.socket_folder() == chosen
    folder.destroy()
    assert not chosen.exists()


def test_a_socket_folder_that_others_may_enter_is_not_used_again(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / ("x" * 120))
    first = folder.socket_folder()
    first.chmod(0o755)
    second = folder.socket_folder()
    assert second != first
    first.rmdir()
    folder.destroy()
