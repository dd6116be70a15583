"""What a run keeps of its answers is read back as it was, and nothing else is."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from netspec.diagnostic import UsageError
from netspec.runs.answers import FILE, Answers, Picture, answers
from netspec.runs.confusion import Judgement

KEPT = Answers(
    Judgement("set", "val", ("a", "<b>"), [[3, 1], [0, 2]], 0.25, "samples"),
    4, [Picture(0, 1, 0.75, 9, "iVBO")], [Picture(1, 1, 1.0, 0, "iVBO")], "numbers",
)  # fmt: skip

DAMAGE: dict[str, Callable[[dict[str, Any]], Any]] = {
    "no classes": lambda told: told.update(classes=[]),
    "a class that is no text": lambda told: told.update(classes=["a", 1]),
    "too many classes": lambda told: told.update(classes=["a"] * 2001),
    "a cell outside": lambda told: told.update(cells=[[0, 2, 1]]),
    "a negative count": lambda told: told.update(cells=[[0, 1, -1]]),
    "no image at all": lambda told: told.update(cells=[]),
    "a loss that is no number": lambda told: told.update(loss="0"),
    "a key that is gone": lambda told: told.pop("examples"),
    "markup in a picture": lambda told: told["wrong"][0].__setitem__(4, '"><script>'),
    "a picture of no class": lambda told: told["wrong"][0].__setitem__(0, 2),
    "a true that is a bool": lambda told: told["wrong"][0].__setitem__(0, True),
    "a probability beyond numbers": lambda told: told["wrong"][0].__setitem__(2, float("nan")),
}


def test_answers_are_read_back_as_they_were_written(tmp_path: Path) -> None:
    assert answers(tmp_path) is None
    (tmp_path / FILE).write_text(KEPT.text())
    assert answers(tmp_path) == KEPT


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_what_no_run_has_written_is_refused_by_name(
    tmp_path: Path, damage: Callable[[dict[str, Any]], Any]
) -> None:
    told = json.loads(KEPT.text())
    damage(told)
    (tmp_path / FILE).write_text(json.dumps(told))
    with pytest.raises(UsageError, match=r"answers\.json is damaged"):
        answers(tmp_path)


@pytest.mark.parametrize("text", ["", "[]", "[" * 100_000, "{\xff", "null"])
def test_what_is_no_json_of_answers_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text, "latin-1")
    with pytest.raises(UsageError, match=r"answers\.json is damaged"):
        answers(tmp_path)
