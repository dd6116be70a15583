"""Data sets by name: what is known of each before any of its files is read."""
# ruff: noqa: N802 (the names are torchvision's)

from __future__ import annotations

from itertools import groupby
from typing import NamedTuple

from netspec.language.training.tasks import classification, multi_label, regression
from netspec.language.training.vocabulary import Names

OTHERS = (regression.__name__, multi_label.__name__)
"""Tasks of arrays and tables beside classification."""


class DatasetTraits(NamedTuple):
    image: tuple[int, int, int] | None
    """Shape of one image, None where only the files say it."""
    classes: int | None
    """Number of classes, None where only the files say it."""
    digits: bool
    """Whether its classes are digits, which are others upside down or in a mirror."""
    numbers: bool
    """Whether its samples may be numbers that are no pixels."""
    resized: bool
    """Whether its images are brought to the network's input without being told."""
    keys: tuple[str, ...]
    """Keys of `data:` that are for some data sets alone, and for this one."""
    reader: str
    """The module of netspec.runner.data.readers that reads it."""
    files: str
    """What a download puts into the data directory, to be told where it fails; else empty."""
    comes: str
    """How it gets there, after its name: data sets with the same words are listed together."""

    @property
    def tasks(self) -> tuple[str, ...]:
        """The tasks that it can be for: what is not published has the targets of its owner."""
        return (classification.__name__, *(OTHERS if self.numbers else ()))


DATASETS: Names[DatasetTraits] = Names("data set")

_DOWNLOADED = "are downloaded where missing"
_IDX = "raw/{train,t10k}-{images-idx3,labels-idx1}-ubyte"


@DATASETS.word(
    DatasetTraits(
        image=(1, 8, 8), classes=10, digits=True, numbers=False, resized=True, keys=(),
        reader="digits", files="", comes="comes with scikit-learn",
    )
)  # fmt: skip
def digits() -> None:
    """1,797 handwritten digits of 8 x 8 pixels (Alpaydin and Kaynak, 1998)."""


@DATASETS.word(
    DatasetTraits(
        image=(1, 28, 28), classes=10, digits=True, numbers=False, resized=False, keys=(),
        reader="idx", files=f"MNIST/{_IDX}", comes=_DOWNLOADED,
    )
)  # fmt: skip
def MNIST() -> None:
    """70,000 handwritten digits (LeCun et al., 1998)."""


@DATASETS.word(
    DatasetTraits(
        image=(1, 28, 28), classes=10, digits=False, numbers=False, resized=False, keys=(),
        reader="idx", files=f"FashionMNIST/{_IDX}", comes=_DOWNLOADED,
    )
)  # fmt: skip
def FashionMNIST() -> None:
    """70,000 pictures of clothes (Xiao et al., 2017)."""


@DATASETS.word(
    DatasetTraits(
        image=(3, 32, 32), classes=10, digits=False, numbers=False, resized=False, keys=(),
        reader="cifar", files="cifar-10-batches-py/ (the files of cifar-10-python.tar.gz), "
        "or images as cifar10/{train,test}/<class>/*,",
        comes=_DOWNLOADED,
    )
)  # fmt: skip
def CIFAR10() -> None:
    """60,000 colour pictures of animals and vehicles (Krizhevsky, 2009)."""


@DATASETS.word(
    DatasetTraits(
        image=(1, 28, 28), classes=10, digits=False, numbers=False, resized=False, keys=(),
        reader="idx", files=f"KMNIST/{_IDX}", comes=_DOWNLOADED,
    )
)  # fmt: skip
def KMNIST() -> None:
    """70,000 handwritten characters of old Japanese (Clanuwat et al., 2018)."""


@DATASETS.word(
    DatasetTraits(
        image=(1, 28, 28), classes=10, digits=True, numbers=False, resized=False, keys=(),
        reader="published", comes=_DOWNLOADED,
        files="QMNIST/raw/qmnist-{train,test}-{images-idx3-ubyte,labels-idx2-int}",
    )
)  # fmt: skip
def QMNIST() -> None:
    """120,000 handwritten digits: MNIST with the test images it lost (Yadav and Bottou, 2019)."""


@DATASETS.word(
    DatasetTraits(
        image=(1, 28, 28), classes=None, digits=False, numbers=False, resized=False,
        keys=("split",), reader="published", comes=_DOWNLOADED,
        files="EMNIST/raw/emnist-<split>-{train,test}-{images-idx3,labels-idx1}-ubyte",
    )
)  # fmt: skip
def EMNIST() -> None:
    """Handwritten letters and digits, each turned over its diagonal (Cohen et al., 2017)."""


@DATASETS.word(
    DatasetTraits(
        image=(3, 32, 32), classes=100, digits=False, numbers=False, resized=False, keys=(),
        reader="cifar", comes=_DOWNLOADED,
        files="cifar-100-python/ (the files of cifar-100-python.tar.gz)",
    )
)  # fmt: skip
def CIFAR100() -> None:
    """60,000 colour pictures of a hundred things (Krizhevsky, 2009)."""


@DATASETS.word(
    DatasetTraits(
        image=(3, 32, 32), classes=10, digits=True, numbers=False, resized=False, keys=(),
        reader="published", files="{train,test}_32x32.mat", comes=_DOWNLOADED,
    )
)  # fmt: skip
def SVHN() -> None:
    """99,289 colour pictures of house numbers (Netzer et al., 2011)."""


@DATASETS.word(
    DatasetTraits(
        image=(1, 16, 16), classes=10, digits=True, numbers=False, resized=False, keys=(),
        reader="published", files="usps.bz2 and usps.t.bz2", comes=_DOWNLOADED,
    )
)  # fmt: skip
def USPS() -> None:
    """9,298 handwritten digits from envelopes (Hull, 1994)."""


@DATASETS.word(
    DatasetTraits(
        image=None, classes=None, digits=False, numbers=False, resized=False, reader="folder",
        keys=("path", "stream", "orientation"), files="",
        comes="reads train/<class>/… and test/<class>/…, or splits <class>/… by val_fraction",
    )
)  # fmt: skip
def folder() -> None:
    """Pictures of one's own, a folder for each class."""


@DATASETS.word(
    DatasetTraits(
        image=None, classes=None, digits=False, numbers=True, resized=False, reader="npz",
        keys=("path",), files="", comes="reads x_train, y_train, x_test and y_test of a NumPy file",
    )
)  # fmt: skip
def npz() -> None:
    """Arrays of one's own: images, signals or tables."""


@DATASETS.word(
    DatasetTraits(
        image=None, classes=None, digits=False, numbers=True, resized=False, reader="csv",
        keys=("path", "label", "columns"), files="",
        comes="reads train.csv and test.csv, or splits one table by val_fraction",
    )
)  # fmt: skip
def csv() -> None:
    """A table of one's own: a line of names, then a line of numbers for each sample."""


@DATASETS.word(
    DatasetTraits(
        image=None, classes=None, digits=False, numbers=True, resized=False, reader="own",
        keys=(), files="", comes="is given by --data or netspec.train(spec, data=…)",
    )
)  # fmt: skip
def own() -> None:
    """Tensors, or data sets of torch, that the caller makes."""


def takers(key: str) -> str:
    """The data sets that a key of `data:` is for, such as `folder`."""
    return _listed([name for name, traits in DATASETS.traits.items() if key in traits.keys])


def origins() -> str:
    """Where each data set comes from, in one line."""
    groups = groupby(DATASETS.words, key=lambda name: DATASETS.traits[name].comes)
    return "; ".join(f"{_listed([*names])} {comes}" for comes, names in groups)


def _listed(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1])] * (len(names) > 1) + names[-1:])
