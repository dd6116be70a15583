"""How far values are from those that are known."""

from __future__ import annotations

from typing import Any

from netspec.render.columns import columns
from netspec.render.safe import escape
from netspec.runs.deviations import Deviations, TargetFigures, Values
from netspec.runs.past import finite

_HEAD = ("target", "mean", "std", "MAE", "RMSE", "R2")


def said(judgement: Deviations) -> list[str]:
    """A sentence, and a row for each target."""
    what = f"{judgement.part} {judgement.what}"
    figures = f"MAE {judgement.mae:.4g}, RMSE {judgement.rmse:.4g}, R2 {judgement.r2:.4f}"
    return [
        f"{figures} on {judgement.images:,} {what} of {escape(judgement.dataset)}, "
        f"loss {judgement.loss:.4g}",
        "\n".join(columns([_HEAD, *map(_row, judgement.targets)], "<>>>>>")),
    ]


def _row(one: TargetFigures) -> tuple[str, ...]:
    return escape(one.name), *(f"{figure:.4g}" for figure in one[1:5]), f"{one.r2:.4f}"


def told(judgement: Deviations) -> dict[str, Any]:
    """The figures, and those of each target."""
    return {
        "mae": judgement.mae,
        "rmse": judgement.rmse,
        "r2": judgement.r2,
        "loss": finite(judgement.loss),
        "targets": [one._asdict() for one in judgement.targets],
    }


def row(one: Values) -> tuple[str, ...]:
    """The values, with their names where there are several."""
    if len(one.values) == 1:
        return (f"{next(iter(one.values.values())):.6g}",)
    return tuple(f"{escape(name)} {value:.6g}" for name, value in one.values.items())


def answer(one: Values) -> dict[str, Any]:
    """The values by name."""
    return {"values": {name: finite(value) for name, value in one.values.items()}}
