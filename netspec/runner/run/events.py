"""TensorBoard's file of a run: its figures, settings and network."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from time import time
from typing import TYPE_CHECKING, Any

from tensorboardX.event_file_writer import EventsWriter
from tensorboardX.proto.event_pb2 import Event
from tensorboardX.summary import custom_scalars, hparams, scalar

from netspec.runner.run.graph import graph

if TYPE_CHECKING:
    from netspec.compiler.plan import Plan
    from netspec.runner.run.metrics import Row

_TOLD = ("vars", "train")
"""Sections of a spec that have hyperparameters."""
_TRAIN = "train_"
"""How a figure of the training images is called, before the name of the one that is judged."""


class Events:
    """One file with every epoch; a run that is taken up writes it anew, so none is there twice.

    `judged` is what the images are called that a run is judged on, `settings` what it was told.

    Written by the calling thread: a full disk is an error here, not a traceback of another thread.
    """

    def __init__(
        self,
        folder: Path,
        plan: Plan,
        rows: Iterable[Row],
        judged: str,
        settings: Mapping[str, Any],
    ) -> None:
        for earlier in folder.glob("events.out.tfevents.*"):
            if not earlier.is_dir():
                earlier.unlink()
        self._judged, self._ended = judged, None
        self._settings = {
            key: _plain(value) for key, value in settings.items() if key.split(".")[0] in _TOLD
        }
        self._writer: Any = EventsWriter(str(folder / "events"))
        self._put(graph_def=graph(plan).SerializeToString())
        for row in rows:
            self._write(row)
        self._writer.flush()

    def add(self, row: Row) -> None:
        self._write(row)
        self._writer.flush()

    def finish(self) -> None:
        """Say that the run is at its end."""
        if self._ended:
            self._put(summary=self._ended)

    def close(self) -> None:
        self._writer.close()

    def _write(self, row: Row) -> None:
        figures = {name: value for name, value in row.record().items() if name != "epoch"}
        tags = dict(_tags(figures, self._judged))
        if self._ended is None:
            self._begin(list(tags.values()))
        for name, tag in tags.items():
            self._put(step=row.epoch, summary=scalar(tag, figures[name]))

    def _begin(self, tags: list[str]) -> None:
        """Say which figures share a chart, and which belong to the settings of the run."""
        charts: dict[str, Any] = {}
        for tag in tags:
            name, _, part = tag.partition("/")
            if part:
                charts.setdefault(name, ["Multiline", []])[1].append(tag)
        told, begun, self._ended = hparams(self._settings, dict.fromkeys(tags))
        for summary in (custom_scalars({"epochs": charts}), told, begun):
            self._put(summary=summary)

    def _put(self, **fields: Any) -> None:
        self._writer.write_event(Event(wall_time=time(), **fields))


def _tags(figures: Iterable[str], judged: str) -> Iterator[tuple[str, str]]:
    """Each figure, and its tag: what is known of both parts of the data stands under one name."""
    names = set(figures)
    for name in figures:
        if name.startswith(_TRAIN):
            yield name, f"{name.removeprefix(_TRAIN)}/train"
        else:
            yield name, f"{name}/{judged}" if f"{_TRAIN}{name}" in names else name


def _plain(value: Any) -> Any:
    """A value as TensorBoard compares it: lists are texts."""
    return json.dumps(value) if isinstance(value, list | dict) else value
