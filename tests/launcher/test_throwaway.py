"""The folder of a run of the tests: in memory where there is plenty, its owner's alone, and gone with the next run."""

import os
from pathlib import Path

import pytest

from launcher import throwaway

NOBODYS = 2**22 + 1  # above the highest number that Linux gives to a process


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """Memory and disk, both below the test's own folder, with nothing asked of the machine."""
    memory, disk = tmp_path / "memory", tmp_path / "disk"
    memory.mkdir()
    monkeypatch.setattr(throwaway, "MEMORY", memory)
    monkeypatch.setattr(throwaway, "ON_DISK", disk)
    monkeypatch.setattr(throwaway, "PLENTY_MEGABYTES", 0)
    return memory, disk


def ours(number: int) -> str:
    return f"portal-test-{os.geteuid()}-{number}"


def test_the_folder_is_in_memory_and_nobody_else_may_look_into_it(places: tuple[Path, Path]) -> None:
    folder = throwaway.throwaway_folder()
    assert folder.path == places[0] / ours(os.getpid())
    assert folder.path.stat().st_mode & 0o777 == 0o700
    assert throwaway.temporary_files(folder).stat().st_mode & 0o777 == 0o700


def test_it_is_on_disk_where_memory_is_short(places: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throwaway, "PLENTY_MEGABYTES", 10**9)
    assert throwaway.throwaway_folder().path == places[1] / str(os.getpid())
    assert list(places[0].iterdir()) == []


def test_it_is_on_disk_where_somebody_laid_a_folder_of_its_name(places: tuple[Path, Path], tmp_path: Path) -> None:
    (places[0] / ours(os.getpid())).symlink_to(tmp_path)
    assert throwaway.throwaway_folder().path == places[1] / str(os.getpid())


def test_what_a_killed_run_left_is_cleared_away_and_nothing_else(places: tuple[Path, Path]) -> None:
    memory, disk = places
    disk.mkdir()
    running = os.getppid()
    other_person = f"portal-test-{os.geteuid() + 1}-{NOBODYS}"
    left = [memory / ours(NOBODYS), disk / str(NOBODYS)]
    stays = [memory / ours(running), memory / other_person, memory / f"{ours(NOBODYS)}-kept", disk / "notes"]
    for folder in (*left, *stays):
        folder.mkdir()
        (folder / "file").touch()
    throwaway.throwaway_folder()
    assert [folder for folder in left if folder.exists()] == []
    assert [folder for folder in stays if not (folder / "file").exists()] == []
