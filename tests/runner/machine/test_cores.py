"""How many cores there are, and how many others leave."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from netspec.runner.machine import cores

ME = os.getpid()


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One whose /proc and control groups are folders."""
    monkeypatch.setattr(cores, "_PROC", tmp_path / "proc")
    monkeypatch.setattr(cores, "_GROUPS", tmp_path / "groups")
    monkeypatch.setattr("os.sched_getaffinity", lambda process: {*range(8)}, raising=False)
    (tmp_path / "proc" / "self").mkdir(parents=True)
    (tmp_path / "groups").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("group", "files", "number"),
    [
        ("0::/", {}, 8),
        ("0::/", {"cpu.max": "max 100000"}, 8),
        ("0::/", {"cpu.max": "200000 100000"}, 2),
        ("0::/", {"cpu.max": "50000 100000"}, 1),
        ("0::/", {"cpu.max": "9900000 100000"}, 8),
        ("0::/a/b", {"a/cpu.max": "300000 100000", "a/b/cpu.max": "500000 100000"}, 3),
        ("0::/elsewhere", {"cpu.max": "250000 100000"}, 2),
        ("4:cpu,cpuacct:/a", {"cpu/a/cpu.cfs_quota_us": "400000",
                              "cpu/a/cpu.cfs_period_us": "100000"}, 4),
        ("4:cpu:/a", {"cpu/a/cpu.cfs_quota_us": "-1", "cpu/a/cpu.cfs_period_us": "100000"}, 8),
        ("4:memory:/a", {"memory/a/cpu.cfs_quota_us": "400000"}, 8),
        ("0::/", {"cpu.max": "what"}, 8),
    ],
)  # fmt: skip
def test_a_quota_counts_as_the_affinity_does(
    machine: Path, group: str, files: dict[str, str], number: int
) -> None:
    (machine / "proc" / "self" / "cgroup").write_text(f"{group}\n")
    for name, text in files.items():
        file = machine / "groups" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    assert cores.cores() == number


@pytest.mark.parametrize(
    ("busy", "starting", "left"),
    [(0.0, 0, 8), (0.3, 0, 8), (2.2, 0, 6), (7.9, 0, 1), (30.0, 0, 1), (0.0, 1, 4), (2.0, 2, 2)],
)
def test_what_others_leave_is_shared_with_those_that_begin(
    busy: float, starting: int, left: int
) -> None:
    assert cores.share(8, busy, starting) == left


def process(machine: Path, number: int, parent: int, ticks: int, *words: str) -> Path:
    folder = machine / "proc" / str(number)
    (folder / "fd").mkdir(parents=True, exist_ok=True)
    (folder / "stat").write_text(f"{number} (a) b) S {parent} {'0 ' * 9}{ticks} 0 0 0\n")
    (folder / "cmdline").write_text("\0".join(words))
    return folder


def test_others_are_known_by_the_time_they_use_and_those_that_begin_by_their_command(
    machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = os.sysconf("SC_CLK_TCK")
    train = ("python", "-m", "netspec", "train", "net.yaml")

    def all_at(moment: int) -> None:
        process(machine, ME, 1, moment * second, *train)
        process(machine, 9_000_001, ME, 3 * moment * second, "reader")  # of this one
        process(machine, 9_000_002, 1, 2 * moment * second, "compiler")
        process(machine, 9_000_003, 1, moment * second, *train)  # which is about to begin
        at_work = process(machine, 9_000_004, 1, moment * second, "/bin/netspec", "sweep")
        lock = at_work / "fd" / "3"
        lock.is_symlink() or lock.symlink_to("/runs/net/1/.lock")
        process(machine, 9_000_005, 1, 0, *train, "--devices", "2")  # which waits for those
        for child in 9_000_006, 9_000_007:
            process(machine, child, 9_000_005, 0, *train)
        process(machine, 9_000_008, 1, 0, "less", "netspec", "README")

    clock = iter([0.0, 1.0])
    all_at(0)
    monkeypatch.setattr("time.sleep", lambda seconds: all_at(1))
    monkeypatch.setattr("time.perf_counter", lambda: next(clock))
    assert cores._others() == (3.0, 3)


def test_processes_that_train_together_are_no_others(
    machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOCAL_WORLD_SIZE", "2")
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    for number in ME, 9_000_001:
        process(machine, number, os.getppid(), 0, "python", "-m", "netspec", "train")
    assert cores._others() == (0.0, 0)


def test_where_nothing_tells_of_others_there_are_none(machine: Path) -> None:
    assert cores.free() == 8
