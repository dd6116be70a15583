"""Runs that are killed, starved, damaged or attacked: what is said, and what is left."""

from __future__ import annotations

import io
import json
import os
import pickle
import re
import resource
import shutil
import signal
import struct
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from netspec import source
from netspec.compiler import walk as compiler
from netspec.diagnostic import NetspecError, UsageError
from netspec.disk import files
from netspec.runner.machine import memory as budget
from netspec.runner.run import checkpoint
from netspec.runner.run.latest import find
from netspec.runner.run.lock import Lock
from netspec.runner.run.manifest import Manifest
from netspec.runner.train import Result, train

pytestmark = pytest.mark.usefixtures("one_thread")

ROOT = Path(__file__).parents[1]
KILL = ROOT / "tests" / "bench" / "kill.py"
MAIN = "import sys; sys.argv[0] = 'netspec'; from netspec.cli import main; main()"
SPEC = """
name: tiny
input: [1, 8, 8]
layers:
  - Conv2d: {out_channels: 4, kernel_size: 3}
  - ReLU
  - Flatten
  - Linear: 10
train:
  data: {dataset: digits}
  batch_size: 200
  epochs: 3
  optimizer: {Adam: {lr: 0.01}}
"""


def run(folder: Path, *changes: tuple[str, str], **more: Any) -> Result:
    text = SPEC
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    spec = source.parse(text, "tiny.yaml")
    return train(spec, folder / "data", "cpu", folder / "runs", **more)


@pytest.fixture
def made(tmp_path: Path, once: Path) -> Path:
    """The folder of a finished run, a copy for each test."""
    shutil.copytree(once, tmp_path / "runs" / "tiny" / "1")
    return tmp_path / "runs" / "tiny" / "1"


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.set_num_threads(1)
    return run(tmp_path_factory.mktemp("made")).folder


def resume(folder: Path, **more: Any) -> tuple[Result, str]:
    """What a run gives that is taken up, and the lines it prints."""
    out = io.StringIO()
    return train(None, folder, "cpu", folder, out, resume=folder, **more), out.getvalue()


HERE = {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
"""Where Python may not write much it leaves halves of its own files, so it writes none."""


def command(
    *arguments: str, cwd: Path, before: Callable[[], None] | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", MAIN, *arguments],
        cwd=cwd, capture_output=True, text=True, check=False, preexec_fn=before,
        env={"PATH": os.environ["PATH"], **HERE, "HOME": str(cwd), **environment},
    )  # fmt: skip


def killed(*arguments: str) -> dict[str, int]:
    done = subprocess.run(
        [sys.executable, str(KILL), *arguments], capture_output=True, text=True, check=False,
        env={**os.environ, **HERE},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    counts: dict[str, int] = json.loads(done.stdout.splitlines()[-1])
    return counts


class TestKills:
    def test_killed_anywhere_and_inside_saves_it_ends_as_if_it_never_was(self) -> None:
        counts = killed("--kills", "24")
        assert counts["random"] + counts["in saves"] == 24
        assert counts["in saves"] >= 10
        assert counts["identical"] == counts["runs"] > 0

    def test_a_writer_in_place_loses_runs_so_the_kills_are_where_it_hurts(self) -> None:
        counts = killed("--kills", "6", "--naive")
        assert counts["lost"] + counts["different"] > 0

    @pytest.mark.parametrize("part", ["open", "half", "written", "synced", "verified", "kept"])
    def test_at_each_place_of_a_save_a_checkpoint_is_whole(self, tmp_path: Path, part: str) -> None:
        # The first checkpoint has none before it to keep.
        count = 4 if part == "kept" else 5
        code = (
            "from pathlib import Path; from netspec.runner.run.checkpoint import save; "
            "from netspec.runner.run.manifest import Manifest; folder = Path('.'); "
            "m = Manifest(folder); "
            "[save(folder, m, {'state': {'epoch': 0, 'step': i}}) for i in range(9)]"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=tmp_path, check=False,
            env={"PYTHONPATH": str(ROOT), "NETSPEC_FAILPOINT": f"last.ckpt:{part}:{count}"},
        )  # fmt: skip
        assert done.returncode == -signal.SIGKILL
        files.sweep(tmp_path)
        found = checkpoint.load(tmp_path, Manifest(tmp_path), 1 << 20, pytest.fail, force=False)
        assert found is not None
        assert found["state"]["step"] == 3
        names = {"last.ckpt", "previous.ckpt", "manifest.json"}
        assert {path.name for path in tmp_path.iterdir()} == names - (
            {"last.ckpt"} if part == "kept" else set()
        )


class TestSignals:
    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    def test_the_second_signal_ends_it_at_once_and_files_stay_whole(
        self, tmp_path: Path, number: int
    ) -> None:
        (tmp_path / "tiny.yaml").write_text(SPEC.replace("epochs: 3", "epochs: 9999"))
        process = subprocess.Popen(
            [sys.executable, "-c", MAIN, "train", "tiny.yaml", "--device", "cpu"], cwd=tmp_path,
            env={"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        folder = tmp_path / "runs" / "tiny" / "1"
        deadline = time.monotonic() + 60
        while not (folder / "previous.ckpt").exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        process.send_signal(number)
        process.send_signal(number)
        # Both may come before the first is seen: then it ends as after one.
        assert process.wait(30) in (-number, 128 + number)
        assert checkpoint.load(folder, Manifest(folder), 1 << 30, print, force=False)

    def test_one_says_how_to_go_on_and_that_goes_on(self, tmp_path: Path) -> None:
        with pytest.raises(NetspecError) as caught:
            run(tmp_path, ("epochs: 3", "epochs: 9999"), out=Interrupting())
        assert caught.value.exit_code == 130
        folder = tmp_path / "runs" / "tiny" / "1"
        assert caught.value.help == f"netspec train --resume {folder} goes on from there"
        with pytest.raises(NetspecError, match="interrupted after"):
            train(None, tmp_path, "cpu", tmp_path, Interrupting(), resume=folder)


class Interrupting(io.StringIO):
    """Sends Ctrl-C with the first epoch's line."""

    def write(self, text: str) -> int:
        if text.lstrip()[:1].isdigit() and "/9999" in text:
            os.kill(os.getpid(), signal.SIGINT)
        return super().write(text)


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
        found = checkpoint.load(made, Manifest(made), 1 << 30, told.append, force=False)
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

    def test_without_its_manifest_only_force_takes_it(self, made: Path) -> None:
        (made / "manifest.json").write_text("{")
        with pytest.raises(NetspecError, match="no checkpoint") as caught:
            resume(made)
        assert "--force" in str(caught.value.help)
        assert "is taken as it is" in resume(made, force=True)[1]


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
    "longer storage": (longer, "record size"),
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
    manifest = Manifest(made)
    manifest.add("last.ckpt", data)
    (made / "last.ckpt").write_bytes(data)
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


class TestDifferences:
    @pytest.mark.parametrize(
        ("old", "new", "message"),
        [
            ("epochs: 3", "epochs: 5", "train.epochs 3, here it is 5"),
            ("lr: 0.01", "lr: 0.02", "train.optimizer.Adam.lr 0.01, here it is 0.02"),
            ("dataset: digits", "dataset: digits, val_fraction: 0.5", "val_fraction null, here it"),
            ("kernel_size: 3", "kernel_size: 5", "layers.0.Conv2d.kernel_size 3, here it is 5"),
        ],
    )
    def test_another_spec_is_refused_with_the_difference(
        self, made: Path, old: str, new: str, message: str
    ) -> None:
        (made / "spec.yaml").write_text(SPEC.replace(old, new))
        with pytest.raises(NetspecError, match=message) as caught:
            resume(made)
        assert "--force" in str(caught.value.help)

    def test_a_comment_is_no_difference(self, made: Path) -> None:
        (made / "spec.yaml").write_text(f"# A thought.\n{SPEC}")
        assert len(resume(made)[0].rows) == 3

    def test_force_goes_on_with_more_epochs_and_says_so(self, made: Path) -> None:
        (made / "spec.yaml").write_text(SPEC.replace("epochs: 3", "epochs: 5"))
        result, out = resume(made, force=True)
        assert [row.epoch for row in result.rows] == [1, 2, 3, 4, 5]
        assert "train.epochs 3, here it is 5" in out

    def test_another_number_of_threads_is_refused_with_the_way_back(self, made: Path) -> None:
        environment = {"OMP_NUM_THREADS": "2"}
        done = command("train", "--resume", str(made), "--device", "cpu", cwd=made, **environment)
        assert done.returncode == 3
        assert f"{made} was made with 1 threads, here are 2" in done.stderr
        assert "OMP_NUM_THREADS=1 goes on as it began" in done.stderr

    def test_other_data_is_refused(self, made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("netspec.runner.data.readers.digits.TEST", 0.3)
        with pytest.raises(NetspecError, match="was made with other data"):
            resume(made)

    def test_a_finished_run_is_left_as_it_is(self, made: Path) -> None:
        before = (made / "last.ckpt").read_bytes(), (made / "metrics.jsonl").read_bytes()
        assert len(resume(made)[0].rows) == 3
        assert before == ((made / "last.ckpt").read_bytes(), (made / "metrics.jsonl").read_bytes())


def test_metrics_are_cut_back_to_the_checkpoint(made: Path) -> None:
    whole = (made / "metrics.jsonl").read_text()
    (made / "last.ckpt").unlink()
    (made / "metrics.jsonl").write_text(whole + '{"epoch": 4, "half')
    resume(made)
    rows = [json.loads(line) for line in (made / "metrics.jsonl").read_text().splitlines()]
    assert [row["epoch"] for row in rows] == [1, 2, 3]
    assert (made / "metrics.jsonl").read_text().splitlines()[:2] == whole.splitlines()[:2]
    assert len(list(made.glob("events.out.tfevents.*"))) == 1


class TestLock:
    def test_a_second_process_exits_3_and_names_the_first(self, made: Path) -> None:
        lock = Lock(made)
        done = command("train", "--resume", str(made), cwd=made)
        lock.close()
        assert done.returncode == 3
        assert f"error: {made} is in use by process {os.getpid()}\n" in done.stderr

    def test_nothing_is_stale_after_a_kill(self, made: Path) -> None:
        code = "import sys, pathlib; from netspec.runner.run.lock import Lock; " \
            "lock = Lock(pathlib.Path()); print('held', flush=True); sys.stdin.read()"  # fmt: skip
        process = subprocess.Popen(
            [sys.executable, "-c", code], cwd=made, env={"PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        with process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"held\n"
            with pytest.raises(NetspecError, match=f"process {process.pid}"):
                Lock(made)
            process.kill()
        Lock(made).close()

    def test_a_stale_temporary_is_gone_after_the_next_start(self, made: Path) -> None:
        (made / ".last.ckpt.0badcafe.partial").write_bytes(b"half")
        resume(made)
        assert not list(made.glob(".*.partial"))


class TestPlaces:
    def test_last_is_the_run_that_started_last(self, tmp_path: Path) -> None:
        for index, name in enumerate(["b/1", "a/2", "a/10", "c/1"]):
            folder = tmp_path / name
            folder.mkdir(parents=True)
            (folder / ".lock").touch()
            os.utime(folder / ".lock", ns=(0, index))
            if name != "c/1":
                (folder / "spec.yaml").touch()
        assert find("last", tmp_path) == tmp_path / "a" / "10"

    def test_no_run_is_said(self, tmp_path: Path) -> None:
        for name in ("last", str(tmp_path / "x")):
            with pytest.raises(UsageError, match="no run in"):
                find(name, tmp_path)


ODD: dict[str, tuple[Callable[[Path], object], str]] = {
    "symlink": (lambda p: p.symlink_to(p.parent / "elsewhere"), "symbolic link"),
    "fifo": (os.mkfifo, "pipe"),
    "folder": (lambda p: p.mkdir(), "folder"),
    "device": (lambda p: os.mknod(p, 0o20666, os.makedev(1, 3)), "device"),
}


@pytest.mark.parametrize(("make", "kind"), ODD.values(), ids=ODD)
@pytest.mark.parametrize(
    "name", ["last.ckpt", "metrics.jsonl", "best.safetensors", ".lock", "spec.yaml"]
)
def test_an_odd_file_in_the_way_is_refused_and_stays(
    made: Path, name: str, make: Callable[[Path], object], kind: str
) -> None:
    spec = compiler.compile(str(made / "spec.yaml"))
    (made / name).unlink()
    try:
        make(made / name)
    except PermissionError:
        pytest.skip("devices are made by root only")
    before = (made / name).lstat()
    with pytest.raises(NetspecError, match=f"{name} is a {kind}|no run in|cannot be read"):
        train(spec, made, "cpu", made, resume=made, force=True)
    assert (made / name).lstat().st_mode == before.st_mode
    assert not (made / "elsewhere").exists()


class TestDisk:
    def test_a_full_disk_leaves_the_checkpoint_before_and_says_what_is_needed(
        self, tmp_path: Path
    ) -> None:
        """A file of at most 20 kB stands for a full disk: the first checkpoint does not fit."""
        (tmp_path / "tiny.yaml").write_text(SPEC)
        done = command(
            "train", "tiny.yaml", "--device", "cpu", cwd=tmp_path,
            before=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000)),
        )  # fmt: skip
        assert done.returncode == 3
        folder = tmp_path / "runs" / "tiny" / "1"
        assert "error: cannot write runs/tiny/1/last.ckpt (" in done.stderr
        assert done.stderr.count("\n") == 2
        assert not list(folder.glob(".*.partial"))
        assert not (folder / "last.ckpt").exists()

    def test_on_a_disk_of_its_own_that_fills_up(self, made: Path) -> None:
        (made / "spec.yaml").write_text(SPEC.replace("epochs: 3", "epochs: 4"))
        again = f'{sys.executable} -c "{MAIN}" train --resume disk/run --force --device cpu'
        script = (
            f"mkdir disk && mount -t tmpfs -o size=300k disk disk && cp -r {made} disk/run && "
            "dd if=/dev/zero of=disk/full bs=1k 2>/dev/null; "
            f"{again}; code=$?; ls -A disk/run; rm disk/full; {again} && exit $code"
        )
        done = subprocess.run(
            ["unshare", "-rm", "sh", "-c", script], cwd=made.parent, capture_output=True, text=True,
            check=False, env={**os.environ, **HERE},
        )  # fmt: skip
        if "unshare" in done.stderr or "mount" in done.stderr:
            pytest.skip(f"no mount namespace of its own here: {done.stderr.splitlines()[0]}")
        assert done.returncode == 3
        assert "bytes): No space left on device" in done.stderr
        assert "Traceback" not in done.stderr
        assert ".partial" not in done.stdout
        assert "4/4" in done.stdout

    def test_a_folder_that_is_deleted_is_one_message(self, tmp_path: Path) -> None:
        class Deleting(io.StringIO):
            def write(self, text: str) -> int:
                if text.lstrip().startswith("1/3"):
                    shutil.rmtree(tmp_path / "runs")
                return super().write(text)

        out = Deleting()
        with pytest.raises(NetspecError, match=r"cannot write .* No such file") as caught:
            run(tmp_path, out=out)
        assert caught.value.exit_code == 3

    def test_a_folder_that_is_not_writable_is_found_before_training(self, tmp_path: Path) -> None:
        (tmp_path / "tiny.yaml").write_text(SPEC)
        (tmp_path / "runs").mkdir(mode=0o555)
        tmp_path.chmod(0o755)
        if os.getuid() == 0:
            pytest.skip("root writes anywhere")
        done = command("train", "tiny.yaml", cwd=tmp_path)
        assert done.returncode == 3
        assert "cannot make a run folder in runs/tiny: Permission denied" in done.stderr
        assert "1/3" not in done.stdout

    def test_a_read_only_disk_is_found_before_training(self, made: Path) -> None:
        script = (
            f"mkdir disk && mount --bind {made} disk && mount -o remount,ro,bind disk && "
            f'{sys.executable} -c "{MAIN}" train --resume disk --device cpu; code=$?; exit $code'
        )
        done = subprocess.run(
            ["unshare", "-rm", "sh", "-c", script], cwd=made.parent, capture_output=True, text=True,
            check=False, env={**os.environ, **HERE},
        )  # fmt: skip
        if "unshare" in done.stderr or "mount" in done.stderr:
            pytest.skip(f"no mount namespace of its own here: {done.stderr.splitlines()[0]}")
        assert done.returncode == 3
        assert done.stderr == "error: cannot write in disk: Read-only file system\n"


class TestFigures:
    @pytest.mark.parametrize(
        ("old", "new"), [("Adam: {lr: 0.01}", "SGD: {lr: 1.0e+30}"), ("lr: 0.01", "lr: 1.0e+30")]
    )
    def test_a_loss_that_is_not_finite_names_the_layer_and_saves_nothing(
        self, tmp_path: Path, old: str, new: str
    ) -> None:
        first = "the output of [013] is the first that is not finite"
        with pytest.raises(
            NetspecError, match=rf"loss is (nan|inf) at step \d of epoch 1, {first}"
        ):
            run(tmp_path, (old, new), save_every=0.0)
        folder = tmp_path / "runs" / "tiny" / "1"
        saved = checkpoint.load(folder, Manifest(folder), 1 << 30, print, force=False)
        assert saved is None or all(v.isfinite().all() for v in saved["state"]["model"].values())
        assert not (folder / "best.safetensors").exists()

    def test_at_a_later_step_the_last_finite_checkpoint_stays(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from netspec.runner.data.prepare import Prepare

        plain, calls = Prepare.__call__, []

        def poisoned(self: Any, pixels: Any, chance: Any = None) -> Any:
            x = plain(self, pixels, chance)
            calls.append(chance)
            # Batches of training come with a chance; 8 of them are an epoch.
            if len([c for c in calls if c]) == 8 + 3:
                x[0, 0, 0, 0] = float("nan")
            return x

        monkeypatch.setattr(Prepare, "__call__", poisoned)
        with pytest.raises(NetspecError, match="loss is nan at step 3 of epoch 2, the input is"):
            run(tmp_path)
        folder = tmp_path / "runs" / "tiny" / "1"
        monkeypatch.undo()
        result, out = resume(folder)
        assert "going on after epoch 1, step 0" in out
        assert len(result.rows) == 3

    def test_a_clock_that_goes_backwards_changes_nothing(
        self, tmp_path: Path, made: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        now = [2e9]

        def backwards() -> float:
            now[0] -= 3600
            return now[0]

        monkeypatch.setattr(time, "time", backwards)
        result = run(tmp_path / "other")
        assert all(0 < row.seconds < 100 for row in result.rows)
        assert (result.folder / "best.safetensors").read_bytes() == (
            made / "best.safetensors"
        ).read_bytes()


WIDE = SPEC.replace("out_channels: 4", "out_channels: 1000000").replace(
    "- Flatten\n", "- AdaptiveAvgPool2d: 1\n  - Flatten\n"
)


class TestMemory:
    def test_what_cannot_fit_is_refused_with_a_batch_that_would(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(budget, "free", lambda device: 2_000_000)
        with pytest.raises(
            NetspecError, match=r"training needs [\d,]+ bytes, 2,000,000 are free"
        ) as c:
            run(tmp_path, ("out_channels: 4", "out_channels: 64"))
        found = re.fullmatch(r"(batch_size: \d+) would .*, or (accumulate: \d+)", str(c.value.help))
        assert found
        assert not (tmp_path / "runs").exists()
        for way in (found[1], f"batch_size: 200\n  {found[2]}"):
            run(tmp_path, ("out_channels: 4", "out_channels: 64"), ("batch_size: 200", way))

    def test_a_network_too_large_for_any_batch_is_said(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(budget, "free", lambda device: 1000)
        with pytest.raises(NetspecError) as caught:
            run(tmp_path)
        assert "no batch size fits" in str(caught.value.help)

    def test_memory_that_runs_out_is_one_message_with_its_bytes(self, tmp_path: Path) -> None:
        (tmp_path / "tiny.yaml").write_text(WIDE)
        done = command(
            "train", "tiny.yaml", "--device", "cpu", cwd=tmp_path,
            before=lambda: resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30)),
        )  # fmt: skip
        assert done.returncode == 3
        assert "error: training needs " in done.stderr
        assert done.stderr.count("\n") == 2

    def test_what_the_estimate_missed_is_one_message_too(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(budget, "free", lambda device: None)
        monkeypatch.setattr("netspec.runner.train.build", lambda *_, **__: torch.empty(1 << 50))
        with pytest.raises(
            NetspecError, match=r"out of memory on cpu: 4503599627370496 bytes"
        ) as caught:
            run(tmp_path)
        help = "batch_size: 100 would fit by the estimate, or accumulate: 2"
        assert caught.value.help == help


@pytest.mark.parametrize("limit", [12, 32])
def test_few_descriptors_are_enough_or_one_line(tmp_path: Path, limit: int) -> None:
    (tmp_path / "tiny.yaml").write_text(SPEC)
    done = command(
        "train", "tiny.yaml", "--device", "cpu", cwd=tmp_path,
        before=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit)),
    )  # fmt: skip
    assert done.returncode in (0, 3)
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("home", ["", "/nowhere/at/all", "/dev/null"])
def test_no_home_is_no_matter(tmp_path: Path, home: str) -> None:
    (tmp_path / "tiny.yaml").write_text(SPEC)
    done = command("train", "tiny.yaml", "--device", "cpu", cwd=tmp_path, HOME=home)
    assert (done.returncode, done.stderr) == (0, "")
