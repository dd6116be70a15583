"""The server: settings, open files, and what it tells the editor by itself."""

from __future__ import annotations

from typing import Any

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol

from netspec import __version__
from netspec.diagnostic import SEVERITIES
from netspec.lsp import settings
from netspec.lsp.convert import Ruler, diagnostic
from netspec.lsp.documents import Desk, Document
from netspec.lsp.settings import Settings
from netspec.pages import completion

STALE = "figures beside the layers are those from before this"


class _Protocol(LanguageServerProtocol):
    """The protocol without what pygls would keep of every notification for ever."""

    def _handle_notification(self, method_name: str, params: Any) -> None:
        super()._handle_notification(method_name, params)
        kept = self._request_futures
        for done in [key for key, future in kept.items() if future.done()]:
            del kept[done]


class Server(LanguageServer):
    """A server for one editor."""

    def __init__(self) -> None:
        super().__init__(
            "netspec",
            __version__,
            text_document_sync_kind=types.TextDocumentSyncKind.Full,
            protocol_cls=_Protocol,
        )
        self.settings = Settings()
        self.wrong: list[str] = []
        """What is wrong with the settings, not said yet."""
        self.desk = Desk(self.publish, self.complain, lambda: self.settings.hints)
        self.warm = False

    def ruler(self, document: Document) -> Ruler:
        """The places of a file, as this client counts them."""
        return Ruler(document.lines, self.workspace.position_codec)

    @property
    def snippets(self) -> bool:
        """Whether this client takes texts with places to fill in."""
        document = self.client_capabilities.text_document
        item = document and document.completion and document.completion.completion_item
        return bool(item and item.snippet_support)

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
        if not self.warm:
            self.warm = True
            self.desk.pool.submit(completion.warm)
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
