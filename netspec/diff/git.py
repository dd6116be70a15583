"""Files as another commit has them, read without touching the work tree."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

from netspec.diagnostic import UsageError


def files(ref: str, paths: Sequence[Path]) -> dict[str, bytes]:
    """What regular files at or below `paths` held at `ref`, by path from the working directory.

    UsageError where git is missing, this is no repository, or it has no such commit.
    """
    try:
        _run("rev-parse", "--show-prefix")
    except UsageError as error:
        raise UsageError(
            str(error), "without git, diff OLD NEW compares files or folders"
        ) from None
    try:
        commit = _run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    except UsageError:
        hint = "a branch, tag or commit; in CI it may have to be fetched first"
        raise UsageError(f"git knows no commit '{ref}'", hint) from None
    named = [path.as_posix() for path in paths]
    listing = _run("ls-tree", "-r", "-z", commit.decode().strip(), "--", *named)
    blobs = {}
    for line in filter(None, listing.split(b"\0")):
        facts, _, name = line.partition(b"\t")
        mode, _, blob = facts.split(b" ")
        if mode.startswith(b"100"):
            blobs[name.decode(errors="surrogateescape")] = blob
    return dict(zip(blobs, _contents(list(blobs.values())), strict=True))


def _contents(blobs: list[bytes]) -> list[bytes]:
    out, contents = _run("cat-file", "--batch", given=b"".join(blob + b"\n" for blob in blobs)), []
    for _ in blobs:
        head, _, rest = out.partition(b"\n")
        size = int(head.rsplit(b" ", 1)[1])
        contents.append(rest[:size])
        out = rest[size + 1 :]
    return contents


def _run(*arguments: str, given: bytes = b"") -> bytes:
    try:
        done = subprocess.run(["git", *arguments], input=given, capture_output=True, check=False)  # noqa: S603, S607
    except FileNotFoundError:
        raise UsageError("git is not installed, or not on the PATH") from None
    if done.returncode:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        said = lines[0].removeprefix("fatal: ") if lines else f"git {arguments[0]} failed"
        raise UsageError(f"git: {said}")
    return done.stdout
