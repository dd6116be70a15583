"""What a run's best weights answered, as its folder keeps it: counts, and pictures of mistakes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from math import isfinite
from pathlib import Path
from typing import Any, NamedTuple

from netspec.diagnostic import NetspecError, UsageError
from netspec.disk import files
from netspec.runs.confusion import Judgement

FILE = "answers.json"
_MAX_FILE = 64 << 20
MAX_CLASSES = 2000
"""More have no matrix that anyone could look at."""
_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")


class Picture(NamedTuple):
    """An image that was judged; classes by number."""

    true: int
    answer: int
    probability: float
    """Of the answer."""
    place: int
    """In the part of the data, from 0."""
    png: str
    """In base64."""


class Answers(NamedTuple):
    judgement: Judgement
    epoch: int
    """That the weights are of."""
    wrong: Sequence[Picture]
    """Some of each mistake, the surest first."""
    examples: Sequence[Picture]
    """Images in the size that the network reads, of different classes."""
    without: str = ""
    """Why there are no pictures."""

    def text(self) -> str:
        """All of it, as the file has it; cells of the matrix that are 0 are left out."""
        judged = self.judgement
        cells = [
            [i, j, count]
            for i, row in enumerate(judged.confusion)
            for j, count in enumerate(row)
            if count
        ]
        told = {
            "schema": 1, "dataset": judged.dataset, "part": judged.part, "what": judged.what,
            "epoch": self.epoch, "loss": judged.loss if isfinite(judged.loss) else None,
            "classes": list(judged.classes), "cells": cells, "without": self.without,
            "wrong": [list(one) for one in self.wrong],
            "examples": [list(one) for one in self.examples],
        }  # fmt: skip
        return json.dumps(told, separators=(",", ":")) + "\n"


def answers(folder: Path) -> Answers | None:
    """What the folder of a run keeps of it, None where it keeps nothing.

    Raises UsageError where that cannot be what a run wrote.
    """
    file = folder / FILE
    try:
        return _read(json.loads(files.read(file, _MAX_FILE, links=True)))
    except FileNotFoundError:
        return None
    except NetspecError as error:
        raise UsageError(str(error)) from None
    except OSError as error:
        raise UsageError(f"cannot read {file}: {error.strerror or error}") from None
    except (ValueError, TypeError, KeyError, RecursionError):
        raise UsageError(f"{file} is damaged") from None


def _read(told: Mapping[str, Any]) -> Answers:
    """The same as it was; ValueError, TypeError or KeyError where it is something else."""
    classes = told["classes"]
    n = len(classes)
    if not 0 < n <= MAX_CLASSES or not all(isinstance(name, str) for name in classes):
        raise ValueError
    confusion: list[list[int]] = [[0] * n for _ in classes]
    for i, j, count in told["cells"]:
        confusion[_whole(i, n)][_whole(j, n)] = _whole(count, 1 << 53)
    loss = told["loss"]
    judgement = Judgement(
        _text(told["dataset"]), _text(told["part"]), tuple(classes), confusion,
        float("nan") if loss is None else _number(loss), _text(told["what"]),
    )  # fmt: skip
    wrong, examples = ([_picture(one, n) for one in told[key]] for key in ("wrong", "examples"))
    if not judgement.images:
        raise ValueError
    return Answers(
        judgement, _whole(told["epoch"], 1 << 53), wrong, examples, _text(told["without"])
    )


def _picture(told: Sequence[Any], n: int) -> Picture:
    true, answer, probability, index, png = told
    if not _BASE64.fullmatch(png):
        raise ValueError
    return Picture(
        _whole(true, n), _whole(answer, n), _number(probability), _whole(index, 1 << 53), png
    )


def _whole(value: Any, end: int) -> int:
    if type(value) is not int or not 0 <= value < end:
        raise ValueError
    return value


def _number(value: Any) -> float:
    if type(value) not in (int, float) or not isfinite(value):
        raise ValueError
    return float(value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value
