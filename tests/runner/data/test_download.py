"""Data sets that are fetched: whole and as published, or one message."""

from __future__ import annotations

import gzip
import tarfile
import threading
from functools import partial
from http.server import HTTPServer, SimpleHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
import torchvision
from datasets import read

from netspec.diagnostic import NetspecError
from netspec.language.training import DATASETS


@pytest.mark.parametrize("name", [name for name, traits in DATASETS.traits.items() if traits.files])
def test_without_network_one_message_says_where_files_go(
    tmp_path: Path, name: str, offline: list[Any]
) -> None:
    traits = DATASETS.traits[name]
    more = {"val_fraction": 0.2} if len(traits.parts) == 1 else {}
    with pytest.raises(NetspecError) as caught:
        read(name, tmp_path / "data", traits.image or (3, 8, 8), traits.classes or 47, **more)
    said = f"{name} is not in {tmp_path / 'data'}, and "
    failed = {"FER2013": "cannot be downloaded", "StanfordCars": "downloading it failed: The orig"}
    assert said + failed.get(name, "downloading it failed") in str(caught.value)
    assert f"put {traits.files} there" in str(caught.value.help)
    assert bool(offline) == (name not in failed)
    assert not list((tmp_path).glob("data/*"))


@pytest.mark.parametrize(("name", "size"), [("MNIST", 28), ("CIFAR10", 32)])
def test_an_archive_that_is_not_the_published_one_is_not_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, size: int
) -> None:
    served = tmp_path / "served"
    served.mkdir()
    with tarfile.open(served / "cifar-10-python.tar.gz", "w:gz") as archive:
        archive.addfile(tarfile.TarInfo("../../escaped"))
    kind = getattr(torchvision.datasets, name)
    (served / "train-images-idx3-ubyte.gz").write_bytes(gzip.compress(bytes(1000)))
    asked = []

    class Server(SimpleHTTPRequestHandler):
        def log_message(self, *args: Any) -> None:
            asked.append(self.path)

    with HTTPServer(("127.0.0.1", 0), partial(Server, directory=str(served))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        home = f"http://127.0.0.1:{server.server_port}/"
        monkeypatch.setattr(kind, "url", f"{home}cifar-10-python.tar.gz", raising=False)
        monkeypatch.setattr(kind, "mirrors", [home], raising=False)
        with pytest.raises(NetspecError, match=f"{name} is not in .*, and downloading it failed"):
            read(name, tmp_path / "data", (3 if size == 32 else 1, size, size), 10)
        server.shutdown()
    assert asked
    assert list((tmp_path / "data").iterdir()) == []
    assert not (tmp_path / "escaped").exists()
