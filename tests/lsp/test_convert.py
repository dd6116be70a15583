"""Pieces of the server that need no editor."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

types = pytest.importorskip("lsprotocol.types")
from pygls.workspace import PositionCodec  # noqa: E402

from netspec.diagnostic import Span  # noqa: E402
from netspec.lsp.actions import between  # noqa: E402
from netspec.lsp.convert import UNNECESSARY, Ruler  # noqa: E402
from netspec.pages.codes import codes  # noqa: E402
from netspec.source.edit import applied  # noqa: E402

ENCODINGS = {"utf-8": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}
TEXTS = st.text(st.sampled_from("ab \n\r😀é"), max_size=12)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_places_are_counted_in_the_clients_units(encoding: str) -> None:
    row = "a😀é: [ü, 日]"
    ruler = Ruler(["", row], PositionCodec(types.PositionEncodingKind(encoding)))
    width = int(encoding[4:]) // 8
    for column in range(1, len(row) + 2):
        units = len(row[: column - 1].encode(ENCODINGS[encoding])) // width
        assert ruler.position(2, column) == types.Position(1, units)
        assert ruler.place(types.Position(1, units)) == (2, column)
    assert ruler.place(types.Position(9, 0)) == (2, len(row) + 1)
    assert ruler.range(Span(2, 1, 2, 3)).end == ruler.position(2, 3)


@given(TEXTS, TEXTS)
def test_one_edit_makes_one_text_of_another(before: str, after: str) -> None:
    assert applied(before, [between(before, after)]) == after


def test_what_is_faded_is_a_code() -> None:
    assert set(codes()) >= UNNECESSARY
