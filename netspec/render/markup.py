"""Markdown as GitHub reads it, safe for words that come from a pull request."""

from __future__ import annotations

import re
from collections.abc import Sequence

from netspec.diagnostic import Diagnostic, Span
from netspec.render import forge
from netspec.render.safe import escape

_SPECIAL = re.compile(r"[&\\`*_{}\[\]<>#|~$]")


def plain(words: str) -> str:
    """The words themselves: no markup, no links, nobody mentioned."""
    return _entities(escape(words)).replace("@", "@&#8203;").replace("://", ":&#8203;//")


def code(words: str) -> str:
    """The words in a code span that may stand in a table."""
    # As HTML, since backticks know no entities, and a bar would end the cell.
    return f"<code>{_entities(escape(words))}</code>"


def figure(words: str) -> str:
    """Numbers and shapes that are not torn apart at the end of a line."""
    return re.sub(r"(?<=,) |(?<=\d) (?=%|[KMGT]?i?B\b)", "&nbsp;", words)


def table(head: Sequence[str], rows: Sequence[Sequence[str]], align: str) -> str:
    """A table; `align` is < or > for each column."""
    rule = ["---:" if side == ">" else "---" for side in align]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, rule, *rows))


def block(text: str) -> str:
    """Lines as they are, in a type of one width."""
    for mark, entity in ("&", "&amp;"), ("<", "&lt;"), ("\n\n", "\n&#8203;\n"):
        text = text.replace(mark, entity)
    return f"<pre>\n{text}\n</pre>"


def place(path: str, span: Span | None = None, words: str | None = None) -> str:
    """Where something is, as a link where the address of files is known."""
    at = f"{path}:{span.line}:{span.column}" if span else path
    text = plain(words) if words else code(at)
    address = forge.link(path, span)
    return f"[{text}]({address})" if address else text


_SIGNS = {"error": ":x:", "warning": ":warning:", "note": ":information_source:"}


def finding(found: Diagnostic) -> str:
    """An item of a list: how bad it is, where, which code, and what to do."""
    where = place(found.path, found.span) if found.path else ""
    told = found.text("{}<br>help: {}", plain)
    return f"- {_SIGNS[found.severity]} {where} **{plain(found.code)}** {told}"


def fold(summary: str, body: str, opened: bool = False) -> str:
    """A body that opens with a click on the summary, or closes."""
    return f"<details{' open' * opened}>\n<summary>{summary}</summary>\n\n{body}\n\n</details>"


def _entities(text: str) -> str:
    return _SPECIAL.sub(lambda mark: f"&#{ord(mark[0])};", text)


def within(parts: Sequence[str], limit: int, left: str, gap: str = "\n\n") -> str:
    """Parts one after the other, as many as fit into `limit` bytes; `left` says what does not."""
    kept: list[str] = []
    room = limit - len(left.encode()) - 8
    for i, part in enumerate(parts):
        room -= len(part.encode()) + 2
        if room < 0:
            return gap.join([*kept, left.format(len(parts) - i)])
        kept.append(part)
    return gap.join(kept)
