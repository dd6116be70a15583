"""Pages of the words of `train:`: optimizers, schedulers, tasks, losses, averages, more."""

from __future__ import annotations

import inspect
from typing import Any, NamedTuple

from netspec.language.training import (
    AUGMENTATIONS,
    AVERAGES,
    DATASETS,
    LOSSES,
    OPTIMIZERS,
    SCHEDULERS,
    TASKS,
)
from netspec.language.training.vocabulary import Vocabulary
from netspec.pages import torch
from netspec.pages.arguments import Argument, arguments
from netspec.pages.markdown import arguments_table


class Chapter(NamedTuple):
    """A vocabulary with the names of its page and of its key, and where torch has its words."""

    title: str
    key: str
    words: Vocabulary[Any]
    module: str


CHAPTERS = (
    Chapter("Optimizers", "train.optimizer", OPTIMIZERS, "torch.optim"),
    Chapter("Schedulers", "train.scheduler", SCHEDULERS, "torch.optim.lr_scheduler"),
    Chapter("Tasks", "train.task", TASKS, ""),
    Chapter("Losses", "train.loss", LOSSES, "torch.nn"),
    Chapter("Averages", "train.average", AVERAGES, ""),
    Chapter("Augmentations", "train.data.augment", AUGMENTATIONS, "torchvision.transforms.v2"),
    Chapter("Data sets", "train.data.dataset", DATASETS, ""),
)


class WordPage(NamedTuple):
    """A word with what there is to say about it."""

    name: str
    doc: str
    arguments: list[Argument]
    link: str | None
    comes: str
    """Where its files come from, of a data set."""

    @property
    def markdown(self) -> str:
        """The page in Markdown, below its name."""
        parts = [self.doc]
        if self.comes:
            parts.append(f"{self.name} {self.comes}.")
        if self.arguments:
            parts.append(arguments_table(self.arguments, "argument"))
        if self.link:
            parts.append(f"In torch: <{self.link}>")
        return "\n\n".join(parts)


def pages(chapter: Chapter) -> list[WordPage]:
    """The pages of a vocabulary, in its order."""
    found = []
    for name, word in chapter.words.words.items():
        schema = chapter.words.model(name).model_json_schema()
        link = torch.link(f"{chapter.module}.{name}") if chapter.module else None
        comes = getattr(chapter.words.traits[name], "comes", "").replace("are ", "is ", 1)
        found.append(WordPage(name, inspect.getdoc(word) or "", arguments(schema), link, comes))
    return found
