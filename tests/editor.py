"""An editor without a screen: speaks the real protocol to `netspec lsp`."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import Awaitable
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.lsp.client import LanguageClient

ROOT = Path(__file__).parents[1]
CAPABILITIES = types.ClientCapabilities(
    text_document=types.TextDocumentClientCapabilities(
        completion=types.CompletionClientCapabilities(
            completion_item=types.ClientCompletionItemOptions(snippet_support=True)
        ),
        rename=types.RenameClientCapabilities(prepare_support=True),
    ),
    workspace=types.WorkspaceClientCapabilities(
        inlay_hint=types.InlayHintWorkspaceClientCapabilities(refresh_support=True)
    ),
)


class Editor:
    """Calls wait for the answer, for `LONGEST` seconds at most."""

    LONGEST = 30

    def __init__(self, options: Any = None, encodings: list[str] | None = None) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.client = LanguageClient("tests", "1")
        self.published: dict[str, types.PublishDiagnosticsParams] = {}
        self.news = threading.Condition()
        self.messages: list[str] = []
        self.refreshed = 0

        @self.client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def _(params: types.PublishDiagnosticsParams) -> None:
            with self.news:
                self.published[params.uri] = params
                self.news.notify_all()

        @self.client.feature(types.WINDOW_SHOW_MESSAGE)
        def _(params: types.ShowMessageParams) -> None:
            self.messages.append(params.message)

        @self.client.feature(types.WINDOW_LOG_MESSAGE)
        def _(params: types.LogMessageParams) -> None:
            self.messages.append(params.message)

        @self.client.feature(types.WORKSPACE_INLAY_HINT_REFRESH)
        def _(params: None) -> None:
            self.refreshed += 1

        path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
        environment = {**os.environ, "PYTHONPATH": path}
        command = sys.executable, "-m", "netspec", "lsp", "--stdio"
        self.wait(self.client.start_io(*command, env=environment))
        capabilities = CAPABILITIES
        if encodings:
            capabilities = types.ClientCapabilities(
                general=types.GeneralClientCapabilities(position_encodings=encodings)
            )
        asked = types.InitializeParams(capabilities, initialization_options=options)
        self.server = self.ask(types.INITIALIZE, asked)
        self.client.initialized(types.InitializedParams())
        self.versions: dict[str, int] = {}

    def wait(self, answer: Awaitable[Any]) -> Any:
        async def awaited() -> Any:
            return await answer

        return asyncio.run_coroutine_threadsafe(awaited(), self.loop).result(self.LONGEST)

    def ask(self, method: str, params: Any) -> Any:
        async def asked() -> Any:
            return await self.client.protocol.send_request_async(method, params)

        return self.wait(asked())

    def tell(self, method: str, params: Any) -> None:
        self.loop.call_soon_threadsafe(self.client.protocol.notify, method, params)

    def open(self, text: str, uri: str = "file:///a/spec.yaml", language: str = "yaml") -> str:
        self.published.pop(uri, None)
        self.versions[uri] = 1
        item = types.TextDocumentItem(uri, language, 1, text)
        self.tell(types.TEXT_DOCUMENT_DID_OPEN, types.DidOpenTextDocumentParams(item))
        return uri

    def change(self, uri: str, text: str) -> None:
        self.versions[uri] += 1
        whole = types.TextDocumentContentChangeWholeDocument(text)
        item = types.VersionedTextDocumentIdentifier(self.versions[uri], uri)
        params = types.DidChangeTextDocumentParams(item, [whole])
        self.tell(types.TEXT_DOCUMENT_DID_CHANGE, params)

    def close(self, uri: str) -> None:
        item = types.TextDocumentIdentifier(uri)
        self.tell(types.TEXT_DOCUMENT_DID_CLOSE, types.DidCloseTextDocumentParams(item))

    def found(self, uri: str) -> list[types.Diagnostic]:
        """The findings of the text as it is now."""
        version = self.versions[uri]

        def there() -> bool:
            return uri in self.published and (self.published[uri].version or 0) >= version

        with self.news:
            assert self.news.wait_for(there, self.LONGEST), f"nothing published of {uri}"
        return list(self.published[uri].diagnostics)

    def at(self, kind: type, uri: str, line: int, column: int, **more: Any) -> Any:
        """The parameters of a request about a place, which counts from 1."""
        item, position = types.TextDocumentIdentifier(uri), types.Position(line - 1, column - 1)
        return kind(text_document=item, position=position, **more)

    def leave(self) -> int | None:
        """Exit code of the server once it was told to go."""
        self.ask(types.SHUTDOWN, None)
        self.client.exit(None)
        process = self.client._server
        assert process is not None
        code = self.wait(process.wait())
        self.wait(self.client.stop())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()
        return code
