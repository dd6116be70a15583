"""Disks that are full, gone or not to be written."""

from __future__ import annotations

import io
import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tiny import HERE, MAIN, SPEC, command, run

from netspec.diagnostic import NetspecError

pytestmark = pytest.mark.usefixtures("one_thread")


def among_its_own_mounts(script: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """A shell script's end, which may mount as it likes; skips where nothing may."""
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", script], cwd=cwd, capture_output=True, text=True,
        check=False, env={**os.environ, **HERE},
    )  # fmt: skip
    if "unshare" in done.stderr or "mount" in done.stderr:
        pytest.skip(f"no mount namespace of its own here: {done.stderr.splitlines()[0]}")
    return done


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
        done = among_its_own_mounts(script, made.parent)
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
        done = among_its_own_mounts(script, made.parent)
        assert done.returncode == 3
        assert done.stderr == "error: cannot write in disk: Read-only file system\n"
