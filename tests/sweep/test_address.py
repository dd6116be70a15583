from __future__ import annotations

import pytest

from netspec.diagnostic import UsageError
from netspec.sweep.address import checked


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://ada@db.example/sweeps",
        "postgres://ada@db.example:6432/sweeps",
        "postgresql://[::1]:5432/sweeps",
        "postgresql:///sweeps?host=/run/postgresql&user=ada",
        "postgresql://a%40b@10.0.0.1/sweeps?sslmode=verify-full",
    ],
)
def test_an_address_without_a_password_is_taken_as_it_is(text: str) -> None:
    assert checked(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://ada:geheim@db/sweeps",
        "postgresql://ada:@db/sweeps",
        "postgresql://ada:geh/eim@db/sweeps",
        "postgresql://ada:geh?eim@db/sweeps",
        "postgresql://ada:geh#eim@db/sweeps",
        "postgresql://ada:g@heim@db/sweeps",
        "postgresql://ada@db/sweeps?password=geheim",
        "postgresql://ada@db/sweeps?sslmode=require&PASSWORD=geheim",
        "postgresql://ada@db/sweeps?p%61ssword=geheim",
    ],
)
def test_a_password_in_an_address_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(UsageError, match="a password in an address") as found:
        checked(text)
    assert "PGPASSWORD" in str(found.value.help)
    assert "eim" not in f"{found.value} {found.value.help}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not something else"),
        ("sweep.db", "not something else"),
        ("mysql://ada@db/sweeps", "not 'mysql'"),
        ("sqlite:///sweep.db", "not 'sqlite'"),
        ("postgresql+psycopg://ada@db/sweeps", "not 'postgresql+psycopg'"),
        ("postgresql://db", "no address of a database"),
        ("postgresql://ada@db/", "no address of a database"),
        ("postgresql://ada@db:five/sweeps", "no address of a database"),
        ("postgresql://ada@db/sweeps#1", "no address of a database"),
        ("postgresql://a b/sweeps", "no address of a database"),
    ],
)
def test_what_is_no_address_of_a_postgresql_says_how_one_looks(text: str, message: str) -> None:
    with pytest.raises(UsageError) as found:
        checked(text)
    assert message in str(found.value)
    assert "postgresql://USER@HOST/DATABASE" in str(found.value.help)
