"""What the processes of a sweep share, in a PostgreSQL: machines need no folder in common.

Claims are its advisory locks, which go with the connection of the process that has them.
"""

from __future__ import annotations

import os
import re
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from hashlib import sha256
from typing import Any

import psycopg
import sqlalchemy
from optuna.exceptions import OptunaError
from optuna.storages import RDBStorage
from optuna.study import Study

from netspec.diagnostic import NetspecError, UsageError
from netspec.sweep.place import Place, seeded_of
from netspec.sweep.question import Question, agreed, loaded, read, same
from netspec.sweep.study import opened
from netspec.sweep.ties import Claim, Parted, Ties

_QUESTION, _STUDY = "question", "study"
_WAIT = 10
"""Seconds for an answer of the server."""
_SILENT: dict[str, Any] = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
"""A machine that is gone without a word is given up after a minute, by both sides."""
_SESSION = """
SELECT set_config(name, CASE name
  WHEN 'tcp_keepalives_idle' THEN '30' WHEN 'tcp_keepalives_interval' THEN '10'
  WHEN 'tcp_keepalives_count' THEN '3' ELSE '0' END, false)
FROM pg_settings WHERE name IN ('tcp_keepalives_idle', 'tcp_keepalives_interval',
  'tcp_keepalives_count', 'idle_session_timeout', 'statement_timeout', 'lock_timeout')
"""
_SAYS = (
    (
        "password authentication failed|no password supplied",
        "the database refuses the password",
        "PGPASSWORD in the environment or a line of ~/.pgpass gives it",
    ),
    (
        'database "[^"]*" does not exist',
        "there is no such database",
        "make it with createdb, or name another one",
    ),
    ('role "[^"]*" does not exist', "the database knows no such user", "createuser makes one"),
    ("URI", "this is no address of a database", "postgresql://USER@HOST/DATABASE"),
    (
        "permission denied for schema",
        "the user may not make tables in this database",
        "GRANT CREATE ON SCHEMA public TO the user, or name another database",
    ),
    (
        "refused|No such file|could not translate|not known|timeout|timed out|unreachable|No route",
        "no database answers",
        "see that it runs and lets this machine in, or name another address",
    ),
)
"""Words of libpq and the server, which have no code of their own before there is a connection."""
_GONE = "the connection to the database is gone"
AGAIN = "the same command goes on from there"
_open: set[int] = set()
"""Descriptors of connections that have locks."""


def _let_go() -> None:
    """Close what a forked process inherits: it would keep the locks of a parent that was killed."""
    while _open:
        with suppress(OSError):
            os.close(_open.pop())


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_let_go)


@contextmanager
def database(place: Place, address: str) -> Iterator[Ties]:
    """The ties of a sweep by the database at an address; NetspecError where it does not answer."""
    with _told(address), closing(Database(place, address)) as ties:
        yield ties


@contextmanager
def _told(address: str) -> Iterator[None]:
    try:
        yield
    except (psycopg.Error, sqlalchemy.exc.SQLAlchemyError, OptunaError) as error:
        text = str(_first(error)).strip()
        for words, what, hint in _SAYS:
            if re.search(words, text):
                raise NetspecError(f"{address}: {what}", hint) from None
        last = text.splitlines()[-1:] or [type(error).__name__]
        raise NetspecError(f"{address}: {last[0].strip()}", AGAIN) from None


def _first(error: BaseException) -> BaseException:
    """The error that others were made of."""
    while True:
        cause = getattr(error, "orig", None) or error.__cause__
        if cause is None:
            diag = getattr(error, "diag", None)
            return Exception(diag.message_primary) if diag and diag.message_primary else error
        error = cause


class Database(Ties):
    """By a database; the folder has the runs of this machine, and others where they see it too."""

    def __init__(self, place: Place, address: str) -> None:
        super().__init__(place)
        self._address = address
        self._name = place.folder.resolve().name
        self._held: set[str] = set()
        self._locks = self._connected()
        self.mutex = _Turn(self)
        self._rdb: RDBStorage | None = None
        self._study: Study | None = None

    def close(self) -> None:
        """Let go of all that was claimed."""
        self._disconnect()
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
        if self._held and self._lost():
            raise Parted(f"{self._address}: {_GONE}", AGAIN)

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
                engine_kwargs={"creator": lambda: _connect(self._address), "pool_pre_ping": True},
            )
        return self._rdb

    def _refresh(self) -> None:
        """Connect anew where there is nothing to be lost by it."""
        if not self._held and self._lost():
            self._disconnect()
            self._locks = self._connected()

    def _disconnect(self) -> None:
        if self._descriptor in _open:
            _open.remove(self._descriptor)
        self._locks.close()

    def _connected(self) -> psycopg.Connection[Any]:
        found = _connect(self._address)
        found.autocommit = True
        found.execute(_SESSION)
        self._descriptor = found.fileno()
        _open.add(self._descriptor)
        return found

    def _lost(self) -> bool:
        try:
            self._locks.execute("SELECT 1")
        except psycopg.Error:
            return True
        return False

    def _ask(self, function: str, what: str) -> bool:
        name = f"netspec {self._name} {what}".encode()
        key = int.from_bytes(sha256(name).digest()[:8], "big", signed=True)
        row = self._locks.execute(f"SELECT {function}(%s)", [key]).fetchone()
        return bool(row and row[0])


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


def _connect(address: str) -> psycopg.Connection[Any]:
    wait: dict[str, Any] = {} if "connect_timeout=" in address else {"connect_timeout": _WAIT}
    return psycopg.connect(address, application_name="netspec", **_SILENT, **wait)
