"""netspec view on a run: what is meant, what is refused, and where the answers come from."""

from __future__ import annotations

import json
import re
import shutil
import webbrowser
from pathlib import Path

import pytest
from command import netspec
from PIL import Image

SPEC = "input: [1, 8, 8]\nlayers: [Flatten, {Linear: 10}]\n"


@pytest.fixture
def there(made: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that runs/tiny/1 of the working folder is."""
    monkeypatch.chdir(made.parents[2])
    return made


@pytest.mark.parametrize("given", ["tiny", "tiny/1", "runs/tiny/1", "runs/tiny"])
def test_a_run_is_shown_by_any_of_its_names(there: Path, given: str) -> None:
    done = netspec("view", given, "-o", "it.html")
    assert (done.code, done.err) == (0, "")
    text = Path("it.html").read_text(encoding="utf-8")
    assert "<h1>tiny 1</h1>" in text
    assert 'id="mistake-' in text
    assert done.out == f"it.html: {len(text.encode()) / 1000:,.0f} kB\n"


def test_a_run_is_shown_without_torch(there: Path) -> None:
    from tiny import command

    done = command(
        "view", "tiny", "-o", "it.html", cwd=Path.cwd(), PYTHONPATH=f"{_without(there)}:{_root()}"
    )
    assert (done.returncode, done.stderr) == (0, "")


def _without(folder: Path) -> Path:
    """A folder that hides what the train extra brings."""
    for name in ("torch", "numpy", "PIL", "matplotlib"):
        (folder / "hidden").mkdir(exist_ok=True)
        (folder / "hidden" / f"{name}.py").write_text("raise ImportError\n")
    return folder / "hidden"


def _root() -> Path:
    return Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nix"], "no spec and no run called 'nix'"),
        (["tinny"], "did you mean tiny?"),
        (["mine.yml"], "cannot read mine.yml"),
        (["swept"], "swept/sweep.json does not say what was asked"),
        (["swept", "--format", "svg"], "a sweep is shown as a page"),
        (["swept", "--set", "vars.n=1"], "a sweep is shown as a page"),
        (["data"], "data is neither a spec nor a run"),
        (["tiny", "--set", "train.epochs=1"], "a run has its settings"),
        (["both"], "'both' is a file and a run"),
    ],
)
def test_what_is_neither_or_both_is_one_clear_message(
    there: Path, arguments: list[str], said: str
) -> None:
    Path("data").mkdir(exist_ok=True)
    Path("swept").mkdir()
    Path("swept/sweep.json").write_text("{}")
    for name in ("both", "both.yaml"):
        Path(name).write_text(SPEC)
    shutil.copytree("runs/tiny", "runs/both")
    done = netspec("view", *arguments, "-o", "it.html")
    assert done.code == (3 if "does not say" in said else 2)
    assert said in done.err
    assert done.err.count("error: ") == 1
    assert not Path("it.html").exists()


def test_a_file_that_a_run_is_called_like_is_named_by_its_path(there: Path) -> None:
    Path("tiny").write_text(SPEC)
    assert "<h1>tiny</h1>" in netspec("view", "./tiny").out
    assert "<h1>tiny 1</h1>" in netspec("view", "runs/tiny").out


def test_answers_come_from_the_folder_or_from_the_data_or_it_is_said_how(there: Path) -> None:
    kept = netspec("view", "tiny").out
    (there / "answers.json").unlink()
    without = netspec("view", "tiny").out
    assert "with --data-dir DIR its best weights are asked again" in without
    assert 'id="mistake-' not in without
    asked = netspec("view", "tiny", "--data-dir", "data", "--device", "cpu")
    assert (asked.code, asked.err) == (0, "")
    assert asked.out == kept
    (there / "best.safetensors").unlink()
    lost = netspec("view", "tiny", "--data-dir", "data", "--device", "cpu")
    assert (lost.code, lost.out) == (3, "")
    assert "no runs/tiny/1/best.safetensors" in lost.err


def test_the_browser_is_opened_on_what_was_written(
    there: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", lambda url: bool(opened.append(url)) or True)
    assert netspec("view", "tiny", "--open").code == 0
    assert netspec("view", "tiny", "--open", "-o", "a b.html").code == 0
    assert opened[1] == Path("a b.html").resolve().as_uri()
    assert "<h1>tiny 1</h1>" in Path(opened[0].removeprefix("file://")).read_text(encoding="utf-8")


def test_the_drawing_of_a_run_is_that_of_its_spec(there: Path) -> None:
    assert netspec("view", "tiny", "-o", "it.svg").code == 0
    assert netspec("view", str(there / "spec.yaml"), "-o", "its.svg").code == 0
    assert Path("it.svg").read_bytes() == Path("its.svg").read_bytes()


def test_an_image_of_ones_own_comes_before_those_of_the_run(there: Path) -> None:
    Image.new("L", (8, 8)).save("it.gif")
    found = re.search(
        r'id="images">(.*?)</script>', netspec("view", "tiny", "--image", "it.gif").out
    )
    assert found
    addresses = [address for _, address in json.loads(found[1])]
    assert addresses[0].startswith("data:image/gif;base64,")
    assert len(addresses) == 11
