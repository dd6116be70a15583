"""What the processes of a sweep share: study, claims and results. Here, files that all can see.

A process that dies lets go of what it had at once, whatever it died of.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Any, Protocol

from optuna.storages import BaseStorage, JournalStorage
from optuna.storages.journal import JournalFileBackend, JournalFileSymlinkLock
from optuna.study import Study

from netspec.diagnostic import NetspecError
from netspec.disk import files
from netspec.sweep.mutex import Mutex
from netspec.sweep.place import RESULT, Place
from netspec.sweep.question import Question, agreed
from netspec.sweep.study import mend, opened

JOURNAL = "study.log"


class Claim(Protocol):
    """The right to work on something, until it is closed or the process ends."""

    def close(self) -> None: ...


class Parted(NetspecError):
    """What processes share is out of reach, so that another one may have taken up the work."""


class Ties:
    """By a folder, on a disk that has locks."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.mutex: AbstractContextManager[object] = Mutex(place.folder / ".sweep.lock")

    def begun(self, question: Question, epochs: int) -> tuple[Question, Study]:
        """What is asked from now on, and its study; to be called with the mutex.

        UsageError where the sweep was begun with another question.
        """
        question = agreed(self.place.folder, question)
        return question, opened(self._storage(), question.name, question, epochs)

    def look(self, question: Question, epochs: int) -> Study:
        """The study of a sweep that was begun."""
        return opened(self._storage(), question.name, question, epochs)

    def question(self) -> Question | None:
        """What was asked where the folder does not say it."""
        return None

    def claim(self, what: str) -> Claim | None:
        """The right to work on something, None while another process has it."""
        return self.place.claim(what)

    def hold(self) -> None:
        """See that what was claimed is still this process's; Parted where nobody can say."""

    def finish(self, number: int, i: int, told: dict[str, Any]) -> None:
        """Keep what came of a run over seeds."""
        self.place.finish(number, i, told)

    def result(self, number: int, i: int) -> dict[str, Any] | None:
        """What came of the i-th run of a trial over seeds, None where nothing did yet."""
        with suppress(OSError, ValueError, NetspecError):
            found: dict[str, Any] = json.loads(
                files.read(self.place.seeded(number, i) / RESULT, 1 << 20)
            )
            return found
        return None

    def _storage(self) -> BaseStorage:
        journal = self.place.folder / JOURNAL
        lock = _Lock(self.place)
        lock.acquire()
        try:
            mend(journal)
        finally:
            lock.release()
        return JournalStorage(JournalFileBackend(str(journal), lock))


class _Lock(JournalFileSymlinkLock):
    """Goes with the process that has it, so that nobody waits for one that was killed."""

    def __init__(self, place: Place) -> None:
        self._mutex = Mutex(place.folder / ".journal.lock")

    def acquire(self) -> bool:
        return self._mutex.acquire()

    def release(self) -> None:
        self._mutex.release()


@contextmanager
def tied(place: Place, storage: str) -> Iterator[Ties]:
    """The ties of a sweep, by its folder or by the database at an address.

    NetspecError where that does not answer or goes.
    """
    if not storage:
        yield Ties(place)
        return
    from netspec.sweep.database import database

    with database(place, storage) as ties:
        yield ties
