"""TensorBoard's file of a run."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tensorboardX.event_file_writer import EventsWriter
from tensorboardX.proto.event_pb2 import Event
from tensorboardX.summary import scalar

if TYPE_CHECKING:
    from netspec.runner.run.metrics import Row


class Events:
    """One file with every epoch; a run that is taken up writes it anew, so none is there twice.

    Written by the calling thread: a full disk is an error here, not a traceback of another thread.
    """

    def __init__(self, folder: Path, rows: Iterable[Row]) -> None:
        for earlier in folder.glob("events.out.tfevents.*"):
            if not earlier.is_dir():
                earlier.unlink()
        self._writer: Any = EventsWriter(str(folder / "events"))
        for row in rows:
            self._write(row)
        self._writer.flush()

    def add(self, row: Row) -> None:
        self._write(row)
        self._writer.flush()

    def close(self) -> None:
        self._writer.close()

    def _write(self, row: Row) -> None:
        for name, value in row.record().items():
            if name != "epoch":
                self._writer.write_event(Event(step=row.epoch, summary=scalar(name, value)))
