"""What stands beside the lines of a spec: what comes out there, its cost and what it sees."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from netspec.compiler.node import Made
from netspec.diagnostic import Path
from netspec.flow.flow import Flow
from netspec.pages.reading import Reading

FIGURES = ("output", "params", "macs", "receptive_field")
"""What can be shown, in this order."""
DEFAULT = ("output", "params", "receptive_field")


class Hint(NamedTuple):
    """A text for the end of a line."""

    line: int
    """Counted from 1."""
    text: str
    about: str
    """The same in whole words."""


def hints(reading: Reading, figures: Sequence[str] = DEFAULT) -> list[Hint]:
    """A hint for each line on which a layer, a block's use or a composite begins.

    Where several begin on a line, it is about the outermost of them, put together.
    """
    lines: dict[int, list[tuple[Path, list[Made]]]] = {}
    for path, made in _written(reading):
        entry = reading.entries.get(path)
        span = reading.source.span(entry.at if entry else path, key=True)
        lines.setdefault(span.line, []).append((path, made))
    found = []
    for line, starting in sorted(lines.items()):
        outer = min(len(path) for path, _ in starting)
        outermost = [(path, made) for path, made in starting if len(path) == outer]
        last = outermost[-1][0]
        beside = [made for path, made in outermost if path[:-1] == last[:-1]]
        found.append(_hint(line, beside, figures))
    return found


def _written(reading: Reading) -> Iterator[tuple[Path, list[Made]]]:
    yield from reading.report.made.items()
    if plan := reading.report.plan:
        root = plan.root
        yield ("layers",), [Made(root.input, root.output, root.children, {})]


def _hint(line: int, beside: list[list[Made]], figures: Sequence[str]) -> Hint:
    uses = beside[-1]
    y, first = uses[0].output, [made[0] for made in beside]
    shown = [found for name in FIGURES if name in figures and (found := _SAID[name](y, first))]
    if len(uses) > 1:
        shown.append((f"first of {len(uses)}", f"the first of {len(uses)} uses"))
    texts, abouts = zip(*shown, strict=True) if shown else ((), ())
    return Hint(line, "  ".join(texts), ", ".join(abouts))


_Said = tuple[str, str] | None


def _output(y: Flow, made: list[Made]) -> _Said:
    text = shape(y.shape)
    return f"→ {text}", f"output {text}"


def _params(y: Flow, made: list[Made]) -> _Said:
    count = sum(one.params for one in made)
    return (f"{count:,} p", f"{count:,} parameters") if count else None


def _macs(y: Flow, made: list[Made]) -> _Said:
    count = sum(leaf.macs for one in made for leaf in one.leaves)
    return (f"{count:,} MAC", f"{count:,} multiply-accumulates") if count else None


def _receptive_field(y: Flow, made: list[Made]) -> _Said:
    size = field(y)
    return (f"field {size}", f"receptive field {size} px") if size else None


_SAID = {
    "output": _output, "params": _params, "macs": _macs, "receptive_field": _receptive_field,
}  # fmt: skip
"""What a figure is, short and in whole words; None where there is none of it."""


def shape(shape: Sequence[int]) -> str:
    """A shape as hints write it: 8×28×28."""
    return "×".join(map(str, shape))


def field(y: Flow) -> str | None:
    """Its receptive field in pixels, 5 or 5×7; None where units do not differ or it has no size."""
    sizes = [axis.field.size if axis.field else None for axis in y.axes]
    if not y.local or None in sizes:
        return None
    return per_axis(sizes)


def per_axis(numbers: Sequence[object]) -> str:
    """A number of each axis, once where they are the same."""
    return "×".join(map(str, numbers if len(set(numbers)) > 1 else numbers[:1]))
