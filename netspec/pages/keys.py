"""Keys of a spec outside its layers, with what they take."""

from __future__ import annotations

import inspect
from functools import cache
from typing import Any

from netspec.pages.arguments import Argument, arguments
from netspec.pages.schema import schema


@cache
def sections() -> dict[str, tuple[str, list[Argument]]]:
    """Each mapping by its place, such as `train.data`: what it is, and its keys."""
    from netspec.language.spec import Audit, Block, Expect, Spec
    from netspec.language.training import Data, EarlyStopping, Goal, Train
    from netspec.language.training.parts import Group

    models: dict[str, Any] = {
        "": Spec, "blocks.<name>": Block, "audit": Audit, "train": Train, "train.data": Data,
        "train.goal": Goal, "train.early_stopping": EarlyStopping, "train.groups.<part>": Group,
        "expect": Expect,
    }  # fmt: skip
    found = {}
    for place, model in models.items():
        doc = inspect.getdoc(model) if model.__doc__ else ""
        found[place] = doc or "", arguments(model.model_json_schema())
    entry = schema()["$defs"]["entry"]["anyOf"][-1]["properties"]
    beside = {name: one for name, one in entry.items() if name[0].islower()}
    about = "Keys beside a layer, in its entry."
    found["layers[]"] = about, arguments({"properties": beside, "$defs": {}})
    return found
