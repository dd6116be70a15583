"""Fixes made in a text, round by round, until nothing is left that one would mend."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from netspec import report, rules, source
from netspec.diagnostic import Diagnostic, Edit, Fix, Path, SpecError
from netspec.language.entry import BESIDE
from netspec.report import Report
from netspec.source import Source, edit, members

MAX_ROUNDS = 50


class Fixed(NamedTuple):
    """A text after its fixes, the report on it, and the findings whose fixes were made."""

    text: str
    report: Report
    made: list[Diagnostic]


def fixed(text: str, path: str, unsafe: bool = False) -> Fixed:
    """A text with every safe fix made, with `unsafe` the others too; `path` is what it is called.

    Fixes that overlap are made in rounds. One that leaves no YAML, or no network where there was
    one, is not made.
    """
    now, made, seen = Fixed(text, report.read(text, path), []), list[Diagnostic](), {text}
    for _ in range(MAX_ROUNDS):
        chosen = list(_apart(now.report.diagnostics, unsafe))
        after = chosen and _made(now, chosen, path)
        if not after or after.text in seen:
            break
        seen.add(after.text)
        made += after.made
        now = after
    return now._replace(made=made)


def _made(before: Fixed, chosen: list[Diagnostic], path: str) -> Fixed | None:
    """The text after some fixes, or the first of them that does no harm; None where all do."""
    for some in (chosen, *([one] for one in chosen if len(chosen) > 1)):
        edits = [each for found in some if found.fix for each in found.fix.edits]
        text = edit.applied(before.text, edits)
        after = report.read(text, path)
        if not _harmed(before.report, after):
            return Fixed(text, after, some)
    return None


def _harmed(before: Report, after: Report) -> bool:
    """Whether a network is gone, or what is left is no YAML."""
    if after.plan is not None:
        return False
    try:
        source.parse(after.text or "", after.path)
    except SpecError:
        return True
    return before.plan is not None


def _apart(found: Sequence[Diagnostic], unsafe: bool) -> Iterator[Diagnostic]:
    """The first findings whose fixes do not touch one another."""
    taken: list[tuple[tuple[int, int], tuple[int, int]]] = []
    for one in found:
        if one.fix and (one.fix.safe or unsafe):
            mine = [_ends(change) for change in one.fix.edits]
            if not any(a <= end and start <= b for start, end in mine for a, b in taken):
                taken += mine
                yield one


def _ends(change: Edit) -> tuple[tuple[int, int], tuple[int, int]]:
    line, column, end_line, end_column = change.span
    return (line, column), (end_line, end_column)


def ignoring(text: Source, found: Diagnostic, reason: str) -> Fix | None:
    """The fix by which a spec ignores what a rule found, with a reason behind it as a comment.

    It stands at the layer that the finding is about, and for the whole spec where there is none.
    None for what is no rule's finding.
    """
    if found.code not in rules.names():
        return None
    span = found.span
    entry = span and _entry(text, (span.line - 1, span.column - 1))
    title = f"ignore {found.code} here" if entry else f"ignore {found.code} in this spec"
    return edit.fix(text, title, [_ignored(text, entry, found.code, reason)])


def _ignored(text: Source, entry: Path | None, code: str, reason: str) -> Edit | None:
    if entry is None:
        data: dict[str, Any] = text.data
        audit = data.get("audit")
        if "audit" not in data:
            return members.added(text, (), "audit", f"{{ignore: [{code}]}}", reason)
        value, at = audit, ("audit",)
        if audit is None:
            return edit.replaced(text, at, {"ignore": [code]})
    else:
        value, at = _at(text.data, entry), entry  # type: ignore[assignment]
        if isinstance(value, str):
            return members.keyed(text, entry, value, "ignore", f"[{code}]", reason)
    if not isinstance(value, dict):
        return None
    if "ignore" not in value:
        return members.added(text, at, "ignore", f"[{code}]", reason)
    if value["ignore"]:
        return members.appended(text, (*at, "ignore"), code)
    return edit.replaced(text, (*at, "ignore"), [code])


def _entry(text: Source, place: tuple[int, int]) -> Path | None:
    """The path of the innermost entry of a list of layers that a place is in."""
    node: Any = text.root
    found: Path | None = None
    path: Path = ()
    while (inner := _child(node, place)) is not None:
        part, child = inner
        in_list, path = isinstance(node.children, list), (*path, part)
        if in_list and path[0] in ("layers", "blocks") and _is_entry(text.data, child.data):
            found = path
        node = child
    return found


def _child(node: Any, place: tuple[int, int]) -> tuple[str | int, Any] | None:
    """The key or index, and the value, of the child that a place is in."""
    for part, child in node.inside():
        first = (child.key or child).start
        if (first.line, first.column) <= place <= (child.end.line, child.end.column):
            return part, child
    return None


def _is_entry(data: Any, value: Any) -> bool:
    """Whether an item of a list is an entry, not one of an argument's values."""
    from netspec import layers

    kinds = [key for key in value if key not in BESIDE] if isinstance(value, dict) else [value]
    return len(kinds) == 1 and (kinds[0] in layers.KINDS or kinds[0] in (data.get("blocks") or ()))


def _at(data: Any, path: Path) -> Any:
    for part in path:
        data = data[part]
    return data
