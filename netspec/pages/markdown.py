"""Pieces of pages: tables in Markdown, and what a terminal shows in place of fences."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from netspec.pages.arguments import Argument


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; lines and bars within cells do no harm."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)


def arguments_table(arguments: Sequence[Argument], what: str) -> str:
    """Arguments with their types, defaults and meanings."""
    return table(
        (what, "value", "default", "meaning"),
        [(f"`{one.name}`", one.type, _default(one), one.meaning) for one in arguments],
    )


def arguments_rows(arguments: Sequence[Argument]) -> list[tuple[str, ...]]:
    """The same as rows of plain text."""
    return [(one.name, one.type, _default(one).strip("`"), one.meaning) for one in arguments]


def _default(argument: Argument) -> str:
    if argument.required:
        return "needed"
    return f"`{argument.default}`" if argument.default else ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def indented(doc: str) -> str:
    """A text with its code indented in place of its fences."""
    lines, code = [], False
    for line in doc.splitlines():
        if line.startswith("```"):
            code = not code
            # A fence leaves the empty line that stands around it.
            continue
        lines.append(f"    {line}" if code and line else line)
    return "\n".join(lines)
