"""The JSON of `netspec check`, by its contract."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

SCHEMAS = Path(__file__).parents[2] / "data" / "schemas"
Shown = Callable[..., str]


def test_json_has_every_key_of_its_contract(shown: Shown) -> None:
    report = json.loads(shown("json"))
    assert report["schema"] == 1
    by_path = {spec["path"]: spec for spec in report["specs"]}
    good = by_path["specs/good.yaml"]
    assert good["status"] == "ok"
    totals = {"params", "buffers", "macs", "activation_bytes", "training_bytes"}
    assert totals <= good["totals"].keys()
    assert good.keys() >= {
        "path", "name", "status", "input", "output", "totals", "receptive_field", "seen",
        "layers", "diagnostics",
    }  # fmt: skip
    assert good["layers"][0].items() >= {
        "index": 0, "name": "0", "layer": "Conv2d", "line": 3, "column": 5, "depth": 0,
        "input": [1, 12, 12], "output": [4, 10, 10], "params": 40, "buffers": 0, "macs": 3600,
        "receptive_field": [3, 3], "jump": [1, 1], "start": [0, 0], "seen": [[5, 7], [5, 7]],
        "global_context": False,
    }.items()  # fmt: skip
    (found,) = by_path["specs/in block.yaml"]["diagnostics"]
    assert found.keys() >= {
        "code", "severity", "message", "help", "path", "line", "column", "end_line",
        "end_column", "layer",
    }  # fmt: skip
    assert (found["line"], found["severity"]) == (5, "error")
    assert found["trace"] == [{"block": "pair", "line": 7, "column": 5}]
