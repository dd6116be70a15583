"""A client of yaml-language-server, which editors complete YAML with, over its own protocol."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any, Self

SCRIPT = Path("node_modules") / "yaml-language-server" / "bin" / "yaml-language-server"


class YamlServer:
    """The server below a folder of npm, with our schema for every file."""

    def __init__(self, home: Path, schema: Path) -> None:
        self.process = subprocess.Popen(
            ["node", str(home / SCRIPT), "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self.number = 0
        self.settings = {
            "yaml": {
                "schemas": {schema.as_uri(): ["*.yaml"]}, "schemaStore": {"enable": False},
                "completion": True, "validate": True, "hover": True,
            },
            "http": {}, "[yaml]": {},
        }  # fmt: skip
        snippets = {"completionItem": {"snippetSupport": True, "documentationFormat": ["markdown"]}}
        told = {"workspace": {"configuration": True}, "textDocument": {"completion": snippets}}
        self.ask("initialize", {"processId": None, "rootUri": None, "capabilities": told})
        self.tell("initialized", {})
        self.tell("workspace/didChangeConfiguration", {"settings": self.settings})
        # It asks for its settings when it likes, and offers nothing before it has them.
        for _ in range(100):
            if self.completions("layers:\n  - ", 1, 4):
                break

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        for stream in (self.process.stdin, self.process.stdout):
            assert stream
            stream.close()
        self.process.terminate()
        self.process.wait(10)

    def completions(self, text: str, line: int, column: int) -> list[dict[str, Any]]:
        """What is offered at a place of a spec, both counted from 0, in the order it is shown."""
        found = self.ask("textDocument/completion", self._at(text, line, column)) or []
        items = found["items"] if isinstance(found, dict) else found
        return sorted(items, key=lambda item: item.get("sortText") or item["label"])

    def hover(self, text: str, line: int, column: int) -> str:
        """What is shown of a place of a spec, in Markdown."""
        found = self.ask("textDocument/hover", self._at(text, line, column))
        return str(found["contents"]["value"]) if found else ""

    def _at(self, text: str, line: int, column: int) -> dict[str, Any]:
        """A place of a spec that is opened for it."""
        self.number += 1
        uri = f"file:///specs/{self.number}.yaml"
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self.tell("textDocument/didOpen", {"textDocument": document})
        return {"textDocument": {"uri": uri}, "position": {"line": line, "character": column}}

    def ask(self, method: str, params: Any) -> Any:
        """The answer to a request."""
        self.number += 1
        number = self.number
        self._send({"id": number, "method": method, "params": params})
        while True:
            got = self._receive()
            if "method" in got and "id" in got:
                self._send({"id": got["id"], "result": self._answer(got)})
            elif got.get("id") == number:
                if "error" in got:
                    raise RuntimeError(got["error"])
                return got.get("result")

    def tell(self, method: str, params: Any) -> None:
        """Send what has no answer."""
        self._send({"method": method, "params": params})

    def _answer(self, got: dict[str, Any]) -> Any:
        if got["method"] != "workspace/configuration":
            return None
        return [self.settings.get(item.get("section"), {}) for item in got["params"]["items"]]

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.process.stdin.flush()

    def _receive(self) -> Any:
        assert self.process.stdout
        length = 0
        while line := self.process.stdout.readline().strip():
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        body = self.process.stdout.read(length)
        if not body:
            raise RuntimeError("the server has ended")
        return json.loads(body)
