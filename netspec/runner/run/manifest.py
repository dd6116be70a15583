"""Which contents a run's files may have: a file whose digest is not listed is damaged."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

from netspec.disk import files

NAME = "manifest.json"
_LIMIT = 1 << 20
_KEPT = 3
"""Digests for each file: the one to come, the last and the one before."""


class Manifest:
    """Written before the files it lists, so that at no moment a good file is unknown."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        self._digests: dict[str, list[str]] = {}
        self.readable = True
        """False where a manifest is there, and damaged."""
        try:
            found = json.loads(files.read(self._path, _LIMIT))["files"]
            self._digests = {name: [str(each) for each in found[name]] for name in found}
        except FileNotFoundError:
            pass
        except (OSError, ValueError, LookupError, TypeError, RecursionError):
            self.readable = False

    def add(self, name: str, data: bytes) -> None:
        """Let `name` have this content from now on, beside the ones before."""
        before = self._digests.get(name, [])
        digest = sha256(data).hexdigest()
        if digest in before[:1]:
            return
        self._digests[name] = [digest, *before][:_KEPT]
        text = json.dumps({"schema": 1, "files": self._digests}, indent=2)
        files.replace(self._path, f"{text}\n".encode())

    def lists(self, name: str, data: bytes) -> bool:
        return sha256(data).hexdigest() in self._digests.get(name, [])
