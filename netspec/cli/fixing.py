"""netspec check --fix: the files as the fixes leave them, or what would change in them."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

from netspec import fixes, report, source
from netspec.cli.terminal import tell
from netspec.diagnostic import UsageError
from netspec.render.patch import patch
from netspec.report import Report

_BOM = b"\xef\xbb\xbf"


class Fixing:
    """Fixes specs as they are read; with `diff` the files stay and `patches` say what would change.

    With `unsafe` fixes that change the network are made too.
    """

    def __init__(self, diff: bool, unsafe: bool) -> None:
        self.diff, self.unsafe = diff, unsafe
        self.patches: list[str] = []

    def read(self, data: bytes, name: str, file: Path | None) -> Report:
        """The report on a spec once it is fixed; without a file its text goes to the output."""
        bom = data.startswith(_BOM)
        try:
            text = data.removeprefix(_BOM).decode()
        except UnicodeDecodeError:
            if file is None and not self.diff:
                _put(data)
            return report.read(data, name)
        found = fixes.fixed(text, name, self.unsafe)
        after = _BOM * bom + found.text.encode()
        if self.diff:
            self.patches.append(patch(text, found.text, name))
        elif file is None:
            _put(after)
        elif after != data:
            _replace(file, data, after)
        if found.made:
            number = Counter(one.code for one in found.made)
            what = ", ".join(f"{n} {code}" for code, n in number.items())
            tell(f"{'would fix' if self.diff else 'fixed'} in {name}: {what}", err=True)
        return found.report


def refuse(*, unsafe: bool, fix: bool, changes: bool) -> None:
    """Refuse options that do not go together."""
    if unsafe and not fix:
        raise UsageError("--unsafe-fixes alone does nothing", "write --fix --unsafe-fixes")
    if fix and changes:
        message = "--fix changes the spec, and --set checks it as it is not written"
        raise UsageError(message, "leave one of them out")


def _replace(file: Path, before: bytes, after: bytes) -> None:
    from netspec.disk.files import rewrite

    if source.read_bytes(file) != before:
        message = f"{file.as_posix()} changed while it was read"
        raise UsageError(message, "it was left as it is; run it again")
    rewrite(file, after)


def _put(data: bytes) -> None:
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
