"""What changed between two versions of specs."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from netspec.compiler.plan import Plan
from netspec.diagnostic import Diagnostic
from netspec.diff.layers import LayerChange, layers
from netspec.report import Report

Status = Literal["changed", "renamed", "added", "removed", "broken", "repaired", "unchanged"]

SIMILAR = 0.6
"""Share of equal lines from which a spec counts as the same under another name."""

_Dotted = tuple[str, ...]


class Setting(NamedTuple):
    """A value of the spec outside its layers; None where it is not set."""

    key: str
    before: Any
    after: Any


class SpecDiff(NamedTuple):
    """One spec on both sides; None where it is not there."""

    before: Report | None
    after: Report | None
    layers: Sequence[LayerChange] = ()
    settings: Sequence[Setting] = ()
    new: Sequence[Diagnostic] = ()
    """Findings that only the later side has."""
    gone: Sequence[Diagnostic] = ()
    """Findings that only the earlier side has."""
    same: bool = False
    """Whether nothing differs that anything is said about."""
    renamed: bool = False

    @property
    def path(self) -> str:
        """Where it is, or was."""
        report = self.after or self.before
        assert report is not None
        return report.path

    @property
    def status(self) -> Status:
        """What happened to it; a side whose network cannot be worked out is broken."""
        if self.after is None:
            return "removed"
        if self.same and not self.renamed:
            return "unchanged"
        if self.after.plan is None:
            return "broken"
        if self.before is None:
            return "added"
        if self.before.plan is None:
            return "repaired"
        return "renamed" if self.renamed else "changed"

    @property
    def plans(self) -> tuple[Plan | None, Plan | None]:
        """The networks before and after."""
        before, after = (side.plan if side else None for side in (self.before, self.after))
        return before, after


def compare(old: Mapping[str, Report], new: Mapping[str, Report]) -> list[SpecDiff]:
    """Every spec of both sides, by its path on the later one; keys say which belong together."""
    pairs: list[tuple[Report | None, Report | None, bool]] = [
        (old[key], new[key], False) for key in new if key in old
    ]
    lost = {key: report for key, report in old.items() if key not in new}
    for key, report in new.items():
        if key not in old:
            origin = _origin(report, lost)
            pairs.append((lost.pop(origin) if origin else None, report, origin is not None))
    pairs += [(report, None, False) for report in lost.values()]
    return sorted((_spec(*pair) for pair in pairs), key=lambda one: one.path)


def _origin(report: Report, lost: Mapping[str, Report]) -> str | None:
    """The lost spec that this one was, by what they say."""
    from difflib import SequenceMatcher

    matcher = SequenceMatcher(None, autojunk=False)
    matcher.set_seq2(_lines(report))
    best, likeness = None, SIMILAR
    for key, candidate in lost.items():
        matcher.set_seq1(_lines(candidate))
        if matcher.real_quick_ratio() < likeness or matcher.quick_ratio() < likeness:
            continue
        if (ratio := matcher.ratio()) > likeness or best is None:
            best, likeness = key, ratio
    return best


def _lines(report: Report) -> list[str]:
    return (report.text or "").splitlines()


def _spec(a: Report | None, b: Report | None, renamed: bool) -> SpecDiff:
    if a is None or b is None:
        return SpecDiff(a, b, new=b.diagnostics if b else (), gone=a.diagnostics if a else ())
    new, gone = findings(a.diagnostics, b.diagnostics)
    if a.plan is None or b.plan is None:
        # Of a broken network not everything is found, so that nothing is known to be gone.
        gone = gone if b.plan else []
        same = a.text == b.text and not (new or gone)
        return SpecDiff(a, b, new=new, gone=gone, same=same, renamed=renamed)
    changes, values = layers(a.plan, b.plan), list(settings(a.plan, b.plan))
    same = not (changes or values or new or gone) and _facts(a.plan) == _facts(b.plan)
    return SpecDiff(a, b, changes, values, new, gone, same, renamed)


def _facts(plan: Plan) -> tuple[object, ...]:
    return plan.output, plan.totals, plan.receptive_field


def settings(a: Plan, b: Plan) -> Iterator[Setting]:
    """Values of the spec outside its layers that differ, by dotted key."""
    network = {"vars", "blocks", "layers", "description"}
    before, after = (plan.spec.model_dump(mode="json", exclude=network) for plan in (a, b))
    for key, x, y in _differences((), before, after):
        yield Setting(".".join(key), _written(a, key, x), _written(b, key, y))


def _differences(key: _Dotted, x: Any, y: Any) -> Iterator[tuple[_Dotted, Any, Any]]:
    if x == y:
        return
    if isinstance(x, dict) and isinstance(y, dict) and (x.keys() & y.keys()):
        for name in x | y:
            yield from _differences((*key, name), x.get(name), y.get(name))
    else:
        yield key, x, y


def _written(plan: Plan, key: _Dotted, value: Any) -> Any:
    """A value as the file says it, without every default, where the file says it as such."""
    found: Any = plan.source.data
    for part in key:
        if not isinstance(found, dict) or part not in found:
            return value
        found = found[part]
    return found


def findings(
    before: Sequence[Diagnostic], after: Sequence[Diagnostic]
) -> tuple[list[Diagnostic], list[Diagnostic]]:
    """Findings that are new, and that are gone; lines and numbers may differ."""
    same: tuple[Callable[[Diagnostic], Hashable], ...] = (
        lambda one: (one.code, one.layer, one.message),
        lambda one: (one.code, one.message),
        lambda one: (one.code, one.layer),
    )
    gone, new = list(before), list(after)
    for identity in same:
        waiting: dict[Hashable, list[Diagnostic]] = {}
        for one in gone:
            waiting.setdefault(identity(one), []).append(one)
        left = []
        for one in new:
            if matches := waiting.get(identity(one)):
                matches.pop(0)
            else:
                left.append(one)
        gone, new = [one for group in waiting.values() for one in group], left
    return new, gone
