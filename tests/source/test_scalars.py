"""What a spec's text reads as."""

from __future__ import annotations

import random

import pytest
import yaml
from texts import GOOD, PLACES

from netspec import source
from netspec.diagnostic import SpecError


def test_reads_plain_data(parser: str) -> None:
    data = source.parse(GOOD, "x.yaml").data
    body = [
        {"Conv2d": {"out_channels": "$out_channels", "kernel_size": 3, "bias": False}},
        "BatchNorm2d",
        {"Dropout2d": "$p"},
    ]
    assert data == {
        "name": "mnist-8k",
        "description": "99.4 % on MNIST é",
        "input": [1, 28, 28],
        "vars": {"width": 8},
        "blocks": {
            "unit": {"args": {"out_channels": None, "padding": 0, "p": 0.05}, "layers": body}
        },
        "layers": [
            {
                "name": "conv1",
                "Sequential": [
                    {"unit": {"out_channels": "$width"}},
                    None,
                    {"unit": {"out_channels": "$(width + 3)"}},
                ],
            },
            {"Sequential": body},
            {"Conv2d": [10, 1]},
        ],
        "train": {"note": "two\nlines\n", "optimizer": {"Adam": {"lr": 0.01}}},
    }


SCALARS = {
    "1e-3": 1e-3, "1.0e3": 1e3, "1E+3": 1e3, ".5": 0.5, "5.": 5.0, "+.5e1": 5.0, "-0.0": -0.0,
    "010": 10, "0o17": 15, "0x1f": 31, "0xFF": 255, "+12": 12, "-3": -3, "0": 0,
    "9223372036854775807": 2**63 - 1, "-9223372036854775807": -(2**63 - 1),
    "on": "on", "off": "off", "yes": "yes", "no": "no", "y": "y", "n": "n",
    "true": True, "True": True, "TRUE": True, "false": False, "tRUE": "tRUE",
    "": None, "~": None, "null": None, "Null": None, "nULL": "nULL",
    "12:30": "12:30", "1_000": "1_000", "0b11": "0b11", "0o8": "0o8", "-0x1f": "-0x1f",
    "2024-01-01": "2024-01-01", "1.2.3": "1.2.3", "1e": "1e", ".": ".", "-": [None], "=": "=",
    "+": "+", "e3": "e3", "1 2": "1 2", "'1'": "1", '"true"': "true", "'<<'": "<<", "nan": "nan",
    "$p": "$p", "$(a + 1)": "$(a + 1)", "{}": {}, "[]": [],
}  # fmt: skip


@pytest.mark.parametrize(("text", "value"), SCALARS.items())
def test_scalars_read_as_yaml_1_2_core(text: str, value: object, parser: str) -> None:
    read = source.parse(f"x:\n  {text}\n", "x.yaml").data["x"]
    assert (read, type(read)) == (value, type(value))


def test_both_parsers_read_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    draw = random.Random(7)

    def outcome(text: str) -> object:
        try:
            spec = source.parse(text, "x.yaml")
        except SpecError:
            return "refused"
        return spec.data, [spec.span(path, key) for path, key, *_ in PLACES]

    texts = [GOOD]
    for _ in range(150):
        at = draw.randrange(len(GOOD))
        texts.append(
            GOOD[:at] + draw.choice("[]{}:,-&*'\"# \nx1") + GOOD[at + draw.randint(0, 3) :]
        )
    by_c = [outcome(text) for text in texts]
    assert 10 < by_c.count("refused") < 140
    monkeypatch.delattr(yaml, "CBaseLoader")
    assert [outcome(text) for text in texts] == by_c
