"""What changed between two versions of specs."""

from __future__ import annotations

import pytest
from compared import BROKEN, changed, version
from repository import net

from netspec.diagnostic import Diagnostic, Span
from netspec.diff import compare as diff
from netspec.diff.compare import SpecDiff


def layers(spec: SpecDiff) -> list[tuple[str | None, str | None]]:
    return [(a.name if a else None, b.name if b else None) for a, b in spec.layers]


ROWS: dict[str, tuple[str, str, list[tuple[str | None, str | None]]]] = {
    "nothing": ("", "", []),
    "kernel": ("kernel_size: 3}\n      - R", "kernel_size: 5}\n      - R", [
        ("stem.0", "stem.0"), ("3", "3"),
    ]),
    "insertion": ("  - ReLU\n  - Fl", "  - BatchNorm2d\n  - ReLU\n  - Fl", [(None, "2")]),
    "removal": ("  - ReLU\n  - Fl", "  - Fl", [("2", None)]),
    "other kind": ("  - ReLU\n  - Fl", "  - GELU\n  - Fl", [("2", "2")]),
    "other job": ("  - ReLU\n  - Fl", "  - BatchNorm2d\n  - Fl", [("2", None), (None, "2")]),
    "default written": ("kernel_size: 3}\n      - R", "kernel_size: 3, stride: 1}\n      - R", []),
    "position for name": ("{out_channels: 8, kernel_size: 3}", "[8, 3]", []),
    "width": ("out_channels: 4,", "out_channels: 6,", [("stem.0", "stem.0"), ("1", "1")]),
    "submodule": ("name: stem", "name: trunk", [("stem.0", "trunk.0"), ("stem.1", "trunk.1")]),
    "comment": ("layers:", "# the network\nlayers:", []),
}  # fmt: skip


@pytest.mark.parametrize("case", ROWS)
def test_layers_that_changed_are_aligned(case: str) -> None:
    old, new, expected = ROWS[case]
    text = net()
    assert old in text
    after = text.replace(old, new, 1)
    # The linear layer reads another number of features only where the shape before it changed.
    assert [row for row in layers(changed(text, after)) if row != ("4", "4")] == [
        row for row in expected if row != ("3", "3")
    ]


def test_a_layer_that_moves_to_another_branch_is_a_change() -> None:
    text = """\
input: [1, 8, 8]
layers:
  - Residual:
      body: [{Conv2d: [1, 1]}]
      shortcut: []
"""
    moved = text.replace("body: [{Conv2d: [1, 1]}]\n      shortcut: []",
                         "body: []\n      shortcut: [{Conv2d: [1, 1]}]")  # fmt: skip
    assert layers(changed(text, moved)) == [("0.body.0", "0.shortcut.0")]


def test_thousands_of_layers_on_both_sides_are_compared_in_seconds() -> None:
    text = "input: [1, 8, 8]\nlayers:\n  - {ReLU: , repeat: 6000}\n  - GELU\n"
    spec = changed(text, text.replace("6000", "5999"))
    assert spec.layers


SETTINGS = {
    "epochs": ({"epochs": 9}, [("train.epochs", 5, 9)]),
    "argument": ({"lr": 0.1}, [("train.optimizer.Adam.lr", 0.01, 0.1)]),
}


@pytest.mark.parametrize("case", SETTINGS)
def test_settings_that_changed_have_dotted_keys(case: str) -> None:
    arguments, expected = SETTINGS[case]
    assert list(changed(net(), net(**arguments)).settings) == expected  # type: ignore[arg-type]


def test_another_optimizer_is_one_setting_without_its_defaults() -> None:
    after = net().replace("{Adam: {lr: 0.01}}", "{SGD: {lr: 0.1, momentum: 0.9}}")
    (one,) = changed(net(), after).settings
    assert one == ("train.optimizer", {"Adam": {"lr": 0.01}}, {"SGD": {"lr": 0.1, "momentum": 0.9}})


def test_budgets_and_sections_left_out_are_settings() -> None:
    text = net()
    after = text.replace("max_params: 100k", "max_params: 200k").split("train:")[0]
    keys = [one.key for one in changed(text, after).settings]
    assert keys == ["audit.max_params", "train"]


def test_a_comment_is_no_change() -> None:
    spec = changed(net(), "# a comment\n" + net())
    assert spec.status == "unchanged"


def finding(code: str, line: int, layer: str | None, message: str) -> Diagnostic:
    return Diagnostic(code, message, "warning", span=Span(line, 1, line, 2), layer=layer)


def test_a_finding_that_moved_or_counts_otherwise_is_neither_new_nor_gone() -> None:
    before = [
        finding("a", 1, "0", "wastes 8"), finding("b", 2, "1", "same"), finding("c", 3, "2", "gone")
    ]  # fmt: skip
    after = [
        finding("a", 5, "0", "wastes 9"), finding("b", 6, "2", "same"), finding("d", 7, "2", "new")
    ]  # fmt: skip
    assert diff.findings(before, after) == ([after[2]], [before[2]])


def test_a_finding_that_comes_twice_where_it_came_once_is_new() -> None:
    one = finding("a", 1, "0", "x")
    assert diff.findings([one], [one, one]) == ([one], [])


STATUSES: dict[str, tuple[dict[str, str], dict[str, str], dict[str, str]]] = {
    "unchanged": ({"a": net()}, {"a": net()}, {"a": "unchanged"}),
    "changed": ({"a": net()}, {"a": net(width=5)}, {"a": "changed"}),
    "added": ({}, {"a": net()}, {"a": "added"}),
    "removed": ({"a": net()}, {}, {"a": "removed"}),
    "renamed": ({"a": net()}, {"b": net()}, {"b": "renamed"}),
    "renamed and changed": ({"a": net()}, {"b": net(width=5)}, {"b": "renamed"}),
    "replaced": (
        {"a": net()}, {"b": "input: [4]\nlayers: [ReLU]\n"}, {"a": "removed", "b": "added"}
    ),
    "the nearest is the origin": (
        {"a": net(), "b": net("other", width=9)}, {"c": net("other", width=7)},
        {"a": "removed", "c": "renamed"},
    ),
    "broken": ({"a": net()}, {"a": BROKEN}, {"a": "broken"}),
    "added broken": ({}, {"a": BROKEN}, {"a": "broken"}),
    "renamed broken": ({"a": net()}, {"b": BROKEN}, {"b": "broken"}),
    "still broken": ({"a": BROKEN}, {"a": BROKEN}, {"a": "unchanged"}),
    "repaired": ({"a": BROKEN}, {"a": net()}, {"a": "repaired"}),
    "removed broken": ({"a": BROKEN}, {}, {"a": "removed"}),
}  # fmt: skip


@pytest.mark.parametrize("case", STATUSES)
def test_each_spec_has_the_status_of_what_happened_to_it(case: str) -> None:
    old, new, expected = STATUSES[case]
    sides = [{key: version(text, key) for key, text in side.items()} for side in (old, new)]
    specs = diff.compare(sides[0], sides[1])
    assert {spec.path: spec.status for spec in specs} == expected
    assert [spec.path for spec in specs] == sorted(expected)
