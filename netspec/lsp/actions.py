"""Ways out of findings, as edits that the editor makes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from lsprotocol import types

from netspec.diagnostic import Diagnostic, Edit, Fix
from netspec.fixes import fixed, ignoring
from netspec.lsp.convert import Ruler, diagnostic
from netspec.lsp.documents import Document
from netspec.lsp.server import Server, server
from netspec.source.lines import lines_of

ALL = "source.fixAll.netspec"
REASON = "TODO: say why"
"""What stands behind an ignore: until its author says it."""


@server.feature(
    types.TEXT_DOCUMENT_CODE_ACTION,
    types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix, ALL]),
)
async def _actions(ls: Server, params: types.CodeActionParams) -> list[types.CodeAction]:
    document = await ls.desk.ready(params.text_document.uri, settled=True)
    if document is None or document.figures is None or document.broken:
        return []
    only = params.context.only
    wants = [kind for kind in only or () if kind == ALL or ALL.startswith(f"{kind}.")]
    found: list[types.CodeAction] = []
    if wants:
        found += await _all(ls, document)
    if only is None or any(str(kind).startswith(types.CodeActionKind.QuickFix) for kind in only):
        found += _quick(ls, document, params.range)
    return found


def _quick(ls: Server, document: Document, at: types.Range) -> Iterator[types.CodeAction]:
    """The fixes of findings within a range, then how to ignore them."""
    assert document.figures is not None
    reading, ruler = document.figures.reading, ls.ruler(document)
    here = [
        (found, told)
        for found in reading.report.diagnostics
        if _meet((told := diagnostic(found, document.uri, ruler, reading)).range, at)
    ]
    for found, told in here:
        if found.fix:
            yield _action(document, ruler, found.fix, told, found.fix.safe)
    for found, told in here:
        if fix := _ignored(document, found):
            yield _action(document, ruler, fix, told, preferred=False)


def _ignored(document: Document, found: Diagnostic) -> Fix | None:
    assert document.figures is not None
    return ignoring(document.figures.reading.source, found, REASON)


def _action(
    document: Document, ruler: Ruler, fix: Fix, told: types.Diagnostic, preferred: bool
) -> types.CodeAction:
    return types.CodeAction(
        fix.title if fix.safe else f"{fix.title} (unsafe)",
        types.CodeActionKind.QuickFix,
        [told],
        is_preferred=preferred or None,
        edit=_edit(document, ruler, fix.edits),
    )


def _edit(document: Document, ruler: Ruler, edits: tuple[Edit, ...]) -> types.WorkspaceEdit:
    made = [types.TextEdit(ruler.range(span), text) for span, text in edits]
    return types.WorkspaceEdit({document.uri: made})


async def _all(ls: Server, document: Document) -> list[types.CodeAction]:
    """Every safe fix of a file, in as many rounds as it takes."""
    text = document.text
    loop = asyncio.get_running_loop()
    after = (await loop.run_in_executor(ls.desk.pool, fixed, text, document.path)).text
    if after == text or document.text is not text:
        return []
    edit = _edit(document, ls.ruler(document), (between(text, after),))
    title = "make every safe fix of netspec"
    return [types.CodeAction(title, ALL, edit=edit)]


def between(before: str, after: str) -> Edit:
    """The edit that makes one text of another, as short as one edit can be."""
    start = _alike(before, after)
    kept = _alike(before[start:][::-1], after[start:][::-1])
    # No place is between the two characters of a line break.
    start -= before[start - 1 : start] == "\r"
    ends = len(before) - kept, len(after) - kept
    if before[ends[0] : ends[0] + 1] == "\n":
        ends = ends[0] + 1, ends[1] + 1
    return Edit(lines_of(before).span(start, ends[0]), after[start : ends[1]])


def _alike(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((i for i, (a, b) in pairs if a != b), min(len(one), len(other)))


def _meet(one: types.Range, other: types.Range) -> bool:
    return not (_before(one.end, other.start) or _before(other.end, one.start))


def _before(one: types.Position, other: types.Position) -> bool:
    return (one.line, one.character) < (other.line, other.character)
