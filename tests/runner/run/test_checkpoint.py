"""Checkpoints: whole at any moment, told when damaged, refused when hostile."""

from __future__ import annotations

import io
import json
import os
import pickle
import resource
import signal
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy
import pytest
import torch
from tiny import ROOT, resume

from netspec.diagnostic import NetspecError
from netspec.disk import files
from netspec.runner.run import checkpoint

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.mark.parametrize("part", ["open", "half", "written", "synced", "verified", "kept"])
def test_at_each_place_of_a_save_a_checkpoint_is_whole(tmp_path: Path, part: str) -> None:
    # The first checkpoint has none before it to keep.
    count = 4 if part == "kept" else 5
    code = (
        "from pathlib import Path; from netspec.runner.run.checkpoint import save; "
        "[save(Path(), {'state': {'epoch': 0, 'step': i}}) for i in range(9)]"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, check=False,
        env={"PYTHONPATH": str(ROOT), "NETSPEC_FAILPOINT": f"last.ckpt:{part}:{count}"},
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL
    files.sweep(tmp_path)
    found = checkpoint.load(tmp_path, 1 << 20, pytest.fail, force=False)
    assert found is not None
    assert found["state"]["step"] == 3
    names = {"last.ckpt", "previous.ckpt"}
    assert {path.name for path in tmp_path.iterdir()} == names - (
        {"last.ckpt"} if part == "kept" else set()
    )


def flip(path: Path, share: float) -> None:
    data = bytearray(path.read_bytes())
    data[min(int(len(data) * share), len(data) - 1)] ^= 4
    path.write_bytes(data)


def zeroed(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[:512] + bytes(512) + data[1024:])


DAMAGE: dict[str, Callable[[Path], object]] = {
    **{f"cut at {at} %": lambda p, at=at: os.truncate(p, p.stat().st_size * at // 100)  # type: ignore[misc]
       for at in range(0, 100, 5)},
    **{f"bit at {at} %": lambda p, at=at: flip(p, at / 100) for at in (0, 1, 30, 60, 99, 100)},  # type: ignore[misc]
    "zeroed sector": zeroed,
    "web page": lambda p: p.write_bytes(b"<!DOCTYPE html><html>404</html>"),
}  # fmt: skip


class TestDamage:
    @pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
    def test_a_damaged_checkpoint_is_said_and_the_one_before_used(
        self, made: Path, damage: Callable[[Path], object]
    ) -> None:
        damage(made / "last.ckpt")
        told: list[str] = []
        found = checkpoint.load(made, 1 << 30, told.append, force=False)
        assert found is not None
        assert found["state"]["epoch"] == 2
        assert told == [f"{made / 'last.ckpt'} is damaged", "going on from previous.ckpt"]

    def test_the_run_then_ends_as_it_did(self, made: Path) -> None:
        before = (made / "best.safetensors").read_bytes()
        flip(made / "last.ckpt", 0.5)
        result, out = resume(made)
        assert [row.epoch for row in result.rows] == [1, 2, 3]
        assert "last.ckpt is damaged" in out
        assert (made / "best.safetensors").read_bytes() == before

    def test_two_damaged_ones_are_one_message(self, made: Path) -> None:
        for name in ("last.ckpt", "previous.ckpt"):
            flip(made / name, 0.5)
        with pytest.raises(NetspecError, match=r"no checkpoint in .* is whole") as caught:
            resume(made)
        assert caught.value.exit_code == 3

    def test_it_goes_on_without_a_manifest_or_with_a_damaged_one(self, made: Path) -> None:
        assert not (made / "manifest.json").exists()
        (made / "manifest.json").write_text("{")
        assert "going on after epoch 3" in resume(made)[1]

    def test_every_flipped_bit_is_noticed(self, made: Path) -> None:
        whole = (made / "last.ckpt").read_bytes()
        chance = numpy.random.default_rng(0)
        for place in [*chance.integers(0, len(whole), 100), *range(len(whole) - 110, len(whole))]:
            damaged = bytearray(whole)
            damaged[place] ^= 1 << int(chance.integers(0, 8))
            (made / "last.ckpt").write_bytes(damaged)
            told: list[str] = []
            checkpoint.load(made, 1 << 30, told.append, force=False)
            assert told[-1] == "going on from previous.ckpt", place


class TestWithoutSeal:
    """Checkpoints of before they carried their own digest: it was in manifest.json."""

    @pytest.fixture
    def older(self, made: Path) -> Path:
        data = stored(made, dict.copy)
        for name in ("last.ckpt", "previous.ckpt"):
            (made / name).write_bytes(data)
        list_digests(made, data)
        return made

    def test_the_manifest_says_that_it_is_whole(self, older: Path) -> None:
        found, told = loaded(older)
        assert found
        assert not told
        flip(older / "last.ckpt", 0.5)
        found, told = loaded(older)
        assert found
        assert told == [f"{older / 'last.ckpt'} is damaged", "going on from previous.ckpt"]

    @pytest.mark.parametrize("manifest", [None, "", "{", "[" * 100_000, '{"files": 3}'])
    def test_without_its_manifest_only_force_takes_it(
        self, older: Path, manifest: str | None
    ) -> None:
        (older / "manifest.json").unlink()
        if manifest is not None:
            (older / "manifest.json").write_text(manifest)
        with pytest.raises(NetspecError, match="no checkpoint") as caught:
            resume(older)
        assert "--force" in str(caught.value.help)
        out = resume(older, force=True)[1]
        assert "last.ckpt has no digest, it is taken as it is" in out
        assert "going on after epoch 3" in out

    def test_not_even_force_takes_what_is_damaged(self, older: Path) -> None:
        (older / "manifest.json").unlink()
        for name in ("last.ckpt", "previous.ckpt"):
            flip(older / name, 0.5)
        with pytest.raises(NetspecError, match="no checkpoint") as caught:
            resume(older, force=True)
        assert caught.value.help == "train anew"


def loaded(folder: Path) -> tuple[dict[str, Any] | None, list[str]]:
    told: list[str] = []
    return checkpoint.load(folder, 1 << 30, told.append, force=False), told


def list_digests(folder: Path, data: bytes) -> None:
    listed = {"schema": 1, "files": {"last.ckpt": [sha256(data).hexdigest()]}}
    (folder / "manifest.json").write_text(json.dumps(listed))


class Evil:
    def __reduce__(self) -> Any:
        return os.system, ("touch ran",)


def stored(made: Path, change: Callable[[dict[str, Any]], object]) -> bytes:
    content = torch.load(made / "last.ckpt", weights_only=True)
    change(content)
    buffer = io.BytesIO()
    torch.save(content, buffer)
    return buffer.getvalue()


def repacked(data: bytes, pickled: bytes | None = None, compression: int = 0) -> bytes:
    """The archive with another pickle, or compressed with a file of zeros in it."""
    before, buffer = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as after:
        for name in before.namelist():
            body = pickled if pickled and name.endswith("data.pkl") else before.read(name)
            after.writestr(name, body)
        if compression:
            after.writestr("archive/data/bomb", bytes(100 << 20))
    return buffer.getvalue()


def huge() -> torch.Tensor:
    return torch.zeros(1).expand(1 << 20, 1 << 20)


def with_(*keys: str, value: Any) -> Callable[[Path], bytes]:
    """A checkpoint with another value at a place, None for none."""

    def change(content: dict[str, Any]) -> None:
        for key in keys[:-1]:
            content = content[key]
        content[keys[-1]] = value
        if value is None:
            del content[keys[-1]]

    return lambda made: stored(made, change)


def pickled(data: bytes) -> Callable[[Path], bytes]:
    return lambda made: repacked(stored(made, dict.copy), data)


def longer(made: Path) -> bytes:
    """A checkpoint whose first tensor says that it has 4 GiB."""
    data = stored(made, dict.copy)
    told = zipfile.ZipFile(io.BytesIO(data)).read("archive/data.pkl")
    assert b"K$" in told
    return repacked(data, told.replace(b"K$", b"J" + struct.pack("<i", 1 << 30)))


MODEL = ("state", "model", "0.weight")


DESCENT = ("state", "optimizer")


SIZE = b"J\xff\xff\xff\x7f\x85R."


NAN = torch.full((4, 1, 3, 3), float("nan"))


HOSTILE: dict[str, tuple[Callable[[Path], bytes], str]] = {
    "code": (with_("state", value=Evil()), "it asks for posix system"),
    "plain pickle": (lambda made: pickle.dumps(Evil()), "it is no archive of tensors"),
    "memory": (pickled(b"\x80\x02cbuiltins\nbytearray\n" + SIZE), "it asks for builtins bytearray"),
    "tensor": (pickled(b"\x80\x02ctorch\nFloatTensor\n" + SIZE), "it asks for torch FloatTensor"),
    "bomb": (
        lambda made: repacked(stored(made, dict.copy), None, zipfile.ZIP_DEFLATED),
        "compressed files",
    ),
    "longer storage": (longer, "tensor 0 says it has 4294967296 bytes, its file has 144"),
    "shape": (with_(*MODEL, value=torch.zeros(3)), r"0.weight is \(3,\), \(4, 1, 3, 3\)"),
    "dtype": (with_(*MODEL, value=NAN.long()), "torch.int64, torch.float32 expected"),
    "nan": (with_(*MODEL, value=NAN), "0.weight has values that are not finite"),
    "stride 0": (with_(*MODEL, value=huge()), r"is \(1048576, 1048576\), "),
    "optimizer": (with_(*DESCENT, "state", value={0: {"exp_avg": huge()}}), "missing"),
    "a name less": (with_("state", "model", "0.bias", value=None), "0.bias is missing"),
    "a name more": (with_("state", "extra", value=1), "state.extra is unknown"),
    "no tensor": (with_(*MODEL, value="x"), "0.weight is not a tensor"),
    "step": (with_("state", "step", value=10**9), "an epoch has no step 1000000000"),
    "rows": (with_("rows", value=[{}] * 3), "rows.0 is no epoch"),
    "rate": (with_(*DESCENT, "param_groups", value=[{"lr": "x"}]), "param_groups"),
    "another format": (with_("schema", value=2), "another format"),
}


@pytest.mark.parametrize(("make", "message"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_checkpoint_is_refused_by_name_and_nothing_of_it_runs(
    made: Path, make: Callable[[Path], bytes], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(made.parent)
    data = make(made)
    (made / "last.ckpt").write_bytes(data)
    list_digests(made, data)
    before = sorted((p.name, p.read_bytes()) for p in made.iterdir() if p.name != ".lock")
    torch.ones(1)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(NetspecError, match=message) as caught:
        resume(made)
    assert caught.value.exit_code == 3
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak < 200_000
    assert not Path("ran").exists()
    assert before == sorted((p.name, p.read_bytes()) for p in made.iterdir() if p.name != ".lock")


def test_a_checkpoint_larger_than_any_of_its_spec_is_not_read(made: Path) -> None:
    os.truncate(made / "last.ckpt", 1 << 40)
    with pytest.raises(NetspecError, match=r"last.ckpt is 1,099,511,627,776 bytes, at most"):
        resume(made)
