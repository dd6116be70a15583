"""Where names are given and used."""

from __future__ import annotations

import pytest

from netspec import report
from netspec.diagnostic import Edit, Fault
from netspec.pages.places import Thing, at, check_name, definition, places, references
from netspec.pages.reading import read
from netspec.source.edit import applied

SPEC = """\
# a unit of width 8
input: [1, 28, 28]
vars: {width: 8, p: 0.5, wide: "$(width + min(1, p))"}
blocks:
  unit:
    args: {out: $width, p: 0.1, both: $(out + width)}
    layers:
      - Conv2d: {out_channels: $out, kernel_size: 3}
      - Dropout2d: $p
  "two":
    layers: [unit, unit: {p: $p, out: "$(max(width, 4))"}]
layers:
  - two
  - Graph:
      unit: [unit: 3]
      add: {from: unit, layers: [{name: unit, ReLU: }]}
      end: {from: [unit, add], join: add}
  - Dropout: $p
audit: {max_params: $(width * 1000)}
"""

NAMES = {
    Thing("variable", "width"): [(3, 8), (3, 35), (6, 18), (6, 47), (11, 46), (19, 23)],
    Thing("variable", "p"): [(3, 18), (3, 50), (11, 31), (18, 15)],
    Thing("variable", "wide"): [(3, 26)],
    Thing("argument", "out", ("unit",)): [(6, 12), (6, 41), (8, 33), (11, 34)],
    Thing("argument", "p", ("unit",)): [(6, 25), (9, 21), (11, 27)],
    Thing("argument", "both", ("unit",)): [(6, 33)],
    Thing("block", "unit"): [(5, 3), (11, 14), (11, 20), (15, 14)],
    Thing("block", "two"): [(10, 4), (13, 5)],
    Thing("node", "unit", ("layers", 1, "Graph")): [(15, 7), (16, 19), (17, 20)],
    Thing("node", "add", ("layers", 1, "Graph")): [(16, 7), (17, 26)],
    Thing("node", "end", ("layers", 1, "Graph")): [(17, 7)],
}


def test_every_name_is_found_where_it_is_given_and_used() -> None:
    found = places(read(SPEC, "a.yaml"))
    things = {place.thing for place in found}
    assert things == NAMES.keys()
    for thing, at_ in NAMES.items():
        spans = references(found, thing)
        assert [span[:2] for span in spans] == at_, thing
        assert definition(found, thing) == spans[0]
        lines = SPEC.split("\n")
        assert {lines[s.line - 1][s.column - 1 : s.end_column - 1] for s in spans} == {thing.name}


@pytest.mark.parametrize("thing", NAMES, ids=lambda thing: f"{thing.sort}-{thing.name}")
def test_a_network_keeps_its_figures_under_another_name(thing: Thing) -> None:
    found = places(read(SPEC, "a.yaml"))
    check_name(found, thing, "other_")
    edits = [Edit(span, "other_") for span in references(found, thing)]
    before, after = report.read(SPEC, "a.yaml"), report.read(applied(SPEC, edits), "a.yaml")
    assert before.plan is not None
    assert after.plan is not None
    assert [d.code for d in after.diagnostics] == [d.code for d in before.diagnostics]
    assert after.plan.totals == before.plan.totals
    assert [leaf.output.shape for leaf in after.plan.leaves] == [
        leaf.output.shape for leaf in before.plan.leaves
    ]


@pytest.mark.parametrize(
    ("sort", "name", "home", "new", "message"),
    [
        ("block", "unit", (), "Unit", "'Unit' is no name of a block"),
        ("block", "unit", (), "two", "'two' is a block already"),
        ("variable", "width", (), "2x", "'2x' is no name of a variable"),
        ("variable", "width", (), "out", "'out' is an argument already"),
        ("variable", "width", (), "if", "'if' is no name of a variable"),
        ("argument", "out", ("unit",), "width", "'width' is a variable already"),
        ("argument", "out", ("unit",), "p", "'p' is a"),
        ("node", "add", ("layers", 1, "Graph"), "input", "'input' is what the graph reads"),
        ("node", "add", ("layers", 1, "Graph"), "end", "'end' is a node already"),
        ("node", "add", ("layers", 1, "Graph"), "forward", "cannot be called 'forward'"),
    ],
)
def test_a_name_that_would_not_do_is_refused(
    sort: str, name: str, home: tuple[str | int, ...], new: str, message: str
) -> None:
    found = places(read(SPEC, "a.yaml"))
    with pytest.raises(Fault, match=message):
        check_name(found, Thing(sort, name, home), new)  # type: ignore[arg-type]


def test_what_is_no_name_has_no_place() -> None:
    found = places(read(SPEC, "a.yaml"))
    assert at(found, 1, 5) is None
    assert at(found, 2, 3) is None
    assert at(found, 13, 5) == at(found, 13, 8)
