"""Runs that are killed at any moment: nothing is lost."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from tiny import HERE, ROOT

pytestmark = pytest.mark.usefixtures("one_thread")

KILL = ROOT / "tests" / "bench" / "kill.py"


def killed(*arguments: str) -> dict[str, int]:
    done = subprocess.run(
        [sys.executable, str(KILL), *arguments], capture_output=True, text=True, check=False,
        env={**os.environ, **HERE},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    counts: dict[str, int] = json.loads(done.stdout.splitlines()[-1])
    return counts


class TestKills:
    def test_killed_anywhere_and_inside_saves_it_ends_as_if_it_never_was(self) -> None:
        counts = killed("--kills", "24")
        assert counts["random"] + counts["in saves"] == 24
        assert counts["in saves"] >= 10
        assert counts["identical"] == counts["runs"] > 0

    def test_the_same_is_true_of_runs_whose_images_other_processes_read(self) -> None:
        counts = killed("--kills", "4", "--kind", "streamed")
        assert counts["identical"] == counts["runs"] > 0

    def test_a_writer_in_place_loses_runs_so_the_kills_are_where_it_hurts(self) -> None:
        counts = killed("--kills", "6", "--naive")
        assert counts["lost"] + counts["different"] > 0


def test_flipped_bits_are_noticed_wherever_they_are() -> None:
    done = subprocess.run(
        [sys.executable, str(KILL.with_name("flip.py")), "--flips", "30", "--seed", "1"],
        capture_output=True, text=True, check=False, env={**os.environ, **HERE},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"best.safetensors": 30, "last.ckpt": 30}
