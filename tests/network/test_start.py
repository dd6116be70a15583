"""Weights to start from: by name and shape, checked before they are taken."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from netspec.diagnostic import NetspecError
from netspec.network.packed import packed
from netspec.network.start import start


def network() -> nn.Sequential:
    return nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 2))


def others() -> dict[str, torch.Tensor]:
    return {name: tensor + 1 for name, tensor in network().state_dict().items()}


def test_what_has_the_name_and_the_shape_is_taken_and_the_rest_is_told(tmp_path: Path) -> None:
    theirs, model = others(), network()
    theirs["0.weight"] = theirs["0.weight"].half()
    theirs["2.weight"], theirs["old.bias"] = torch.zeros(5, 4), torch.zeros(5)
    del theirs["2.bias"]
    save_file(theirs, tmp_path / "x.safetensors")
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    found = start(model, tmp_path / "x.safetensors")
    taken = {"0.weight", "0.bias", *(name for name in before if name.startswith("1."))}
    assert set(found.loaded) == taken
    assert found.kept == [
        ("2.weight", "(5, 4) in the file, (2, 4) here"), ("2.bias", "not in the file"),
    ]  # fmt: skip
    assert found.left[0] == ("2.weight", "(5, 4) in the file, (2, 4) here")
    assert found.left[1:] == [("old.bias", "not in the network")]
    for name, tensor in model.state_dict().items():
        assert torch.equal(tensor, theirs[name].float() if name in taken else before[name])


def wrong(**changes: Any) -> dict[str, torch.Tensor]:
    return others() | {name.replace("_", "."): value for name, value in changes.items()}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is no file of weights|cannot be read"),
        (b"<html>" * 100, "cannot be read"),
        (wrong(**{"0_weight": torch.full((4, 3), torch.nan)}), "0.weight has values that are not"),
        (
            wrong(**{"0_weight": torch.full((4, 3), 1e300, dtype=torch.float64)}),
            r"0.weight has values beyond torch.float32",
        ),
        ({"a.weight": torch.zeros(2)}, r"nothing for this network: it has a.weight, the .*more"),
        ({"1.num_batches_tracked": torch.tensor(3)}, "has nothing for this network"),
        (None, r"no .*x.safetensors"),
    ],
)  # fmt: skip
def test_what_cannot_be_right_is_refused(tmp_path: Path, content: Any, message: str) -> None:
    file = tmp_path / "x.safetensors"
    if isinstance(content, bytes):
        file.write_bytes(content)
    elif content is not None:
        save_file(content, file)
    with pytest.raises(NetspecError, match=message):
        start(network(), file)


def test_a_flipped_bit_in_a_file_of_ours_is_noticed(tmp_path: Path) -> None:
    data = bytearray(packed(others(), {"spec": "x"}))
    data[-3] ^= 1
    (tmp_path / "best.safetensors").write_bytes(data)
    with pytest.raises(NetspecError, match="its weights are not those that were written"):
        start(network(), tmp_path)
