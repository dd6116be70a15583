"""The language server: requests answered from what `netspec.pages` says of open files."""

from __future__ import annotations

from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams
from pygls.lsp.server import LanguageServer

from netspec import __version__
from netspec.diagnostic import SEVERITIES, Fault, Span
from netspec.lsp import settings
from netspec.lsp.convert import Ruler, diagnostic
from netspec.lsp.documents import Desk, Document
from netspec.lsp.settings import Settings
from netspec.pages import places, symbols
from netspec.pages.hints import hints
from netspec.pages.hover import hover
from netspec.pages.places import Place

_At = (
    types.DefinitionParams
    | types.ReferenceParams
    | types.DocumentHighlightParams
    | types.PrepareRenameParams
    | types.RenameParams
)
STALE = "figures beside the layers are those from before this"
_SYMBOLS: dict[symbols.Sort, types.SymbolKind] = {
    "section": types.SymbolKind.Namespace,
    "block": types.SymbolKind.Function,
    "layer": types.SymbolKind.Field,
    "composite": types.SymbolKind.Module,
    "node": types.SymbolKind.Key,
    "variable": types.SymbolKind.Variable,
}


class Server(LanguageServer):
    """A server for one editor."""

    def __init__(self) -> None:
        super().__init__(
            "netspec", __version__, text_document_sync_kind=types.TextDocumentSyncKind.Full
        )
        self.settings = Settings()
        self.wrong: list[str] = []
        """What is wrong with the settings, not said yet."""
        self.desk = Desk(self.publish, self.complain)

    def ruler(self, document: Document) -> Ruler:
        """The places of a file, as this client counts them."""
        return Ruler(document.lines, self.workspace.position_codec)

    def set(self, given: Any) -> None:
        """Take over settings."""
        self.settings, self.wrong = settings.read(given)

    def warn(self) -> None:
        """Say what is wrong with the settings."""
        while self.wrong:
            message = self.wrong.pop(0)
            warning = types.MessageType.Warning
            self.window_show_message(types.ShowMessageParams(warning, message))

    def complain(self, message: str) -> None:
        """Write down a mistake of netspec's own."""
        error = types.MessageType.Error
        self.window_log_message(types.LogMessageParams(error, message))

    def publish(self, document: Document) -> None:
        """Tell the editor what was found in a file, and that its hints are new."""
        reading = document.figures.reading if document.figures else None
        found = reading.report.diagnostics if reading else []
        if document.broken:
            message = document.broken.message + (f"\n{STALE}" if reading else "")
            found, reading = [document.broken._replace(message=message)], None
        level = self.settings.diagnostics
        shown = SEVERITIES[: SEVERITIES.index(level) + 1] if level in SEVERITIES else ()
        ruler = self.ruler(document)
        listed = [
            diagnostic(one, document.uri, ruler, reading) for one in found if one.severity in shown
        ]
        self.text_document_publish_diagnostics(
            types.PublishDiagnosticsParams(document.uri, listed, document.version)
        )
        workspace = self.client_capabilities.workspace
        if workspace and workspace.inlay_hint and workspace.inlay_hint.refresh_support:
            self.workspace_inlay_hint_refresh(None)

    def again(self) -> None:
        """Tell everything again, after other settings."""
        for document in self.desk.open.values():
            if document.read_text is not None:
                self.publish(document)


server = Server()


def serve() -> None:
    """Serve an editor over standard input and output until it leaves."""
    server.start_io()


@server.feature(types.INITIALIZE)
def _initialize(ls: Server, params: types.InitializeParams) -> None:
    ls.set(params.initialization_options)


@server.feature(types.INITIALIZED)
def _initialized(ls: Server, params: types.InitializedParams) -> None:
    ls.warn()


@server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
def _configured(ls: Server, params: types.DidChangeConfigurationParams) -> None:
    ls.set(params.settings)
    ls.warn()
    ls.again()


@server.feature(types.TEXT_DOCUMENT_DID_OPEN)
def _opened(ls: Server, params: types.DidOpenTextDocumentParams) -> None:
    it = params.text_document
    ls.desk.put(Document(it.uri, it.language_id, it.text, it.version))


@server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
def _changed(ls: Server, params: types.DidChangeTextDocumentParams) -> None:
    if document := ls.desk.open.get(params.text_document.uri):
        text = ls.workspace.get_text_document(document.uri).source
        document.change(text, params.text_document.version)
        ls.desk.wake(document)


@server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
def _closed(ls: Server, params: types.DidCloseTextDocumentParams) -> None:
    ls.desk.drop(params.text_document.uri)
    ls.text_document_publish_diagnostics(
        types.PublishDiagnosticsParams(params.text_document.uri, [])
    )


@server.feature(types.TEXT_DOCUMENT_INLAY_HINT)
async def _hints(ls: Server, params: types.InlayHintParams) -> list[types.InlayHint]:
    document = await ls.desk.ready(params.text_document.uri)
    if document is None or document.figures is None:
        return []
    ruler, found = ls.ruler(document), []
    for hint in hints(document.figures.reading, ls.settings.hints):
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


async def _named(ls: Server, at: _At) -> tuple[Document, list[Place], Place] | None:
    """The name at a place, among those of the text as it is now."""
    document = await ls.desk.ready(at.text_document.uri, settled=True)
    if document is None or document.figures is None or document.broken:
        return None
    found = document.figures.places
    place = places.at(found, *ls.ruler(document).place(at.position))
    return (document, found, place) if place else None


def _locations(ls: Server, document: Document, spans: list[Span]) -> list[types.Location]:
    ruler = ls.ruler(document)
    return [types.Location(document.uri, ruler.range(span)) for span in spans]


@server.feature(types.TEXT_DOCUMENT_DEFINITION)
async def _definition(ls: Server, params: types.DefinitionParams) -> list[types.Location]:
    if (named := await _named(ls, params)) is None:
        return []
    document, found, place = named
    span = places.definition(found, place.thing)
    return _locations(ls, document, [span] if span else [])


@server.feature(types.TEXT_DOCUMENT_REFERENCES)
async def _references(ls: Server, params: types.ReferenceParams) -> list[types.Location]:
    if (named := await _named(ls, params)) is None:
        return []
    document, found, place = named
    spans = places.references(found, place.thing, params.context.include_declaration)
    return _locations(ls, document, spans)


@server.feature(types.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT)
async def _highlight(
    ls: Server, params: types.DocumentHighlightParams
) -> list[types.DocumentHighlight]:
    if (named := await _named(ls, params)) is None:
        return []
    document, found, place = named
    ruler = ls.ruler(document)
    return [
        types.DocumentHighlight(
            ruler.range(one.span),
            types.DocumentHighlightKind.Write if one.given else types.DocumentHighlightKind.Read,
        )
        for one in found
        if one.thing == place.thing
    ]


@server.feature(types.TEXT_DOCUMENT_PREPARE_RENAME)
async def _prepare(ls: Server, params: types.PrepareRenameParams) -> types.Range | None:
    named = await _named(ls, params)
    if named is None or places.definition(named[1], named[2].thing) is None:
        return None
    return ls.ruler(named[0]).range(named[2].span)


@server.feature(types.TEXT_DOCUMENT_RENAME, types.RenameOptions(prepare_provider=True))
async def _rename(ls: Server, params: types.RenameParams) -> types.WorkspaceEdit:
    named = await _named(ls, params)
    if named is None or places.definition(named[1], named[2].thing) is None:
        open_file = ls.desk.open.get(params.text_document.uri)
        if open_file and open_file.broken and (span := open_file.broken.span):
            message = f"line {span.line} is no YAML: mend it before renaming"
            raise JsonRpcInvalidParams(message)
        raise JsonRpcInvalidParams("only blocks, arguments, vars and nodes can be renamed")
    document, found, place = named
    try:
        places.check_name(found, place.thing, params.new_name)
    except Fault as fault:
        hint = f"; {fault.help}" if fault.help else ""
        raise JsonRpcInvalidParams(f"{fault.message}{hint}") from None
    ruler = ls.ruler(document)
    edits = [
        types.TextEdit(ruler.range(span), params.new_name)
        for span in places.references(found, place.thing)
    ]
    return types.WorkspaceEdit({document.uri: edits})


@server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
async def _symbols(ls: Server, params: types.DocumentSymbolParams) -> list[types.DocumentSymbol]:
    document = await ls.desk.ready(params.text_document.uri, settled=True)
    if document is None or document.figures is None or document.broken:
        return []
    ruler = ls.ruler(document)

    def told(one: symbols.Symbol) -> types.DocumentSymbol:
        return types.DocumentSymbol(
            one.name, _SYMBOLS[one.sort], ruler.range(one.span), ruler.range(one.named),
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
