"""What the processes of a sweep share, in a PostgreSQL: machines need no folder in common.

Claims are its advisory locks, which go with the connection of the process that has them.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any

import psycopg
from optuna.storages import RDBStorage
from optuna.study import Study

from netspec.diagnostic import UsageError
from netspec.sweep.connection import GONE, HINT, Locks, connect, told
from netspec.sweep.place import Place, seeded_of
from netspec.sweep.question import Question, agreed, loaded, read, same
from netspec.sweep.study import opened
from netspec.sweep.ties import Claim, Parted, Ties

_QUESTION = "question"


@contextmanager
def database(place: Place, address: str) -> Iterator[Ties]:
    """The ties of a sweep by the database at an address; NetspecError where it does not answer."""
    with told(address), closing(Database(place, address)) as ties:
        yield ties


class Database(Ties):
    """By a database; the folder has the runs of this machine, and others where they see it too."""

    def __init__(self, place: Place, address: str) -> None:
        super().__init__(place)
        self._address = address
        self._name = place.folder.resolve().name
        self._held: set[str] = set()
        self._locks = Locks(self._address)
        self.mutex = _Turn(self)
        self._rdb: RDBStorage | None = None
        self._study: Study | None = None

    def close(self) -> None:
        """Let go of all that was claimed."""
        self._locks.close()
        if self._rdb is not None:
            self._rdb.remove_session()
            self._rdb.engine.dispose()

    def begun(self, question: Question, epochs: int) -> tuple[Question, Study]:
        study = self._opened(question, epochs)
        told = study.user_attrs
        before = loaded(told[_QUESTION]) if _QUESTION in told else None
        question = same(before, question, f"the study '{self._name}' in {self._address}", "storage")
        here, folder = read(self.place.folder), self.place.folder.as_posix()
        same(here, question, f"the sweep in {folder}")
        if before is None:
            question = question._replace(study=uuid.uuid4().hex)
        if here and here.study != question.study:
            message = f"the database no longer has the study that {folder} was begun with"
            raise UsageError(message, "--out names another folder, and with it another study")
        study.set_user_attr(_QUESTION, question._asdict())
        agreed(self.place.folder, question)
        return question, study

    def look(self, question: Question, epochs: int) -> Study:
        return self._opened(question, epochs)

    def question(self) -> Question | None:
        """What was asked of the study, None where there is none yet."""
        with self.mutex:
            storage = self._stored()
            names = {study.study_name: study._study_id for study in storage.get_all_studies()}
            told = storage.get_study_user_attrs(names[self._name]) if self._name in names else {}
        return loaded(told[_QUESTION]) if _QUESTION in told else None

    def claim(self, what: str) -> Claim | None:
        self._refresh()
        if what in self._held or not self._ask("pg_try_advisory_lock", what):
            return None
        lock = self.place.claim(what)
        if lock is None:  # the folder is shared, and the server has not yet seen who died
            self._ask("pg_advisory_unlock", what)
            return None
        self._held.add(what)
        return _Claim(self, what, lock)

    def hold(self) -> None:
        if self._held and self._locks.lost:
            raise Parted(f"{self._address}: {GONE}", HINT)

    def finish(self, number: int, i: int, told: dict[str, Any]) -> None:
        super().finish(number, i, told)
        assert self._study is not None
        self._study.set_user_attr(seeded_of(number, i), told)

    def result(self, number: int, i: int) -> dict[str, Any] | None:
        assert self._study is not None
        found: dict[str, Any] | None = self._study.user_attrs.get(seeded_of(number, i))
        return found

    def release(self, what: str, lock: Claim) -> None:
        """Let others have it."""
        lock.close()
        if what in self._held:
            self._held.remove(what)
            with suppress(psycopg.Error):  # a connection that is gone has no locks
                self._ask("pg_advisory_unlock", what)

    def turn(self, function: str) -> None:
        """Wait for this process's turn, or end it."""
        if function == "pg_advisory_lock":
            self._refresh()
        self._ask(function, "")

    def _opened(self, question: Question, epochs: int) -> Study:
        self._study = opened(self._stored(), self._name, question, epochs)
        return self._study

    def _stored(self) -> RDBStorage:
        if self._rdb is None:
            self._rdb = RDBStorage(
                "postgresql+psycopg://",
                engine_kwargs={"creator": lambda: connect(self._address), "pool_pre_ping": True},
            )
        return self._rdb

    def _refresh(self) -> None:
        """Connect anew where there is nothing to be lost by it."""
        if not self._held and self._locks.lost:
            self._locks.close()
            self._locks = Locks(self._address)

    def _ask(self, function: str, what: str) -> bool:
        return self._locks.ask(function, f"netspec {self._name} {what}")


class _Claim:
    def __init__(self, ties: Database, what: str, lock: Claim) -> None:
        self._ties, self._what, self._lock = ties, what, lock

    def close(self) -> None:
        self._ties.release(self._what, self._lock)


class _Turn:
    """One process at a time, of any that see the database."""

    def __init__(self, ties: Database) -> None:
        self._ties = ties

    def __enter__(self) -> None:
        self._ties.turn("pg_advisory_lock")

    def __exit__(self, *_: object) -> None:
        with suppress(psycopg.Error):
            self._ties.turn("pg_advisory_unlock")
