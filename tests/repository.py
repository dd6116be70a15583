"""A repository with a branch that changes specs, for what compares them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

NET = """\
description: {name}
input: [1, 28, 28]
layers:
  - name: stem
    Sequential:
      - Conv2d: {{out_channels: {width}, kernel_size: {kernel}}}
      - ReLU
  - Conv2d: {{out_channels: 8, kernel_size: 3}}
  - ReLU
  - Flatten
  - Linear: 10
audit:
  max_params: 100k
  output: [10]
  ignore: []
train:
  data: {{dataset: MNIST}}
  batch_size: 32
  epochs: {epochs}
  optimizer: {{Adam: {{lr: {lr}}}}}
"""


def net(
    name: str = "net", width: int = 4, kernel: int = 3, epochs: int = 5, lr: float = 0.01
) -> str:
    return NET.format(name=name, width=width, kernel=kernel, epochs=epochs, lr=lr)


class Repository:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *arguments: str) -> str:
        who = ["-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false"]
        command = ["git", *who, *arguments]
        return subprocess.run(
            command, cwd=self.root, check=True, capture_output=True, text=True
        ).stdout

    def write(self, name: str, text: str) -> None:
        file = self.root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def commit(self) -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "change")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """A branch changes the kernel of one spec, renames another and breaks a third."""
    for name in "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GITHUB_ACTIONS":
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.chdir(tmp_path)
    made = Repository(tmp_path)
    for name, width in ("kernel", 4), ("old-name", 5), ("third", 6), ("untouched", 7):
        made.write(f"specs/{name}.yaml", net(name, width))
    made.write("specs/notes.txt", "not a spec")
    made.write("specs/.hidden/x.yaml", "not a spec")
    made.commit()
    made.git("checkout", "--quiet", "-b", "change")
    made.write("specs/kernel.yaml", net("kernel", 4, kernel=5))
    made.git("mv", "specs/old-name.yaml", "specs/new-name.yaml")
    made.write("specs/third.yaml", net("third", 6).replace("Linear: 10", "Linaer: 10"))
    made.commit()
    return made
