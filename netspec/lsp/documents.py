"""Open files: what they say, the last figures that there were, and when new ones are worked out."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import PurePath

from pygls.uris import to_fs_path

from netspec.diagnostic import Diagnostic, SpecError
from netspec.pages.hints import Hint, hints
from netspec.pages.reading import Reading, Shift, is_spec, read
from netspec.source.refusal import BREAK

SHORTEST, LONGEST = 0.02, 0.03
"""Seconds without a change before figures are worked out; in between, as long as that takes."""


class Figures:
    """What was read of a text that is YAML."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self._hints: dict[tuple[str, ...], list[Hint]] = {}

    def hints(self, shown: tuple[str, ...]) -> list[Hint]:
        """What stands beside its lines, with the figures that are to be shown."""
        if shown not in self._hints:
            self._hints[shown] = hints(self.reading, shown)
        return self._hints[shown]


class Document:
    """A file that is open in the editor, saved or not."""

    def __init__(self, uri: str, language: str, text: str, version: int) -> None:
        self.uri, self.version = uri, version
        self.path = PurePath(to_fs_path(uri) or uri).name
        self.spec = language == "netspec"
        self.figures: Figures | None = None
        """Those of the last text that was YAML."""
        self.broken: Diagnostic | None = None
        """Why the last text was not."""
        self.read_text: str | None = None
        """The text that was looked at last."""
        self.seconds = 0.0
        self.task: asyncio.Task[None] | None = None
        self.change(text, version)

    def change(self, text: str, version: int) -> None:
        """Take over a new text."""
        self.text, self.version = text.removeprefix("\ufeff"), version
        self.lines = BREAK.split(self.text)
        # What was a spec stays one while it is edited.
        self.spec = self.spec or is_spec(text)
        self._shift: Shift | None = None

    @property
    def settled(self) -> bool:
        """Whether the text that is there was looked at."""
        return self.read_text == self.text

    @property
    def shift(self) -> Shift:
        """How lines of the last figures stand to those that are there now."""
        if self._shift is None:
            before = self.figures.reading.source.lines if self.figures else []
            self._shift = Shift(before, self.lines)
        return self._shift

    def take(self, text: str, found: Figures | Diagnostic) -> None:
        """Take over what a text turned out to say."""
        self.read_text, self._shift = text, None
        if isinstance(found, Figures):
            self.figures, self.broken = found, None
        else:
            self.broken = found


def _look(text: str, path: str, shown: tuple[str, ...]) -> Figures | Diagnostic:
    """The figures of a text, its hints worked out already; why it has none where it has not."""
    # Most of what is made here stays, so that looking for garbage meanwhile finds none.
    gc.disable()
    try:
        figures = Figures(read(text, path))
        figures.hints(shown)
    except SpecError as error:
        return error.diagnostics[0]
    finally:
        gc.enable()
    return figures


class Desk:
    """The open files, each looked at in the background once it has not changed for a moment."""

    def __init__(
        self,
        told: Callable[[Document], None],
        failed: Callable[[str], None],
        shown: Callable[[], tuple[str, ...]],
    ) -> None:
        """`told` hears of a file that was looked at, `failed` of a mistake of netspec's own.

        `shown` says which figures hints have.
        """
        self.shown = shown
        self.open: dict[str, Document] = {}
        self.told, self.failed = told, failed
        self.pool = ThreadPoolExecutor(1, "figures")

    def put(self, document: Document) -> None:
        """Look at a file that was opened, at once."""
        self.drop(document.uri)
        self.open[document.uri] = document
        self.wake(document, at_once=True)

    def drop(self, uri: str) -> None:
        """Forget a file."""
        if (document := self.open.pop(uri, None)) and document.task:
            document.task.cancel()

    def wake(self, document: Document, *, at_once: bool = False) -> None:
        """Have a file that changed looked at."""
        if not document.spec:
            return
        if document.task and not document.task.done():
            document.task.cancel()
        document.task = asyncio.create_task(self._settle(document, at_once))

    async def _settle(self, document: Document, at_once: bool) -> None:
        if not at_once:
            await asyncio.sleep(min(max(document.seconds, SHORTEST), LONGEST))
        text, begun = document.text, time.perf_counter()
        loop = asyncio.get_running_loop()
        try:
            found = await loop.run_in_executor(self.pool, _look, text, document.path, self.shown())
        except Exception as error:  # a mistake of netspec must not take the editor's server away
            self.failed(f"cannot look at {document.path}: {type(error).__name__}: {error}")
            return
        document.seconds = time.perf_counter() - begun
        document.take(text, found)
        self.told(document)

    async def ready(self, uri: str, *, settled: bool = False) -> Document | None:
        """A file with figures, None where there are none; with `settled` those of its text."""
        document = self.open.get(uri)
        while document and document.task and not document.task.done():
            if document.figures and (document.settled or not settled):
                break
            await asyncio.wait([document.task])
        if document is None or document.figures is None:
            return None
        return None if settled and not document.settled else document
