"""One diagnostic for each mistake, at its place."""

from __future__ import annotations

import pytest
from texts import codes, entry

ERRORS: dict[str, tuple[str, list[tuple[str, int, int]]]] = {
    "no input": ("layers: [ReLU]\n", [("missing-key", 1, 1)]),
    "no layers": ("input: [1]\n", [("missing-key", 1, 1)]),
    "not a mapping": ("- ReLU\n", [("wrong-type", 1, 1)]),
    "unknown section": ("input: [1]\nlayers: [ReLU]\nadit: {}\n", [("unknown-key", 3, 1)]),
    "unknown layer": (entry("Rellu"), [("unknown-layer", 3, 5)]),
    "unknown keyword": (entry("{Conv2d: {out_channels: 2, kernel_size: 3, filters: 3}}"),
                        [("unknown-key", 3, 48)]),
    "missing keyword": (entry("{Conv2d: {out_channels: 2}}"), [("missing-key", 3, 6)]),
    "misspelt keyword is not missing too": (
        entry("{Conv2d: {out_channels: 2, kernel_sise: 3}}"), [("unknown-key", 3, 32)]),
    "inferred keyword": (entry("{Linear: {in_features: 8, out_features: 1}}"),
                         [("unknown-key", 3, 15)]),
    "zero channels": (entry("{Conv2d: [0, 3]}"), [("wrong-value", 3, 15)]),
    "a boolean is no integer": (entry("{Conv2d: [true, 3]}"), [("wrong-type", 3, 15)]),
    "a string is no number": (entry("{Dropout: '0.5'}"), [("wrong-type", 3, 15)]),
    "too many positional": (entry("{Linear: [1, true, 3]}"), [("unknown-key", 3, 24)]),
    "window too large": (entry("{Conv2d: {out_channels: 8, kernel_size: 31}}"),
                         [("window-too-large", 3, 45)]),
    "groups": (entry("{Conv2d: {out_channels: 8, kernel_size: 1, groups: 3}}"),
               [("groups-do-not-divide", 3, 56)]),
    "wrong rank": (entry("{Conv2d: [8, 3]}", "[4]"), [("wrong-rank", 3, 6)]),
    "batch axis": (entry("{LogSoftmax: 0}"), [("wrong-dim", 3, 18)]),
    "two layers in one entry": (entry("{ReLU: , Tanh: }"), [("not-a-layer", 3, 14)]),
    "a number as layer": (entry("5"), [("not-a-layer", 3, 5)]),
    "only a name": (entry("{name: x}"), [("not-a-layer", 3, 5)]),
    "negative repeat": (entry("{ReLU: , repeat: -1}"), [("wrong-value", 3, 22)]),
    "repeat bomb": (entry("{ReLU: , repeat: 1000000000}"), [("too-large", 3, 6)]),
    "name of torch's own": (entry("{name: forward, ReLU: }"), [("bad-name", 3, 12)]),
    "name with a dot": (entry("{name: a.b, ReLU: }"), [("bad-name", 3, 12)]),
    "name twice": ("input: [1]\nlayers:\n- {name: a, ReLU: }\n- {name: a, ReLU: }\n",
                   [("duplicate-name", 4, 10)]),
    "unknown variable": (entry("{Conv2d: [$w, 1]}"), [("unknown-variable", 3, 15)]),
    "bad expression": (entry("{Conv2d: [$(1 +), 1]}"), [("bad-expression", 3, 15)]),
    "division by zero": (entry("{Conv2d: [$(1 // 0), 1]}"), [("bad-expression", 3, 15)]),
    "power is not known": (entry("{Conv2d: [$(2 ** 9), 1]}"), [("bad-expression", 3, 15)]),
    "call is not known": (entry("{Conv2d: [$(print(1)), 1]}"), [("bad-expression", 3, 15)]),
    "attribute is not known": (entry("{Conv2d: [$(1 .real), 1]}"), [("bad-expression", 3, 15)]),
    "dollar inside a word": (entry("{name: a$b, ReLU: }"), [("bad-expression", 3, 12)]),
    "shape of the shortcut": (entry("{Residual: {body: [{Conv2d: [8, 1]}]}}"),
                              [("shapes-differ", 3, 23)]),
    "expect has no such key": (entry("{ReLU: , expect: {outputs: [1]}}"),
                               [("unknown-key", 3, 23)]),
    "block without its argument": (
        entry("unit", head="blocks: {unit: {args: {c: }, layers: [ReLU]}}\n"),
        [("missing-key", 4, 5)]),
    "block with another argument": (
        entry("{unit: {d: 1}}", head="blocks: {unit: {args: {c: 1}, layers: [ReLU]}}\n"),
        [("unknown-key", 4, 13)]),
    "block that uses itself": (entry("a", head="blocks: {a: {layers: [a]}}\n"),
                               [("block-cycle", 2, 23)]),
    "block named like a layer": (entry("ReLU", head="blocks: {ReLU: {layers: [Tanh]}}\n"),
                                 [("wrong-value", 2, 10)]),
    "variable named like a keyword": (entry("ReLU", head="vars: {in: 3}\n"), [("bad-name", 2, 8)]),
    "input too large": (entry("ReLU", "[1, 10000000]"), [("too-large", 1, 8)]),
}  # fmt: skip


@pytest.mark.parametrize("case", ERRORS, ids=list(ERRORS))
def test_a_mistake_gives_one_diagnostic_at_its_place(case: str) -> None:
    text, expected = ERRORS[case]
    assert codes(text) == expected


def test_all_mistakes_of_a_file_are_found_at_once_and_none_twice() -> None:
    text = """\
        input: [1, 8, 8]
        blocks:
          unit: {layers: [{Conv2d: [4, 9]}, {Conv2d: [4, 3], bais: 1}]}
        layers:
          - unit
          - unit
          - Lineer: 3
        audit: {max_parms: 1}
    """
    found = codes(text)
    assert [code for code, _, _ in found] == [
        "window-too-large", "not-a-layer", "unknown-layer", "unknown-key",
    ]  # fmt: skip


def test_what_follows_from_a_mistake_is_not_reported() -> None:
    text = "input: [1, 8, 8]\nlayers:\n  - Conv2d: [4, 9]\n  - Conv2d: [4, 99]\n  - Linear: 3\n"
    assert codes(text) == [("window-too-large", 3, 17)]


PLACES = [
    ("NAME: 1\ninput: [1]\nlayers: [ReLU]\n", 1, 1),
    ("input: [1]\nlayers: [ReLU]\naudit: {NAME: 3}\n", 3, 9),
    ("input: [1]\nlayers: [{ReLU: {NAME: 3}}]\n", 2, 18),
    ("input: [1]\nlayers: [{ReLU: , expect: {NAME: 3}}]\n", 2, 28),
    ("input: [1]\nlayers: [{Graph: {a: {NAME: 3, layers: [ReLU]}}}]\n", 2, 23),
    ("input: [1]\nlayers: [ReLU]\nblocks: {a: {NAME: 3, layers: [ReLU]}}\n", 3, 14),
]


@pytest.mark.parametrize("name", ["int", "float", "str", '"a[b"', '"[key]"'])
@pytest.mark.parametrize(("text", "line", "column"), PLACES)
def test_a_key_that_looks_like_a_type_is_reported_where_it_is(
    text: str, line: int, column: int, name: str
) -> None:
    found = codes(text.replace("NAME", name))
    assert ("unknown-key", line, column) in found
