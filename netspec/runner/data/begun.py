"""How a run reads its data where its spec does not say: as it was begun."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from netspec.diagnostic import UsageError
from netspec.language.training import Data, Train
from netspec.runs import past as runs


class Begun(NamedTuple):
    data: Data
    split: int
    """The seed that decides what is held back."""

    @property
    def facts(self) -> dict[str, Any]:
        """What is recorded of it; None where nothing hangs on it."""
        turns = "orientation" in self.data.dataset.traits.keys
        return {
            "split": None if self.data.val_fraction is None else self.split,
            "orientation": self.data.orientation if turns else None,
        }


def begun(train: Train, folder: Path | None) -> Begun:
    """Of the run in a folder, of one that begins now where there is none."""
    try:
        recorded = runs.environment(folder) if folder else {}
    except UsageError:  # it is for people, and written anew
        recorded = {}
    if not recorded:
        return Begun(train.data, train.seed)
    # Earlier versions held back by seed 0 and knew of no orientation, and recorded neither.
    split, turned = recorded.get("split", 0), recorded.get("orientation", "ignore")
    data = train.data
    unsaid = {"orientation"} & {*data.dataset.traits.keys} - data.model_fields_set
    if turned == "ignore" and unsaid:
        data = data.model_copy(update={"orientation": "ignore"})
    known = type(split) is int and 0 <= split < 2**63
    return Begun(data, split if known else train.seed)
