"""Data sets by name: what is known of each before any of its files is read."""
# ruff: noqa: N802 (the names are torchvision's)

from __future__ import annotations

from itertools import groupby
from typing import NamedTuple

from netspec.language.training.tasks import classification, multi_label, regression
from netspec.language.training.tasks import segmentation as segmentation_task
from netspec.language.training.vocabulary import Names

ONE = (classification.__name__,)
NUMBERS = (classification.__name__, regression.__name__, multi_label.__name__)
"""Tasks of tables."""
EVERY = (*NUMBERS, segmentation_task.__name__)
"""Tasks of arrays: what is not published has the targets of its owner."""


class DatasetTraits(NamedTuple):
    image: tuple[int, int, int] | None
    """Shape of one image, None where only the files say it."""
    classes: int | None
    """Number of classes, None where only the files say it."""
    tasks: tuple[str, ...]
    """What it can be for."""
    digits: bool
    """Whether its classes are digits, which are others upside down or in a mirror."""
    numbers: bool
    """Whether its samples may be numbers that are no pixels."""
    resized: bool
    """Whether its images are brought to the network's input without being told."""
    keys: tuple[str, ...]
    """Keys of `data:` that are for some data sets alone, and for this one."""
    parts: tuple[str, ...]
    """What torchvision calls the parts that it is published in: to train on, then to be judged on
    where there is one; none for data of one's own."""
    reader: str
    """The module of netspec.runner.data.readers that reads it."""
    files: str
    """What a download puts into the data directory, to be told where it fails; else empty."""
    comes: str
    """How it gets there, after its name: data sets with the same words are listed together."""


DATASETS: Names[DatasetTraits] = Names("data set")

_DOWNLOADED = "are downloaded where missing"
_BY_HAND = "are put into the data directory by hand"
_IDX = "raw/{train,t10k}-{images-idx3,labels-idx1}-ubyte"


@DATASETS.word(
    DatasetTraits(
        image=(1, 8, 8), classes=10, tasks=ONE,
        digits=True, numbers=False, resized=True, keys=(),
        parts=("train", "test"), reader="digits", files="", comes="comes with scikit-learn",
    )
)  # fmt: skip
def digits() -> None:
    """1,797 handwritten digits of 8 x 8 pixels (Alpaydin and Kaynak, 1998)."""


@DATASETS.word(
    DatasetTraits(
        image=(1, 28, 28), classes=10, tasks=ONE,
        digits=True, numbers=False, resized=False, keys=(),
        parts=("train", "test"), reader="idx", files=f"MNIST/{_IDX}", comes=_DOWNLOADED,
    )
)  # fmt: skip
def MNIST() -> None:
    """70,000 handwritten digits (LeCun et al., 1998)."""


@DATASETS.word(
    DatasetTraits(
        image=(1, 28, 28), classes=10, tasks=ONE,
        digits=False, numbers=False, resized=False, keys=(),
        parts=("train", "test"), reader="idx", files=f"FashionMNIST/{_IDX}", comes=_DOWNLOADED,
    )
)  # fmt: skip
def FashionMNIST() -> None:
    """70,000 pictures of clothes (Xiao et al., 2017)."""


@DATASETS.word(
    DatasetTraits(
        image=(3, 32, 32), classes=10, tasks=ONE,
        digits=False, numbers=False, resized=False, keys=(),
        parts=("train", "test"), reader="cifar",
        files="cifar-10-batches-py/ (the files of cifar-10-python.tar.gz), "
        "or images as cifar10/{train,test}/<class>/*,",
        comes=_DOWNLOADED,
    )
)  # fmt: skip
def CIFAR10() -> None:
    """60,000 colour pictures of animals and vehicles (Krizhevsky, 2009)."""


@DATASETS.word(
    DatasetTraits(
        image=(1, 28, 28), classes=10, tasks=ONE,
        digits=False, numbers=False, resized=False, keys=(),
        parts=("train", "test"), reader="idx", files=f"KMNIST/{_IDX}", comes=_DOWNLOADED,
    )
)  # fmt: skip
def KMNIST() -> None:
    """70,000 handwritten characters of old Japanese (Clanuwat et al., 2018)."""


@DATASETS.word(
    DatasetTraits(
        image=(1, 28, 28), classes=10, tasks=ONE,
        digits=True, numbers=False, resized=False, keys=(),
        parts=("train", "test"), reader="published", comes=_DOWNLOADED,
        files="QMNIST/raw/qmnist-{train,test}-{images-idx3-ubyte,labels-idx2-int}",
    )
)  # fmt: skip
def QMNIST() -> None:
    """120,000 handwritten digits: MNIST with the test images it lost (Yadav and Bottou, 2019)."""


@DATASETS.word(
    DatasetTraits(
        image=(1, 28, 28), classes=None, tasks=ONE,
        digits=False, numbers=False, resized=False,
        keys=("split",), parts=("train", "test"),
        reader="published", comes=_DOWNLOADED,
        files="EMNIST/raw/emnist-<split>-{train,test}-{images-idx3,labels-idx1}-ubyte",
    )
)  # fmt: skip
def EMNIST() -> None:
    """Handwritten letters and digits, each turned over its diagonal (Cohen et al., 2017)."""


@DATASETS.word(
    DatasetTraits(
        image=(3, 32, 32), classes=100, tasks=ONE,
        digits=False, numbers=False, resized=False, keys=(),
        parts=("train", "test"), reader="cifar", comes=_DOWNLOADED,
        files="cifar-100-python/ (the files of cifar-100-python.tar.gz)",
    )
)  # fmt: skip
def CIFAR100() -> None:
    """60,000 colour pictures of a hundred things (Krizhevsky, 2009)."""


@DATASETS.word(
    DatasetTraits(
        image=(3, 32, 32), classes=10, tasks=ONE,
        digits=True, numbers=False, resized=False, keys=(),
        parts=("train", "test"), reader="published",
        files="{train,test}_32x32.mat", comes=_DOWNLOADED,
    )
)  # fmt: skip
def SVHN() -> None:
    """99,289 colour pictures of house numbers (Netzer et al., 2011)."""


@DATASETS.word(
    DatasetTraits(
        image=(1, 16, 16), classes=10, tasks=ONE,
        digits=True, numbers=False, resized=False, keys=(),
        parts=("train", "test"), reader="published",
        files="usps.bz2 and usps.t.bz2", comes=_DOWNLOADED,
    )
)  # fmt: skip
def USPS() -> None:
    """9,298 handwritten digits from envelopes (Hull, 1994)."""


@DATASETS.word(
    DatasetTraits(
        image=(3, 96, 96), classes=10, tasks=ONE,
        digits=False, numbers=False, resized=False, keys=(),
        parts=("train", "test"), reader="published", comes=_DOWNLOADED,
        files="stl10_binary/ (the files of stl10_binary.tar.gz)",
    )
)  # fmt: skip
def STL10() -> None:
    """13,000 colour pictures of animals and vehicles (Coates et al., 2011)."""


@DATASETS.word(
    DatasetTraits(
        image=None, classes=43, tasks=ONE,
        digits=False, numbers=False, resized=True, keys=("stream",),
        parts=("train", "test"), reader="files", comes=_DOWNLOADED,
        files="gtsrb/GTSRB/Training/, gtsrb/GTSRB/Final_Test/Images/ and gtsrb/GT-final_test.csv",
    )
)  # fmt: skip
def GTSRB() -> None:
    """39,270 pictures of German traffic signs (Stallkamp et al., 2012)."""


@DATASETS.word(
    DatasetTraits(
        image=None, classes=102, tasks=ONE,
        digits=False, numbers=False, resized=True, keys=("stream",),
        parts=("train", "test"), reader="files", comes=_DOWNLOADED,
        files="flowers-102/ with jpg/, imagelabels.mat and setid.mat",
    )
)  # fmt: skip
def Flowers102() -> None:
    """7,169 pictures of flowers (Nilsback and Zisserman, 2008)."""


@DATASETS.word(
    DatasetTraits(
        image=None, classes=101, tasks=ONE,
        digits=False, numbers=False, resized=True, keys=("stream",),
        parts=("train", "test"), reader="files", comes=_DOWNLOADED,
        files="food-101/ with images/ and meta/",
    )
)  # fmt: skip
def Food101() -> None:
    """101,000 pictures of dishes (Bossard et al., 2014)."""


@DATASETS.word(
    DatasetTraits(
        image=None, classes=37, tasks=ONE,
        digits=False, numbers=False, resized=True, keys=("stream",),
        parts=("trainval", "test"), reader="files", comes=_DOWNLOADED,
        files="oxford-iiit-pet/ with images/ and annotations/",
    )
)  # fmt: skip
def OxfordIIITPet() -> None:
    """7,349 pictures of cats and dogs by their breed (Parkhi et al., 2012)."""


@DATASETS.word(
    DatasetTraits(
        image=None, classes=211, tasks=ONE,
        digits=False, numbers=False, resized=True, keys=("stream",),
        parts=("train", "test"), reader="files", comes=_DOWNLOADED,
        files="country211/ with train/ and test/",
    )
)  # fmt: skip
def Country211() -> None:
    """52,750 pictures by the country where they were taken (Radford et al., 2021)."""


@DATASETS.word(
    DatasetTraits(
        image=None, classes=47, tasks=ONE,
        digits=False, numbers=False, resized=True, keys=("stream",),
        parts=("train", "test"), reader="files", comes=_DOWNLOADED,
        files="dtd/dtd/ with images/ and labels/",
    )
)  # fmt: skip
def DTD() -> None:
    """3,760 pictures of textures, the first of ten partitions (Cimpoi et al., 2014)."""


@DATASETS.word(
    DatasetTraits(
        image=(3, 64, 64), classes=10, tasks=ONE,
        digits=False, numbers=False, resized=False, keys=("stream",),
        parts=("all",), reader="files", comes=_DOWNLOADED,
        files="eurosat/2750/ (the folder of EuroSAT.zip)",
    )
)  # fmt: skip
def EuroSAT() -> None:
    """27,000 pictures of land by satellite (Helber et al., 2019)."""


@DATASETS.word(
    DatasetTraits(
        image=None, classes=100, tasks=ONE,
        digits=False, numbers=False, resized=True, keys=("stream",),
        parts=("trainval", "test"), reader="files", comes=_DOWNLOADED,
        files="fgvc-aircraft-2013b/ (the folder of fgvc-aircraft-2013b.tar.gz)",
    )
)  # fmt: skip
def FGVCAircraft() -> None:
    """10,000 pictures of aircraft by their variant (Maji et al., 2013)."""


@DATASETS.word(
    DatasetTraits(
        image=None, classes=10, tasks=ONE,
        digits=False, numbers=False, resized=True, keys=("stream",),
        parts=("train", "val"), reader="files", comes=_DOWNLOADED,
        files="imagenette2/ with train/ and val/",
    )
)  # fmt: skip
def Imagenette() -> None:
    """13,394 pictures of ten classes of ImageNet (Howard, 2019)."""


@DATASETS.word(
    DatasetTraits(
        image=(3, 448, 448), classes=2, tasks=ONE,
        digits=False, numbers=False, resized=False,
        keys=("stream",), parts=("train", "test"), reader="files", comes=_DOWNLOADED,
        files="rendered-sst2/ with train/ and test/",
    )
)  # fmt: skip
def RenderedSST2() -> None:
    """8,741 pictures of sentences by their sentiment (Radford et al., 2021)."""


@DATASETS.word(
    DatasetTraits(
        image=None, classes=397, tasks=ONE,
        digits=False, numbers=False, resized=True, keys=("stream",),
        parts=("all",), reader="files", comes=_DOWNLOADED,
        files="SUN397/ (the folder of SUN397.tar.gz)",
    )
)  # fmt: skip
def SUN397() -> None:
    """108,754 pictures of scenes (Xiao et al., 2010)."""


@DATASETS.word(
    DatasetTraits(
        image=(1, 16, 16), classes=10, tasks=ONE,
        digits=True, numbers=False, resized=False, keys=(),
        parts=("all",), reader="published", comes=_DOWNLOADED,
        files="semeion.data",
    )
)  # fmt: skip
def SEMEION() -> None:
    """1,593 handwritten digits (Buscema, 1994)."""


@DATASETS.word(
    DatasetTraits(
        image=(1, 48, 48), classes=7, tasks=ONE,
        digits=False, numbers=False, resized=False, keys=(),
        parts=("train", "test"), reader="published", comes=_BY_HAND,
        files="fer2013/fer2013.csv or fer2013/icml_face_data.csv",
    )
)  # fmt: skip
def FER2013() -> None:
    """35,887 grey pictures of faces by what they express (Goodfellow et al., 2013)."""


@DATASETS.word(
    DatasetTraits(
        image=None, classes=196, tasks=ONE,
        digits=False, numbers=False, resized=True, keys=("stream",),
        parts=("train", "test"), reader="files", comes=_BY_HAND,
        files="stanford_cars/ with cars_train/, cars_test/, devkit/ and "
        "cars_test_annos_withlabels.mat",
    )
)  # fmt: skip
def StanfordCars() -> None:
    """16,185 pictures of cars by model and year (Krause et al., 2013)."""


@DATASETS.word(
    DatasetTraits(
        image=None, classes=None, tasks=ONE,
        digits=False, numbers=False, resized=False, parts=(),
        reader="folder",
        keys=("path", "stream", "orientation"), files="",
        comes="reads train/<class>/… and test/<class>/…, or splits <class>/… by val_fraction",
    )
)  # fmt: skip
def folder() -> None:
    """Pictures of one's own, a folder for each class."""


@DATASETS.word(
    DatasetTraits(
        image=None, classes=None, tasks=(segmentation_task.__name__,),
        digits=False, numbers=False, resized=False, parts=(),
        reader="segmentation", keys=("path", "stream", "orientation", "classes"), files="",
        comes="reads images/ and masks/ of train/ and test/, or splits them by val_fraction",
    )
)  # fmt: skip
def segmentation() -> None:
    """Pictures of one's own with masks: a PNG file of class indices for each."""


@DATASETS.word(
    DatasetTraits(
        image=None, classes=None, tasks=EVERY,
        digits=False, numbers=True, resized=False, parts=(),
        reader="npz",
        keys=("path",), files="", comes="reads x_train, y_train, x_test and y_test of a NumPy file",
    )
)  # fmt: skip
def npz() -> None:
    """Arrays of one's own: images, signals or tables."""


@DATASETS.word(
    DatasetTraits(
        image=None, classes=None, tasks=NUMBERS,
        digits=False, numbers=True, resized=False, parts=(),
        reader="tables",
        keys=("path", "label", "columns"), files="",
        comes="reads train.csv and test.csv, or splits one table by val_fraction",
    )
)  # fmt: skip
def csv() -> None:
    """A table of one's own: a line of names, then a line of numbers for each sample."""


@DATASETS.word(
    DatasetTraits(
        image=None, classes=None, tasks=NUMBERS,
        digits=False, numbers=True, resized=False, parts=(),
        reader="tables",
        keys=("path", "label", "columns"), files="",
        comes="reads train.parquet and test.parquet, or splits one table by val_fraction",
    )
)  # fmt: skip
def parquet() -> None:
    """A table of one's own in a Parquet file: columns of numbers or booleans."""


@DATASETS.word(
    DatasetTraits(
        image=None, classes=None, tasks=EVERY,
        digits=False, numbers=True, resized=False, parts=(),
        reader="own",
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
