"""What an editor shows of a file: hints, hovers, the outline and what folds."""

from __future__ import annotations

from lsprotocol import types

from netspec.diagnostic import Span
from netspec.lsp.server import STALE, Server, server
from netspec.pages import symbols
from netspec.pages.hover import hover

_SYMBOLS: dict[symbols.Sort, types.SymbolKind] = {
    "section": types.SymbolKind.Namespace,
    "block": types.SymbolKind.Function,
    "layer": types.SymbolKind.Field,
    "composite": types.SymbolKind.Module,
    "node": types.SymbolKind.Key,
    "variable": types.SymbolKind.Variable,
}


@server.feature(types.TEXT_DOCUMENT_INLAY_HINT)
async def _hints(ls: Server, params: types.InlayHintParams) -> list[types.InlayHint]:
    document = await ls.desk.ready(params.text_document.uri)
    if document is None or document.figures is None:
        return []
    ruler, found = ls.ruler(document), []
    for hint in document.figures.hints(ls.settings.hints):
        line = document.shift.now(hint.line)
        if line is None or not params.range.start.line < line <= params.range.end.line + 1:
            continue
        about = hint.about if document.broken is None else f"{hint.about} ({STALE})"
        found.append(types.InlayHint(ruler.end(line), hint.text, tooltip=about, padding_left=True))
    return [one for one in found if one.label]


@server.feature(types.TEXT_DOCUMENT_HOVER)
async def _hover(ls: Server, params: types.HoverParams) -> types.Hover | None:
    document = await ls.desk.ready(params.text_document.uri)
    if document is None or document.figures is None:
        return None
    line, column = ls.ruler(document).place(params.position)
    before = document.shift.before(line)
    found = before and hover(document.figures.reading, before, column)
    if not found:
        return None
    text = found.text
    if document.broken and document.broken.span:
        text += f"\n\n*{STALE.replace('this', f'line {document.broken.span.line} broke')}*"
    span = found.span._replace(line=line, end_line=line)
    return types.Hover(
        types.MarkupContent(types.MarkupKind.Markdown, text), ls.ruler(document).range(span)
    )


@server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
async def _symbols(ls: Server, params: types.DocumentSymbolParams) -> list[types.DocumentSymbol]:
    document = await ls.desk.ready(params.text_document.uri, settled=True)
    if document is None or document.figures is None:
        return []
    ruler, shift = ls.ruler(document), document.shift

    def placed(span: Span) -> types.Range:
        first, last = (shift.now(line) or line for line in (span.line, span.end_line))
        return ruler.range(span._replace(line=first, end_line=max(first, last)))

    def told(one: symbols.Symbol) -> types.DocumentSymbol:
        return types.DocumentSymbol(
            one.name, _SYMBOLS[one.sort], placed(one.span), placed(one.named),
            one.detail, children=[told(inner) for inner in one.inside],
        )  # fmt: skip

    return [told(one) for one in symbols.symbols(document.figures.reading)]


@server.feature(types.TEXT_DOCUMENT_FOLDING_RANGE)
async def _folds(ls: Server, params: types.FoldingRangeParams) -> list[types.FoldingRange]:
    document = await ls.desk.ready(params.text_document.uri, settled=True)
    if document is None or document.figures is None or document.broken:
        return []
    found = symbols.folds(document.figures.reading)
    return [types.FoldingRange(first - 1, last - 1) for first, last in found]
