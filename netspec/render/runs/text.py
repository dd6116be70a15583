"""Runs for people at a terminal."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from netspec.diff.compare import Setting, SpecDiff
from netspec.language.training.tasks import ACCURACY
from netspec.render import changes
from netspec.render.columns import columns
from netspec.render.diff import text as diff_text
from netspec.render.look import BOLD, PLAIN, Look
from netspec.render.safe import escape
from netspec.render.words import figure_text, growth_text
from netspec.runs.past import KEYS, Epoch, Past, figure

_SHOWN: dict[str, Callable[[Past], str]] = {
    "name": lambda run: escape(run.name),
    "run": lambda run: str(run.run),
    "status": lambda run: escape(run.status),
    "epochs": lambda run: str(run.epochs),
    "best": lambda run: figure_text(figure(run), run.best),
    "last": lambda run: figure_text(figure(run), run.last),
    "params": lambda run: "-" if run.params is None else f"{run.params:,}",
    "seconds": lambda run: f"{run.seconds:,.1f}",
    "date": lambda run: escape(run.date[:16].replace("T", " ")) if run.date else "-",
    "tag": lambda run: run.tag or "",
    "note": lambda run: run.note or "",
    "figure": lambda run: run.figure or "-",
}
_WORDS = ("name", "status", "date", "tag", "note", "figure")
_WRITTEN = ("tag", "note")
_RESULTS = ("status", "epochs", "best", "last", "params", "seconds")


def render(runs: Sequence[Past], keys: Sequence[str] = (), look: Look = PLAIN) -> str:
    """A row for each run, with the settings that are not equal in all."""
    if not runs:
        return "no runs"
    # A column that nobody has written into says nothing, nor what all classifiers go by.
    kept = [key for key in KEYS if key not in _WRITTEN or any(getattr(run, key) for run in runs)]
    if not any(figure(run) != ACCURACY for run in runs):
        kept.remove("figure")
    rows = [(*kept, *(key.removeprefix("train.") for key in keys))]
    rows += [
        (*(_SHOWN[key](run) for key in kept), *(_set(run, key) for key in keys)) for run in runs
    ]
    align = "".join("<" if key in _WORDS else ">" for key in kept) + "<" * len(keys)
    spare = [kept.index(key) for key in ("seconds", "date", "params", "last") if key in kept]
    head, *lines = columns(rows, align, look, [*spare, *reversed(range(len(kept), len(rows[0])))])
    return "\n".join([look.paint(BOLD, head), *lines])


def _set(run: Past, key: str) -> str:
    return changes.shown(run.settings[key]) if key in run.settings else "-"


def epochs(run: Past, rows: Sequence[Epoch]) -> str:
    """A row for each epoch of a run."""
    if not rows:
        return f"{escape(run.folder.as_posix())} has no epochs"
    heads = list(rows[0])
    cells = [[f"{row.get(key, float('nan')):.5g}" for key in heads] for row in rows]
    names = [escape(key.replace("_", " ")) for key in heads]
    return "\n".join(columns([names, *cells], ">" * len(heads)))


def compared(a: Past, b: Past, spec: SpecDiff, around: Sequence[Setting]) -> str:
    """What differs between two runs: the spec, what was around it, and what came out."""
    parts = [diff_text.render([spec], [])]
    if around:
        lines = (f"  {escape(one.key)}: {escape(_setting(one))}" for one in around)
        parts.append("\n".join(["environment", *lines]))
    rows = [("", escape(a.folder.as_posix()), escape(b.folder.as_posix()), "change")]
    rows += [(key, _SHOWN[key](a), _SHOWN[key](b), _change(key, a, b)) for key in _RESULTS]
    return "\n\n".join([*parts, "\n".join(columns(rows, "<>>>"))])


def _setting(one: Setting) -> str:
    return changes.setting(one, diff_text.ARROW)


def _change(key: str, a: Past, b: Past) -> str:
    x, y = getattr(a, key), getattr(b, key)
    if key == "status" or x is None or y is None or x == y:
        return ""
    if key in ("best", "last"):
        if figure(a) != figure(b):
            return ""
        share = figure(a).unit == "share"
        return f"{100 * (y - x):+.2f} points" if share else f"{y - x:+.4g}"
    return growth_text(x, y)
