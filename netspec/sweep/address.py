"""The address of a database, which never has a password in it."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl

from netspec.diagnostic import UsageError

_FORM = "postgresql://USER@HOST/DATABASE"
_ADDRESS = re.compile(
    r"postgres(?:ql)?://(?:[^:@/?#\s]+@)?"
    r"(?:\[[0-9a-fA-F:.]+\]|[^:@/?#\[\]\s]*)(?::[0-9]+)?/[^:@/?#\s]+(?:\?([^#\s]*))?"
)
_SECRET = {"password", "sslpassword"}


def checked(text: str) -> str:
    """The address; UsageError where it is none, or has a password in it.

    Messages do not repeat what may have one.
    """
    scheme, found, rest = text.partition("://")
    if not found or scheme not in ("postgresql", "postgres"):
        what = f" '{scheme}'" if re.fullmatch(r"[a-z0-9+]+", scheme) and found else ""
        raise UsageError(
            f"--storage: expected the address of a PostgreSQL, not{what or ' something else'}",
            f"{_FORM}; without --storage the study is a file in the sweep's folder",
        )
    whole = _ADDRESS.fullmatch(text)
    query = (whole and whole[1]) or ""
    names = {key.lower() for key, _ in parse_qsl(query, keep_blank_values=True)}
    user, at, _ = rest.rpartition("@")
    if names & _SECRET or (whole is None and at and ":" in user):
        raise UsageError(
            "--storage: a password in an address can be read in the list of processes",
            "leave it out, and give it in the environment as PGPASSWORD, or in ~/.pgpass",
        )
    if whole is None:
        raise UsageError("--storage: this is no address of a database", _FORM)
    return text
