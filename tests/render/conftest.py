"""Specs that a report is made of: one that is well, one with an error in a block, a tricky one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from command import netspec
from repository import repository  # noqa: F401

GOOD = """\
input: [1, 12, 12]
layers:
  - Conv2d: {out_channels: 4, kernel_size: 3}
  - ReLU
  - Flatten
  - Linear: 10
"""
IN_BLOCK = """\
input: [1, 12, 12]
blocks:
  pair:
    layers:
      - Conv2d: {out_channels: 4, kernel_size: 31}
layers:
  - pair
"""
TRICKY = """\
input: [1, 12, 12]
layers:
  - {name: über, Linear: zehn}
  - "Änd@ern,50%: <b>|x": 1
"""

Shown = Callable[..., str]


@pytest.fixture
def specs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in ("good", GOOD), ("in block", IN_BLOCK), ("tricky,%", TRICKY):
        file = tmp_path / "specs" / f"{name}.yaml"
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for name in (
        "GITHUB_ACTIONS", "GITHUB_WORKSPACE", "GITHUB_STEP_SUMMARY", "GITHUB_REPOSITORY",
        "CI_PROJECT_DIR", "CI_COMMIT_SHA", "NETSPEC_HOME",
    ):  # fmt: skip
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def shown(specs: Path) -> Shown:
    """What a format says of all specs and of a file that is not there, or of what is named."""

    def show(form: str, *paths: str) -> str:
        done = netspec("check", *(paths or ("specs", "gone.yaml")), "--format", form)
        assert done.err == ""
        assert done.code == (0 if paths else 2)
        return done.out

    return show
