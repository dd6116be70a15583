"""Where the units of a network last differ: the receptive field that stands for all of it."""

from __future__ import annotations

import json

import pytest
from command import netspec

from netspec.report import examine
from netspec.source import parse

WIDE = "[{Conv2d: {out_channels: 4, kernel_size: 7, padding: 3}}]"
NARROW = "[{Conv2d: [4, 1]}]"
POOL = "{AdaptiveAvgPool2d: 1}"


def local(layers: str) -> tuple[object, ...]:
    report = examine(parse(f"input: [1, 28, 28]\nlayers: [{layers}]", "spec.yaml"))
    assert report.plan is not None, report.diagnostics
    place = report.plan.local
    assert place is not None
    return place.node.name, place.size[0], place.jump[0], place.start[0], place.seen[0]


@pytest.mark.parametrize(
    ("layers", "found"),
    [
        (f"{{Concat: [{WIDE}, {NARROW}]}}, {POOL}", ("0", 7, 1, -3, (11, 17))),
        (f"{{Concat: [{NARROW}, {WIDE}]}}, {POOL}", ("0", 7, 1, -3, (11, 17))),
        (f"{{Residual: {{body: {WIDE}, shortcut: {NARROW}}}}}, ReLU, {POOL}",
         ("1", 7, 1, -3, (11, 17))),
        # Pooled before they are put together, they are the same network.
        (f"{{Concat: [[{WIDE[1:-1]}, {POOL}], [{NARROW[1:-1]}, {POOL}]]}}",
         ("0", 7, 1, -3, (11, 17))),
        (f"{{Concat: [[{NARROW[1:-1]}, {POOL}], [{WIDE[1:-1]}, {POOL}]]}}",
         ("0", 7, 1, -3, (11, 17))),
        # A path that only pools sees what stands before it.
        (f"{{Conv2d: [4, 3]}}, {{Concat: [[{POOL}], [{{AdaptiveMaxPool2d: 1}}]]}}",
         ("0", 3, 1, 0, (13, 15))),
        (f"{{Conv2d: [4, 3]}}, {{Concat: [[{POOL}], [{{Conv2d: [4, 3, 1, 1]}}, {POOL}]]}}",
         ("1", 5, 1, -1, (12, 16))),
        (f"{{Gate: [{POOL}, {{Conv2d: [1, 1]}}, Sigmoid]}}, {{Conv2d: [4, 5]}}, {POOL}",
         ("1", 5, 1, 0, (12, 16))),
        (f"{{Sequential: [{{Conv2d: [4, 3]}}, ReLU]}}, {POOL}, {{Conv2d: [8, 1]}}",
         ("0.1", 3, 1, 0, (13, 15))),
        # Of different strides there is no single size.
        (f"{{Concat: [[{{Conv2d: [4, 3, 2]}}, {POOL}], [{WIDE[1:-1]}, {POOL}]]}}",
         ("0", None, None, None, None)),
    ],
)  # fmt: skip
def test_it_is_that_of_the_last_place_whose_units_differ_paths_together(
    layers: str, found: tuple[object, ...]
) -> None:
    assert local(layers) == found


def test_the_order_of_paths_changes_no_budget(tmp_path: object) -> None:
    for paths in (f"{WIDE}, {NARROW}", f"{NARROW}, {WIDE}"):
        text = f"input: [1, 28, 28]\nlayers: [{{Concat: [{paths}]}}, {POOL}, Flatten]\n"
        report = examine(parse(text + "audit: {min_receptive_field: 7}", "spec.yaml"))
        assert [one for one in report.diagnostics if one.severity == "error"] == []
        shown = json.loads(netspec("check", "-", "--format", "json", given=text.encode()).out)[
            "specs"
        ][0]
        keys = ("receptive_field", "jump", "start", "seen")
        assert [shown[key] for key in keys] == [[7, 7], [1, 1], [-3, -3], [[11, 17], [11, 17]]]
