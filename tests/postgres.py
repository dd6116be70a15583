"""A PostgreSQL of its own for a test, with a password, in a folder that goes with it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

USER, PASSWORD, BASE = "netspec", "not in any file", "postgres"
SKIP = "no PostgreSQL here: apt-get install postgresql"


def _program(name: str) -> str | None:
    """The newest of them; Debian has them where no PATH leads."""
    places = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return shutil.which(name) or (str(places[-1]) if places else None)


def why_not() -> str | None:
    """Why there can be none here."""
    if not (_program("initdb") and _program("pg_ctl")):
        return SKIP
    if os.geteuid() == 0 and not shutil.which("runuser"):
        return "PostgreSQL does not run as root, and there is no runuser"
    return None


@contextmanager
def server() -> Iterator[str]:
    """The address of one that runs, without a password, which is PASSWORD."""
    with tempfile.TemporaryDirectory() as home:
        folder, secret = Path(home) / "data", Path(home) / "password"
        secret.write_text(PASSWORD)
        rights: list[str] = []
        if os.geteuid() == 0:  # it refuses to run as root
            rights = ["runuser", "-u", "postgres", "--"]
            for path in Path(home), secret:
                shutil.chown(path, "postgres")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]

        def run(name: str, *words: str) -> None:
            command = [*rights, str(_program(name)), "-D", str(folder), *words]
            subprocess.run(command, cwd=home, stdout=subprocess.DEVNULL, check=True)

        run("initdb", "-A", "scram-sha-256", "-U", USER, f"--pwfile={secret}", "--no-sync",
            "--locale=C.UTF-8")  # fmt: skip
        options = f"-p {port} -c listen_addresses=127.0.0.1 -k {home} -c fsync=off"
        run("pg_ctl", "-w", "-l", f"{home}/log", "-o", options, "start")
        try:
            yield f"postgresql://{USER}@127.0.0.1:{port}/{BASE}"
        finally:
            run("pg_ctl", "-m", "immediate", "stop")
