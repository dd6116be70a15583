"""netspec import: targets, what it runs of them, and the files that it writes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from command import netspec
from torch import nn

from netspec import build, load_run
from netspec.network.load import load

NET = """
import torch, torch.nn as nn, torch.nn.functional as F
import nowhere_to_be_found

p = 0.25

class Net(nn.Module):
    def __init__(self, width=8, act="relu"):
        super().__init__()
        self.conv = nn.Conv2d(1, width, 3)
        self.act = getattr(F, act)

    def forward(self, x):
        print("in forward")
        return F.dropout(self.act(self.conv(x)), p, self.training)

raise SystemExit("training")
"""
SPEC = """name: Net
description: "imported from net.py:Net"
input: [1, 8, 8]

layers:
  - {name: conv, Conv2d: [8, 3]}
  - ReLU
  - Dropout: 0.25
"""
SHAPE = ("--input", "1,8,8")

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.py").write_text(NET)
    cells = [
        {"cell_type": "markdown", "source": ["# notes"]},
        {"cell_type": "code", "source": ["%matplotlib inline\n", "!pip install x\n"]},
        {"cell_type": "code", "source": NET.splitlines(keepends=True)},
        {"cell_type": "code", "source": "this is no Python"},
    ]
    (tmp_path / "S5.ipynb").write_text(json.dumps({"cells": cells}))
    return tmp_path


def test_the_spec_and_nothing_else_goes_to_standard_output() -> None:
    done = netspec("import", "net.py:Net", *SHAPE, "--definitions")
    assert (done.code, done.out) == (0, SPEC)
    assert "in forward" in done.err
    checked = netspec("check", "-", "--quiet", given=done.out.encode())
    assert (checked.code, checked.out) == (0, "")


def test_of_a_notebook_the_definitions_are_run() -> None:
    done = netspec("import", "S5.ipynb:Net", *SHAPE, "--arg", "width=4", "--arg", "act=silu")
    assert done.code == 0
    assert "Conv2d: [4, 3]" in done.out
    assert "SiLU" in done.out


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["net.py:Net", *SHAPE], 1, "net.py:3: running net.py raises ModuleNotFoundError"),
        (["net.py:Nett", *SHAPE, "--definitions"], 2, "help: did you mean Net?"),
        (["net.py", *SHAPE], 2, "'net.py' does not say what to import"),
        (["none.py:Net", *SHAPE], 2, "cannot read none.py"),
        (["no_such_package:Net", *SHAPE], 2, "there is no package no_such_package"),
        (["net.py:p", *SHAPE, "--definitions"], 2, "p is no module"),
        (["net.py:Net", "--input", "a,b", "--definitions"], 2, "--input a,b is no shape"),
        (["net.py:Net", "--input", "0", "--definitions"], 2, "input [0] is no shape"),
        (["net.py:Net", "--input", "3,8,8", "--definitions"], 1, "net.py:15: its forward raises"),
        (["net.py:Net", *SHAPE, "--definitions", "--arg", "depth=1"], 1, "--arg name=value gives"),
        (["net.py:Net", *SHAPE, "--definitions", "--arg", "depth"], 2, "expected name=value"),
        (["net.py:Net", *SHAPE, "--definitions", "--weights", "m.pt"], 2, "--weights needs -o"),
        (["net.py:Net", *SHAPE, "--definitions", "-o", "."], 2, "is a folder, not a file"),
    ],
    ids=lambda one: " ".join(one) if isinstance(one, list) else None,
)  # fmt: skip
def test_wrong_use_is_one_message_and_an_exit_code(
    arguments: list[str], code: int, words: str
) -> None:
    done = netspec("import", *arguments)
    assert (done.code, done.out) == (code, "")
    assert words in done.err
    assert "Traceback" not in done.err


def test_weights_come_along_under_the_names_of_the_spec(here: Path) -> None:
    module = nn.Sequential(nn.Conv2d(1, 8, 3), nn.BatchNorm2d(8))
    state = {f"module.conv.{name}": one for name, one in module[0].state_dict().items()}
    torch.save({"epoch": 3, "state_dict": state}, here / "model.pt")
    arguments = ["--definitions", "--weights", "model.pt", "-o", "my-net.yaml"]
    done = netspec("import", "net.py:Net", *SHAPE, *arguments)
    assert (done.code, done.out) == (0, "")
    assert "wrote my-net.yaml, my-net.safetensors, my-net.names.json" in done.err
    names = json.loads((here / "my-net.names.json").read_text())["names"]
    assert names == {"conv.weight": "conv.weight", "conv.bias": "conv.bias"}
    x = torch.randn(2, 1, 8, 8)
    notes: list[str] = []
    found = load(here / "my-net.safetensors", "cpu", notes.append)
    assert ["does not say how images are normalized" in one for one in notes] == [True]
    with torch.inference_mode():
        wanted = torch.relu(module[0](x))
        assert torch.equal(found.network(x), wanted)
    network = build(here / "my-net.yaml", device="cpu")
    network.load_state_dict(found.network.state_dict())
    damaged = bytearray((here / "my-net.safetensors").read_bytes())
    damaged[-3] ^= 1
    (here / "my-net.safetensors").write_bytes(damaged)
    with pytest.raises(Exception, match="is damaged"):
        load_run(here / "my-net.safetensors")


class Runs:
    """What would run where a pickle is trusted."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return exec, ("open('ran', 'w')",)


@pytest.mark.parametrize(
    ("saved", "words"),
    [
        (Runs(), "cannot be read as weights"),
        ({"epoch": 3}, "has no state_dict in it"),
        ({"conv.weight": torch.ones(8, 1, 3, 3)}, "lacks conv.bias"),
        ({"conv.weight": torch.ones(8, 1, 5, 5), "conv.bias": torch.ones(8)}, "has conv.weight"),
    ],
    ids=["code", "nothing", "missing", "shape"],
)  # fmt: skip
def test_a_checkpoint_that_does_not_fit_is_refused_and_nothing_in_it_is_run(
    here: Path, saved: object, words: str
) -> None:
    torch.save(saved, here / "model.pt")
    arguments = ["--definitions", "--weights", "model.pt", "-o", "my-net.yaml"]
    done = netspec("import", "net.py:Net", *SHAPE, *arguments)
    assert done.code == 2
    assert words in done.err
    assert not (here / "ran").exists()
    assert not (here / "my-net.yaml").exists()
