"""A trained network from its file alone: what comes back, and what is refused."""

from __future__ import annotations

import json
import shutil
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save
from torch import Tensor, nn

from netspec import load_run
from netspec.diagnostic import NetspecError
from netspec.network.packed import packed

pytestmark = pytest.mark.usefixtures("one_thread")

Weights = dict[str, Tensor]


def spec_of(change: Callable[[str], str]) -> Callable[[Weights, dict[str, str]], None]:
    def damage(weights: Weights, metadata: dict[str, str]) -> None:
        metadata["spec"] = change(metadata["spec"])

    return damage


def told(**values: Any) -> Callable[[Weights, dict[str, str]], None]:
    texts = {name: json.dumps(value) for name, value in values.items()}
    return lambda weights, metadata: metadata.update(texts)


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
    "no classes": (lambda w, m: m.pop("classes"), "it does not say its classes"),
    "mean": (told(mean=[float("nan")]), "mean and std are not finite"),
    "text as mean": (told(mean=["x"]), "mean and std are not finite"),
    "true as mean": (told(mean=[True]), "mean and std are not finite"),
    "number as mean": (told(mean=1), "its mean is no list"),
    "std 0": (told(std=[0]), "std is not above 0"),
    "channels": (told(mean=[0, 0], std=[1, 1]), "of 2 channels are not its input"),
    "fewer classes": (told(classes=["a"]), "its classes are not 10 names"),
    "steering class": (told(classes=[*"012345678", "\x1b[2J"]), "has control characters"),
    "numbers as classes": (told(classes=[*range(10)]), "its classes are not 10 names"),
    "input": (told(input=[1, 4, 4]), "its input is"),
    "image": (told(image=[1, 4, 4]), "are not its input"),
    "image of text": (told(image=["a", 8, 8]), "its image is not"),
    "scale": (told(scale={}), "its scale is neither"),
    "resize": (told(resize="as you like"), "its rule for images of another size"),
    "brackets": (lambda w, m: m.update(mean="[" * 100_000), "is damaged"),
    "no JSON": (lambda w, m: m.update(mean="{"), "is damaged"),
}


def test_the_network_comes_back_from_its_best_weights_alone(once: Path, tmp_path: Path) -> None:
    file = once / "best.safetensors"
    shutil.copy(file, tmp_path / "mine.safetensors")
    network = load_run(tmp_path / "mine.safetensors", device="cpu")
    assert isinstance(network, nn.Sequential)
    assert type(load_run(file, "cpu", normalize=False)) is nn.Sequential
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
    file.write_bytes(packed(weights, metadata) if metadata else save(weights))
    with pytest.raises(NetspecError, match=message) as caught:
        load_run(file, "cpu")
    assert str(file) in str(caught.value)
    assert type(caught.value) is NetspecError


def refused(file: Path, content: bytes) -> str:
    file.write_bytes(content)
    with pytest.raises(NetspecError, match=str(file)) as caught:
        load_run(file, "cpu")
    assert type(caught.value) is NetspecError
    return str(caught.value)


def test_a_file_cut_off_or_longer_is_refused(once: Path, tmp_path: Path) -> None:
    whole = (once / "best.safetensors").read_bytes()
    (size,) = struct.unpack("<Q", whole[:8])
    damaged = [whole[:n] for n in (0, 1, 7, 8, 9, size, size + 8, len(whole) - 1)]
    damaged += [whole + b"x", b"\xff" * 8 + whole[8:], b"PK\x03\x04" + whole]
    for content in damaged:
        refused(tmp_path / "best.safetensors", content)


def test_every_flipped_bit_is_noticed(once: Path, tmp_path: Path) -> None:
    whole = (once / "best.safetensors").read_bytes()
    header = 8 + struct.unpack("<Q", whole[:8])[0]
    chance = numpy.random.default_rng(0)
    places = [*range(8), *chance.integers(0, header, 100), *chance.integers(0, len(whole), 50)]
    for place in places:
        flipped = bytearray(whole)
        flipped[place] ^= 1 << int(chance.integers(0, 8))
        refused(tmp_path / "best.safetensors", bytes(flipped))


@pytest.mark.parametrize("name", ["tensors", "digest"])
def test_a_digest_that_is_gone_is_damage(once: Path, tmp_path: Path, name: str) -> None:
    whole = (once / "best.safetensors").read_bytes()
    assert whole.count(f'"{name}":'.encode()) == 1
    said = refused(
        tmp_path / "x", whole.replace(f'"{name}":'.encode(), f'"{name[::-1]}":'.encode())
    )
    assert "is damaged: its metadata is not what was written" in said


def test_the_same_run_gives_the_same_bytes(once: Path) -> None:
    file = once / "best.safetensors"
    with safe_open(file, "pt") as saved:
        weights = {key: saved.get_tensor(key) for key in saved.keys()}  # noqa: SIM118
        metadata = {key: saved.metadata()[key] for key in WRITTEN}
    assert packed(weights, metadata) == file.read_bytes()
    assert json.loads(metadata["classes"]) == [*"0123456789"]
    assert json.loads(metadata["input"]) == json.loads(metadata["image"]) == [1, 8, 8]
    assert json.loads(metadata["scale"]) == {"from": "uint8", "raw": [0, 255], "read": [0, 1]}
    assert json.loads(metadata["resize"])["rule"] == "stretch"


WRITTEN = ("spec", "input", "image", "mean", "std", "classes", "scale", "resize")


@pytest.mark.parametrize("path", ["nothing", "nothing.safetensors", "/dev/null", "."])
def test_no_file_is_said_so(path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NetspecError, match=r"no best.safetensors|no nothing|/dev/null"):
        load_run(path, "cpu")
