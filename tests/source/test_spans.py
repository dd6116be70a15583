"""Where values and keys of a text stand."""

from __future__ import annotations

import pytest
from texts import GOOD, PLACES

from netspec import source


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_spans_point_at_values_and_keys(line_break: str, bom: str, parser: str) -> None:
    spec = source.parse((bom + GOOD.replace("\n", line_break)).encode(), "x.yaml")
    for path, key, text, line in PLACES:
        span = spec.span(path, key)
        assert span.end_line == span.line, path
        under = spec.lines[span.line - 1][span.column - 1 : span.end_column - 1]
        assert (under, span.line) == (text, line), path


def test_columns_count_characters_not_bytes(parser: str) -> None:
    assert source.parse("é: {日本😀: 1}\n", "x.yaml").span(("é", "日本😀")).column == 10
