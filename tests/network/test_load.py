"""A trained network from its file alone: what comes back, and what is refused."""

from __future__ import annotations

import shutil
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from netspec import load_run
from netspec.diagnostic import NetspecError

pytestmark = pytest.mark.usefixtures("one_thread")

Weights = dict[str, Tensor]


def spec_of(change: Callable[[str], str]) -> Callable[[Weights, dict[str, str]], None]:
    def damage(weights: Weights, metadata: dict[str, str]) -> None:
        metadata["spec"] = change(metadata["spec"])

    return damage


def set_nan(weights: Weights, metadata: dict[str, str]) -> None:
    weights["3.weight"][0, 0] = float("nan")


HOSTILE: dict[str, tuple[Callable[[Weights, dict[str, str]], Any], str]] = {
    "no spec": (lambda w, m: m.clear(), "has no spec in it"),
    "broken YAML": (spec_of(lambda s: "a: [" + s), "the spec in it is refused"),
    "not a network": (spec_of(lambda s: "hello"), "the spec in it is refused"),
    "too large": (spec_of(lambda s: s + "#" * 2_000_000), "larger than"),
    "aliases": (
        spec_of(lambda s: "vars: {a: &a [1], b: &b [*a, *a], c: [*b, *b, *a, *c]}" + s),
        "the spec in it is refused",
    ),
    "huge network": (
        spec_of(lambda s: s.replace("Linear: 10", "Linear: 2000000000")),
        r"3\.\w+ is \[10.*, its spec says \[2000000000",
    ),
    "a layer more": (spec_of(lambda s: s.replace("train:", "  - Linear: 10\ntrain:")), "has no 4."),
    "missing weight": (lambda w, m: w.pop("0.bias"), "has no 0.bias"),
    "unknown weight": (lambda w, m: w.update(x=torch.zeros(1)), "has an unknown x"),
    "other shape": (lambda w, m: w.update({"0.bias": torch.zeros(9)}), r"0.bias is \[9\]"),
    "other type": (lambda w, m: w.update({"0.bias": torch.zeros(4).long()}), "0.bias is torch.int"),
    "not finite": (set_nan, "3.weight is not finite"),
}


def test_the_network_comes_back_from_its_best_weights_alone(once: Path, tmp_path: Path) -> None:
    file = once / "best.safetensors"
    shutil.copy(file, tmp_path / "mine.safetensors")
    network = load_run(tmp_path / "mine.safetensors", device="cpu")
    assert isinstance(network, nn.Sequential)
    assert not network.training
    with safe_open(file, "pt") as saved:
        assert set(saved.keys()) == set(network.state_dict())
        for name, value in network.state_dict().items():
            assert torch.equal(saved.get_tensor(name), value), name
    assert all(parameter.requires_grad for parameter in network.parameters())
    assert network(torch.zeros(2, 1, 8, 8)).shape == (2, 10)
    assert load_run(file.parent, "cpu")(torch.zeros(1, 1, 8, 8)).shape == (1, 10)


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_file_is_refused_with_one_message(once: Path, tmp_path: Path, case: str) -> None:
    damage, message = HOSTILE[case]
    with safe_open(once / "best.safetensors", "pt") as saved:
        weights = {key: saved.get_tensor(key) for key in saved.keys()}  # noqa: SIM118
        metadata = dict(saved.metadata())
    damage(weights, metadata)
    file = tmp_path / "best.safetensors"
    save_file(weights, file, metadata=metadata)
    with pytest.raises(NetspecError, match=message) as caught:
        load_run(file, "cpu")
    assert str(file) in str(caught.value)
    assert type(caught.value) is NetspecError


def test_a_file_cut_off_or_changed_in_its_header_is_refused_or_whole(
    once: Path, tmp_path: Path
) -> None:
    whole = (once / "best.safetensors").read_bytes()
    (size,) = struct.unpack("<Q", whole[:8])
    chance = numpy.random.default_rng(0)
    damaged = [whole[:n] for n in (0, 1, 7, 8, 9, size, size + 8, len(whole) - 1)]
    damaged += [whole + b"x", b"\xff" * 8 + whole[8:], b"PK\x03\x04" + whole]
    for place in chance.integers(0, size + 8, 150):
        flipped = bytearray(whole)
        flipped[place] ^= 1 << int(chance.integers(0, 8))
        damaged.append(bytes(flipped))
    refused = []
    file = tmp_path / "best.safetensors"
    for content in damaged:
        file.write_bytes(content)
        try:
            load_run(file, "cpu")
        except NetspecError as error:
            refused.append(str(error))
    assert len(refused) > len(damaged) // 3
    assert all("best.safetensors" in message for message in refused)


@pytest.mark.parametrize("path", ["nothing", "nothing.safetensors", "/dev/null", "."])
def test_no_file_is_said_so(path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NetspecError, match=r"no best.safetensors|no nothing|/dev/null"):
        load_run(path, "cpu")
