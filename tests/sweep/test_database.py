"""What processes share in a PostgreSQL that runs here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import postgres
import pytest
from sweeping import LR, SPEC

from netspec.diagnostic import NetspecError, UsageError
from netspec.sweep.database import Database, database
from netspec.sweep.place import Place
from netspec.sweep.question import Question
from netspec.sweep.ties import Parted, Ties

RIGHT = postgres.PASSWORD
skip = postgres.why_not()
pytestmark = pytest.mark.skipif(bool(skip), reason=str(skip))


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with postgres.server() as address:
        yield address


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPASSWORD", RIGHT)


def question(address: str, **more: Any) -> Question:
    return Question(
        name="net", path="net.yaml", original=SPEC, text=SPEC, vary=[LR], keep=[], trials=9,
        sampler="tpe", pruner="none", objective="accuracy", seeds=1, best=1, seed=0, threads=3,
        storage=address,
    )._replace(**more)  # fmt: skip


def place(folder: Path) -> Place:
    folder.mkdir(parents=True, exist_ok=True)
    return Place(folder, "net")


def begun(ties: Ties, asked: Question) -> Question:
    with ties.mutex:
        return ties.begun(asked, 2)[0]


def test_a_claim_is_one_process_s_until_its_connection_is_gone(
    address: str, tmp_path: Path
) -> None:
    here, there = place(tmp_path / "a" / "claims"), place(tmp_path / "b" / "claims")
    with database(here, address) as one, database(there, address) as two:
        lock = one.claim("trial-0")
        assert lock
        assert one.claim("trial-0") is None
        assert two.claim("trial-0") is None
        other = two.claim("trial-1")
        assert other
        lock.close()
        again = two.claim("trial-0")
        assert again
        two.hold()
        assert isinstance(two, Database)
        ended = one._locks.connection.execute(
            "SELECT pg_terminate_backend(%s)", [two._locks.connection.info.backend_pid]
        )
        assert ended.fetchone() == (True,)
        with pytest.raises(Parted, match="the connection to the database is gone"):
            two.hold()
        taken = one.claim("trial-0")
        assert taken
        again.close()
        other.close()
        assert two.claim("trial-0") is None  # connected anew, and one still has it
        two.hold()


def test_machines_that_share_no_folder_agree_on_the_question_and_see_results(
    address: str, tmp_path: Path
) -> None:
    with database(place(tmp_path / "a" / "s"), address) as one:
        assert one.question() is None
        first = begun(one, question(address))
        assert one.result(0, 0) is None
        one.finish(0, 0, {"test": 0.5})
    with database(place(tmp_path / "b" / "s"), address) as two:
        assert two.question() == first
        second = begun(two, question(address, threads=8, trials=12, path="other/net.yaml"))
        assert second == first._replace(trials=12)
        assert two.result(0, 0) == {"test": 0.5}
        with pytest.raises(UsageError, match=r"the study 's' in .* was begun with --seed 0"):
            begun(two, question(address, seed=1))
    with database(place(tmp_path / "a" / "s"), address) as one:
        with pytest.raises(UsageError, match=r"the sweep in .* was begun with --storage postgres"):
            begun(Ties(one.place), question(""))
        assert isinstance(one, Database)
        one._locks.connection.execute("TRUNCATE studies CASCADE")
        with pytest.raises(UsageError, match="no longer has the study that"):
            begun(one, question(address))


@pytest.mark.parametrize(
    ("form", "password", "message"),
    [
        ("postgresql://netspec@127.0.0.1:{}/postgres", "wrong", "refuses the password"),
        ("postgresql://netspec@127.0.0.1:{}/postgres", None, "refuses the password"),
        ("postgresql://nobody@127.0.0.1:{}/postgres", RIGHT, "refuses the password"),
        ("postgresql://netspec@127.0.0.1:{}/nothing", RIGHT, "there is no such database"),
        ("postgresql://netspec@127.0.0.1:1/postgres", RIGHT, "no database answers"),
        ("postgresql://netspec@nowhere.invalid/postgres", RIGHT, "no database answers"),
        ("postgresql:///postgres?host=/nowhere", RIGHT, "no database answers"),
        ("postgresql://netspec@127.0.0.1:{}/postgres?colour=red", RIGHT, "no address of a"),
    ],
)
def test_a_database_that_lets_nobody_in_is_one_message(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str,
    password: str | None, message: str,
) -> None:  # fmt: skip
    monkeypatch.setenv("PGPASSFILE", str(tmp_path / "none"))
    monkeypatch.delenv("PGPASSWORD")
    if password:
        monkeypatch.setenv("PGPASSWORD", password)
    called = form.format(urlsplit(address).port)
    with pytest.raises(NetspecError) as found, database(Place(tmp_path, "net"), called):
        pass
    assert message in str(found.value)
    assert str(found.value).startswith(f"{called}: ")
    assert found.value.exit_code == 3
    assert found.value.help
    assert RIGHT not in f"{found.value} {found.value.help}"
