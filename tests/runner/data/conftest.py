from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any

import pytest
from datasets import picture


@pytest.fixture(scope="session")
def real() -> Path:
    if place := os.environ.get("NETSPEC_DATA"):
        return Path(place)
    pytest.skip("real images: NETSPEC_DATA names no folder that holds them")


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    tried: list[Any] = []

    def refuse(*args: Any, **kwargs: Any) -> None:
        tried.append(args)
        raise OSError("network is unreachable")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    return tried


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for part, count in (("train", 3), ("test", 2)):
        for index in range(count):
            picture(tmp_path / part / "cat" / f"{index}.png", color=(255, 0, index))
            picture(tmp_path / part / "dog" / f"{index}.png", color=(0, 255, index))
    return tmp_path
