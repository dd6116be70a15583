"""reviewdog's format, by what it needs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

SCHEMAS = Path(__file__).parents[2] / "data" / "schemas"
Shown = Callable[..., str]


def test_rdjson_counts_columns_in_bytes(specs: Path, shown: Shown) -> None:
    report = json.loads(shown("rdjson"))
    assert report.keys() == {"source", "diagnostics"}
    by_path: dict[str, list[dict[str, Any]]] = {}
    for one in report["diagnostics"]:
        assert one.keys() - {"suggestions"} == {"message", "location", "severity", "code"}
        assert one["severity"] in ("ERROR", "WARNING", "INFO")
        by_path.setdefault(one["location"]["path"], []).append(one)
    ranges = [one["location"]["range"] for one in by_path["specs/tricky,%.yaml"]]
    rows = [
        row.encode() for row in (specs / "specs" / "tricky,%.yaml").read_text("utf-8").split("\n")
    ]
    pieces = [
        rows[at["start"]["line"] - 1][at["start"]["column"] - 1 : at["end"]["column"] - 1]
        for at in ranges
    ]
    assert pieces == [b"zehn", '"Änd@ern,50%: <b>|x"'.encode()]


def test_rdjson_suggests_what_one_edit_would_mend(specs: Path, shown: Shown) -> None:
    (specs / "near.yaml").write_text(
        "input: [9]\nlayers: [{name: ä, ReLU: , ignore: [gridding]}]\n", "utf-8"
    )
    report = json.loads(shown("rdjson", "near.yaml"))
    (suggestion,) = report["diagnostics"][0]["suggestions"]
    # After a character of two bytes.
    row = "layers: [{name: ä, ReLU: , ignore: [gridding]}]".encode()
    start, end = (suggestion["range"][at]["column"] - 1 for at in ("start", "end"))
    mended = row[:start] + suggestion["text"].encode() + row[end:]
    assert mended == "layers: [{name: ä, ReLU: }]".encode()
