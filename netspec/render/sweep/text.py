"""A sweep for people at a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from netspec.language.training import FIGURES
from netspec.render.columns import columns
from netspec.render.look import BOLD, PLAIN, Look
from netspec.render.safe import escape
from netspec.render.words import plural, share_text
from netspec.runs.trials import Seeded, Standing, Tried, spread
from netspec.search.candidate import value_text

_BAR = 30


def render(standing: Standing, look: Look = PLAIN) -> str:
    """Every trial, the best first; what mattered; and the best over seeds."""
    if not standing.trials:
        return f"{escape(standing.folder.as_posix())}: no trials yet"
    parts = [_trials(standing, look), counts(standing)]
    if standing.importances:
        rows = [
            (key, f"{share:.2f}", "#" * round(_BAR * share))
            for key, share in standing.importances.items()
        ]
        parts.append("\n".join([look.paint(BOLD, "importance"), *columns(rows, "<><")]))
    if standing.seeded:
        parts.append(_seeded(standing, look))
    if standing.best:
        winner = standing.seeded[0].number if standing.seeded else "?"
        parts.append(f"best: trial {winner}, {escape(standing.best.as_posix())}")
    return "\n\n".join(parts)


def line(one: Tried, objective: str) -> str:
    """A trial in a line, as it ends."""
    values = " ".join(f"{key}={value_text(value)}" for key, value in one.values.items())
    told = f"{figured(one.objective, objective)} after {plural(one.epochs, 'epoch')}"
    if one.state == "failed":
        told = f"failed: {one.why}"
    elif one.state == "pruned":
        told += ", pruned"
    return escape(f"trial {one.number}: {values}: {told}")


def _trials(standing: Standing, look: Look) -> str:
    keys = list(standing.trials[0].values)
    rows = [("trial", "state", *keys, standing.objective, "epochs", "params", "")]
    rows += [
        (
            str(one.number), one.state, *(value_text(one.values[key]) for key in keys),
            figured(one.objective, standing.objective), str(one.epochs),
            "-" if one.params is None else f"{one.params:,}", one.why or "",
        )
        for one in standing.ranked
    ]  # fmt: skip
    head, *lines = columns(rows, f"><{'>' * len(keys)}>>><", look, [len(keys) + 5])
    return "\n".join([look.paint(BOLD, head), *lines])


def counts(standing: Standing) -> str:
    """How many trials there are, in which state."""
    states = Counter(one.state for one in standing.trials)
    counts = ", ".join(f"{n:,} {state}" for state, n in states.items())
    kept = "" if standing.kept is None else f"; {standing.kept:,} candidates keep the bounds"
    return f"{len(standing.trials):,} of {plural(standing.planned, 'trial')}: {counts}{kept}"


def _seeded(standing: Standing, look: Look) -> str:
    figure = standing.seeded[0].figure
    rows = [("trial", f"held-back {standing.objective}", f"test {figure}", "seeds", "")]
    rows += [
        (
            str(one.number), over(one.held_back, standing.objective), over(one.test, one.figure),
            f"{len(one.held_back)}/{standing.seeds}", next(_why(one), ""),
        )
        for one in standing.seeded
    ]  # fmt: skip
    head, *lines = columns(rows, ">>>><", look)
    return "\n".join([look.paint(BOLD, head), *lines])


def _why(one: Seeded) -> Iterator[str]:
    yield from one.why


def over(values: Sequence[float], objective: str) -> str:
    """The mean over seeds, and how far they are apart."""
    if not values:
        return "-"
    middle = sum(values) / len(values)
    off = spread(values)
    text = figured(middle, objective)
    if off is None:
        return text
    return f"{text} ± {100 * off:.2f}" if _share(objective) else f"{text} ± {off:.4f}"


def figured(value: float | None, objective: str) -> str:
    """What trials are compared by; - where it is not known."""
    if value is None:
        return "-"
    return share_text(value) if _share(objective) else f"{value:.4f}"


def _share(objective: str) -> bool:
    return objective in FIGURES and FIGURES[objective].unit == "share"
