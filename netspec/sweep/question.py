"""What a sweep was asked, kept in its folder so that it can go on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

from netspec.diagnostic import NetspecError, UsageError
from netspec.disk import files
from netspec.language.training.tasks import rises
from netspec.search.candidates import Search, asked
from netspec.source import Source, parse

FILE = "sweep.json"
TRIES = 20_000
"""Candidates up to which those that keep the bounds are listed before the first trial."""
_MOST = 1 << 24
_FREE = ("trials", "seeds", "best")
"""What may be another number where a sweep goes on."""


class Question(NamedTuple):
    """What is swept, and how."""

    name: str
    path: str
    """What messages call the spec."""
    original: str
    """The spec as it was given."""
    text: str
    """The spec that is trained: with images held back."""
    vary: list[str]
    keep: list[str]
    trials: int
    sampler: str
    pruner: str
    objective: str
    seeds: int
    best: int
    seed: int
    threads: int
    """For each run that is large enough to gain by them."""

    @property
    def source(self) -> Source:
        """The spec that is trained, before anything varies."""
        return parse(self.text, self.path)

    @property
    def search(self) -> Search:
        """The candidates that may be trained."""
        return asked(self.source, self.vary, self.keep, tries=TRIES, seed=self.seed)

    @property
    def maximizes(self) -> bool:
        """Whether the objective is to be great."""
        return rises(self.objective)


def read(folder: Path) -> Question | None:
    """The question of a folder's sweep; None where there is none yet."""
    path = folder / FILE
    try:
        told = json.loads(files.read(path, _MOST))
        found = Question(**{name: told[name] for name in Question._fields})
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        message = f"{path.as_posix()} does not say what was asked"
        raise NetspecError(message, "--out names another folder") from None
    return found


def agreed(folder: Path, question: Question) -> Question:
    """The question that the folder has from now on; UsageError where it has another one.

    Numbers of trials and seeds are those of today, threads those that it began with.
    """
    before = read(folder)
    if before:
        for name in Question._fields:
            if name in (*_FREE, "threads", "path"):
                continue
            old, new = getattr(before, name), getattr(question, name)
            if old != new:
                what = "another spec" if name in ("text", "original") else f"--{name} {_text(old)}"
                message = f"the sweep in {folder.as_posix()} was begun with {what}"
                raise UsageError(message, "--out names another folder for another sweep")
        question = question._replace(threads=before.threads, path=before.path)
    files.replace(folder / FILE, (json.dumps(question._asdict(), indent=2) + "\n").encode())
    return question


def _text(value: object) -> str:
    return " ".join(map(str, value)) or "nothing" if isinstance(value, list) else str(value)
