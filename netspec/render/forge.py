"""The repository that a report is about, and where people read it: GitHub or GitLab."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from urllib.parse import quote

from netspec.diagnostic import Span


def within(path: str) -> str:
    """A path from the root of the repository, wherever the command runs; others as they are."""
    file, root = Path(os.path.abspath(path)), _root(Path.cwd())
    return file.relative_to(root).as_posix() if file.is_relative_to(root) else path


def _root(here: Path) -> Path:
    """The root of the repository, as CI names it or by its .git; else the working directory."""
    for name in "GITHUB_WORKSPACE", "CI_PROJECT_DIR":
        if (told := os.environ.get(name)) and here.is_relative_to(told):
            return Path(told)
    return _above(here) or here


@cache
def _above(here: Path) -> Path | None:
    return next((one for one in (here, *here.parents) if (one / ".git").exists()), None)


def link(path: str, span: Span | None = None) -> str | None:
    """The address of a file, or of a line in it, as the variables of CI tell; None elsewhere."""
    told = os.environ.get
    if told("GITHUB_REPOSITORY"):
        project = f"{told('GITHUB_SERVER_URL')}/{told('GITHUB_REPOSITORY')}/blob"
        commit = told("GITHUB_SHA")
    else:
        project, commit = f"{told('CI_PROJECT_URL')}/-/blob", told("CI_COMMIT_SHA")
    file = within(path)
    if not commit or not project.startswith("https://") or file.startswith(("/", "..")):
        return None
    line = f"#L{span.line}" if span else ""
    return f"{project}/{quote(commit)}/{quote(os.fsencode(file))}{line}"


def home() -> str | None:
    """The address of netspec's own files, where it is known: as the action says, or the package."""
    told = os.environ.get("NETSPEC_HOME", "")
    # An action that is part of the repository it looks at has no name there.
    if told and "//" not in told.partition("://")[2]:
        return told.rstrip("/")
    from importlib.metadata import PackageNotFoundError, metadata

    try:
        urls = metadata("netspec").get_all("Project-URL") or []
    except PackageNotFoundError:
        return None
    known = dict(one.split(", ", 1) for one in urls)
    return known["Source"].rstrip("/") if "Source" in known else None
