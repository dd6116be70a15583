"""What a sweep was asked, kept in its folder so that it can go on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

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
_KEPT = ("threads", "path", "study")
"""What stays as it was when the sweep began, whatever is said later."""


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
    storage: str = ""
    """The address of the database that has the study; without one it is a file in the folder."""
    study: str = ""
    """What no other study in a database is called."""
    devices: int = 1
    """Processes that train a trial together."""

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
        found = loaded(told)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        message = f"{path.as_posix()} does not say what was asked"
        raise NetspecError(message, "--out names another folder") from None
    return found


def loaded(told: Mapping[str, Any]) -> Question:
    """A question as it was kept; KeyError or TypeError where that says too little."""
    return Question(**{name: told[name] for name in Question._fields if name in told})


def agreed(folder: Path, question: Question) -> Question:
    """The question that the folder has from now on; UsageError where it has another one.

    Numbers of trials and seeds are those of today, threads those that it began with.
    """
    question = same(read(folder), question, f"the sweep in {folder.as_posix()}")
    files.replace(folder / FILE, (json.dumps(question._asdict(), indent=2) + "\n").encode())
    return question


def same(before: Question | None, question: Question, where: str, *but: str) -> Question:
    """The question with what stays from before; UsageError where it asks something else.

    `but` names what may differ all the same.
    """
    if before is None:
        return question
    for name in Question._fields:
        if name in (*_FREE, *_KEPT, *but):
            continue
        old, new = getattr(before, name), getattr(question, name)
        if old != new:
            what = "another spec" if name in ("text", "original") else f"--{name} {_text(old)}"
            if not old and name == "storage":
                what = "its study in the folder, without --storage"
            message = f"{where} was begun with {what}"
            raise UsageError(message, "--out names another folder for another sweep")
    return question._replace(**{name: getattr(before, name) for name in _KEPT})


def _text(value: object) -> str:
    return " ".join(map(str, value)) or "nothing" if isinstance(value, list) else str(value)
