"""What the README shows is what a reader gets."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from command import netspec

from netspec import rules
from netspec.compiler import examine
from netspec.language import training
from netspec.language.section import Section
from netspec.language.spec import Audit
from netspec.language.training.vocabulary import Vocabulary
from netspec.source import parse

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
MANUAL = (ROOT / "specs" / "LANGUAGE.md").read_text()


def blocks(text: str, kind: str) -> list[str]:
    """What stands between fences of a kind."""
    parts = re.split(r"^```(.*)\n", text, flags=re.MULTILINE)
    return [body for fence, body in zip(parts[1::4], parts[2::4], strict=True) if fence == kind]


def shown(command: str) -> str:
    """What the README says a command prints."""
    (block,) = (b for b in blocks(README, "") if b.startswith(f"$ {command}\n"))
    return block.partition("\n")[2]


def test_the_first_spec_gives_the_finding_that_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "bad.yaml").write_text(blocks(README, "yaml")[0])
    monkeypatch.chdir(tmp_path)
    done = netspec("check", "specs/bad.yaml")
    assert (done.code, done.out) == (1, shown("netspec check specs/bad.yaml"))


def test_the_table_of_specs_is_the_one_that_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(ROOT / "specs", tmp_path / "specs")
    monkeypatch.chdir(tmp_path)
    assert netspec("check", "specs/").out == shown("netspec check specs/")


def test_the_picture_on_the_first_screen_is_the_one_that_is_drawn() -> None:
    (picture,) = re.findall(r'<img [^>]*src="([^"]+)"', "\n".join(README.splitlines()[:20]))
    done = netspec(
        "view", str(ROOT / "specs" / "mnist-8k.yaml"), "--boxes", "12", "--format", "svg"
    )
    assert done.code == 0
    assert done.out == (ROOT / picture).read_text()


def test_the_two_commands_are_the_ones_ci_runs() -> None:
    script = (ROOT / ".ci" / "run").read_text().splitlines()
    (commands,) = (b for b in blocks(README, "") if "python -m pytest" in b)
    for command in commands.splitlines():
        assert command in script


def test_the_rules_are_counted_right() -> None:
    assert f"{len(rules.names())} rules look for known mistakes" in README


def rows(heading: str, head: str) -> dict[str, set[str]]:
    """A table of a section of the manual: the words in code of each row's cells, by the first."""
    section = MANUAL.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = section.partition(f"| {head} |")[2].partition("\n\n")[0].splitlines()[2:]
    cells = [line.split(" | ", 1) for line in lines]
    return {first: set(re.findall(r"`(\w+)`", rest)) for first, rest in cells}


@pytest.mark.parametrize(
    ("key", "vocabulary"),
    {
        "optimizer": training.OPTIMIZERS,
        "scheduler": training.SCHEDULERS,
        "loss": training.LOSSES,
        "average": training.AVERAGES,
        "augment": training.AUGMENTATIONS,
    }.items(),
)
def test_the_manual_lists_every_word(key: str, vocabulary: Vocabulary) -> None:
    assert rows("Training", "word | one of")[f"| `{key}`"] == set(vocabulary.words)


@pytest.mark.parametrize(
    ("heading", "head", "model"),
    [
        ("Audit", "key | what it bounds", Audit),
        ("Training", "key | what it is", training.Train),
    ],
)
def test_the_manual_describes_every_key(heading: str, head: str, model: type[Section]) -> None:
    firsts = " ".join(rows(heading, head))
    assert set(re.findall(r"`(\w+)`", firsts)) == set(model.model_fields)


def test_the_hook_that_is_shown_is_one_that_this_repository_has() -> None:
    (block,) = (b for b in blocks(README, "yaml") if b.startswith("repos:"))
    (repo,) = parse(block, "hooks.yaml").data["repos"]
    hooks = parse((ROOT / ".pre-commit-hooks.yaml").read_text(), "hooks.yaml").data
    assert [one["id"] for one in repo["hooks"]] == [one["id"] for one in hooks]
    # A tag would have to be there already.
    assert repo["rev"] == "HEAD"


def test_the_lines_of_python_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (block,) = (b for b in blocks(README, "python") if "import netspec" in b)
    shutil.copytree(ROOT / "specs", tmp_path / "specs")
    monkeypatch.chdir(tmp_path)
    exec(block, {})
    assert (tmp_path / "mnist.py").exists()


@pytest.mark.parametrize("part", [b for b in blocks(MANUAL, "yaml") if "layers:" in b])
def test_specs_in_the_manual_are_without_mistakes(part: str) -> None:
    head = "" if "input:" in part else "input: [3, 32, 32]\n"
    assert [d.message for d in examine(parse(head + part, "spec.yaml")).diagnostics] == []
