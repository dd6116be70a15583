"""Connections to a PostgreSQL, and what can be said of those that fail."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from typing import Any

import psycopg
import sqlalchemy
from optuna.exceptions import OptunaError

from netspec.diagnostic import NetspecError

GONE, HINT = "the connection to the database is gone", "the same command goes on from there"
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
    (
        "terminating connection|server closed the connection|connection is (closed|lost)",
        GONE,
        HINT,
    ),
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
def told(address: str) -> Iterator[None]:
    """Give what goes wrong with a database in here as one message."""
    try:
        yield
    except (psycopg.Error, sqlalchemy.exc.SQLAlchemyError, OptunaError) as error:
        text = str(_first(error)).strip()
        for words, what, hint in _SAYS:
            if re.search(words, text):
                raise NetspecError(f"{address}: {what}", hint) from None
        last = text.splitlines()[-1:] or [type(error).__name__]
        raise NetspecError(f"{address}: {last[0].strip()}", HINT) from None


def _first(error: BaseException) -> BaseException:
    """The error that others were made of."""
    while True:
        cause = getattr(error, "orig", None) or error.__cause__
        if cause is None:
            diag = getattr(error, "diag", None)
            return Exception(diag.message_primary) if diag and diag.message_primary else error
        error = cause


def connect(address: str) -> psycopg.Connection[Any]:
    """A connection; the password comes from the environment or ~/.pgpass."""
    wait: dict[str, Any] = {} if "connect_timeout=" in address else {"connect_timeout": _WAIT}
    return psycopg.connect(address, application_name="netspec", **_SILENT, **wait)


class Locks:
    """A connection that has locks of the server's, which go with it."""

    def __init__(self, address: str) -> None:
        self.connection = connect(address)
        self.connection.autocommit = True
        self.connection.execute(_SESSION)
        self._descriptor = self.connection.fileno()
        _open.add(self._descriptor)

    @property
    def lost(self) -> bool:
        """Whether it is gone, and others may have what it had."""
        try:
            self.connection.execute("SELECT 1")
        except psycopg.Error:
            return True
        return False

    def ask(self, function: str, name: str) -> bool:
        """What a function of advisory locks says of the lock of a name."""
        key = int.from_bytes(sha256(name.encode()).digest()[:8], "big", signed=True)
        row = self.connection.execute(f"SELECT {function}(%s)", [key]).fetchone()
        return bool(row and row[0])

    def close(self) -> None:
        """Let go of all of them."""
        _open.discard(self._descriptor)
        self.connection.close()
