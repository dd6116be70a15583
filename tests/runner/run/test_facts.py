"""Facts that a run was made with: taken up with others it is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from tiny import SPEC, command, resume

from netspec.diagnostic import NetspecError
from netspec.runner.data.images import Dataset, Images
from netspec.runner.run import checkpoint
from netspec.runner.run.facts import facts
from netspec.runner.together.world import World
from netspec.source import parse

pytestmark = pytest.mark.usefixtures("one_thread")


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

    def test_force_goes_on_on_another_device_with_generators_of_its_own(self, made: Path) -> None:
        content = torch.load(made / "last.ckpt", weights_only=True)
        content["facts"]["device"] = "cuda"
        content["state"]["chance"] = torch.zeros(16, dtype=torch.uint8)
        content["state"]["cuda"] = [torch.zeros(16, dtype=torch.uint8)]
        checkpoint.save(made, {name: content[name] for name in ("spec", "facts", "rows", "state")})
        with pytest.raises(NetspecError, match="was made with cuda, here is cpu"):
            resume(made)
        (made / "spec.yaml").write_text(SPEC.replace("epochs: 3", "epochs: 4"))
        result, out = resume(made, force=True)
        assert [row.epoch for row in result.rows] == [1, 2, 3, 4]
        assert "was made with cuda, here is cpu; augmentations and dropout are drawn" in out

    def test_a_gpu_is_known_by_its_name_and_threads_matter_on_the_cpu_alone(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("torch.cuda.get_device_name", lambda device: "H100")
        part = Images(torch.zeros(2, 1, 8, 8, dtype=torch.uint8), torch.zeros(2).long())
        data, spec = Dataset("small", part, part, ("a", "b")), parse(SPEC, "tiny.yaml")
        on_gpu, on_cpu = (
            facts(spec, data, World(torch.device(name)), "contiguous") for name in ("cuda:0", "cpu")
        )
        assert on_gpu["gpu"] == "H100"
        assert "threads" not in on_gpu
        assert on_cpu.keys() - on_gpu.keys() == {"threads"}

    def test_another_number_of_threads_is_refused_with_the_way_back(self, made: Path) -> None:
        environment = {"OMP_NUM_THREADS": "2"}
        done = command("train", "--resume", str(made), "--device", "cpu", cwd=made, **environment)
        assert done.returncode == 3
        assert f"{made} was made with 1 threads, here are 2" in done.stderr
        assert "--threads 1 goes on as it began" in done.stderr

    def test_other_data_is_refused(self, made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("netspec.runner.data.readers.digits.TEST", 0.3)
        with pytest.raises(NetspecError, match="was made with other data"):
            resume(made)

    def test_a_finished_run_is_left_as_it_is(self, made: Path) -> None:
        before = (made / "last.ckpt").read_bytes(), (made / "metrics.jsonl").read_bytes()
        assert len(resume(made)[0].rows) == 3
        assert before == ((made / "last.ckpt").read_bytes(), (made / "metrics.jsonl").read_bytes())
