"""Markdown as GitHub reads it, safe for words that come from a pull request."""

from __future__ import annotations

import re
from collections.abc import Sequence

from netspec.render.snippet import escape

_SPECIAL = re.compile(r"[&\\`*_{}\[\]<>#|~$]")


def plain(words: str) -> str:
    """The words themselves: no markup, no links, nobody mentioned."""
    return _entities(escape(words)).replace("@", "@&#8203;").replace("://", ":&#8203;//")


def code(words: str) -> str:
    """The words in a code span that may stand in a table."""
    # As HTML, since backticks know no entities, and a bar would end the cell.
    return f"<code>{_entities(escape(words))}</code>"


def table(head: Sequence[str], rows: Sequence[Sequence[str]], align: str) -> str:
    """A table; `align` is < or > for each column."""
    rule = ["---:" if side == ">" else "---" for side in align]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, rule, *rows))


def block(text: str) -> str:
    """Lines as they are, in a type of one width."""
    for mark, entity in ("&", "&amp;"), ("<", "&lt;"), ("\n\n", "\n&#8203;\n"):
        text = text.replace(mark, entity)
    return f"<pre>\n{text}\n</pre>"


def fold(summary: str, body: str) -> str:
    """A body that opens with a click on the summary."""
    return f"<details>\n<summary>{summary}</summary>\n\n{body}\n\n</details>"


def _entities(text: str) -> str:
    return _SPECIAL.sub(lambda mark: f"&#{ord(mark[0])};", text)


def within(parts: Sequence[str], limit: int, left: str) -> str:
    """Parts one after the other, as many as fit into `limit` bytes; `left` says what does not."""
    kept: list[str] = []
    room = limit - len(left.encode()) - 8
    for i, part in enumerate(parts):
        room -= len(part.encode()) + 2
        if room < 0:
            return "\n\n".join([*kept, left.format(len(parts) - i)])
        kept.append(part)
    return "\n\n".join(kept)
