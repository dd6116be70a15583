"""What a person sees while training: a bar on a terminal, and a line for each epoch anywhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from time import monotonic
from typing import IO, TypeVar

from netspec.language.training import Figure
from netspec.language.training.tasks import ACCURACY
from netspec.render.words import figure_text
from netspec.runner.run.metrics import Row

T = TypeVar("T")
_EVERY = 0.5
"""Seconds between two looks at the running figures: each waits for what a GPU has in its queue."""


class Display:
    """Writes to `out`, or nowhere; the bar goes to stderr so that a piped `out` stays clean."""

    def __init__(
        self,
        epochs: int,
        judged: str = "test",
        out: IO[str] | None = None,
        figures: Sequence[Figure] = (ACCURACY,),
    ) -> None:
        """`figures` are those of an epoch; of the training part the first is enough to see."""
        self.epochs, self.out, self._figures = epochs, out, figures
        names = [f"{judged} {one.short}" for one in figures]
        first = f"train {figures[0].short}"
        head = ("epoch", "train loss", first, f"{judged} loss", *names, "lr", "seconds")
        self._head: str | None = _line(head)
        self._bar = out is not None and sys.stderr.isatty()

    def batches(
        self,
        batches: Iterable[T],
        name: str,
        done: int,
        total: int,
        running: Callable[[], str] = str,
    ) -> Iterator[T]:
        """The batches, the first of which is the one after `done`, with a bar if seen.

        `running` says how the epoch goes so far.
        """
        if not self._bar:
            yield from batches
            return
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

        columns = ("{task.description}", BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        console, looked = Console(stderr=True), monotonic()
        with Progress(*columns, "{task.fields[running]}", console=console, transient=True) as bar:
            task = bar.add_task(name, total=total, completed=done, running="")
            for batch in batches:
                yield batch
                bar.advance(task)
                if monotonic() - looked >= _EVERY:
                    bar.update(task, running=running())
                    looked = monotonic()

    def epoch(self, row: Row) -> None:
        if self._head:
            self.line(self._head)
            self._head = None
        figures = (
            f"{row.epoch}/{self.epochs}",
            f"{row.train_loss:.4f}",
            figure_text(self._figures[0], row.trained[self._figures[0].name]),
            f"{row.loss:.4f}",
            *(figure_text(one, row.judged[one.name]) for one in self._figures),
            f"{row.lr:.3g}",
            f"{row.seconds:.1f}",
        )
        self.line(_line(figures))

    def line(self, text: str) -> None:
        if self.out:
            print(text, file=self.out, flush=True)


def _line(cells: Iterable[str]) -> str:
    return "  ".join(f"{cell:>10}" for cell in cells)
