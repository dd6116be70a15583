"""The composite action and the pre-commit hook, as far as a test can be GitHub."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

HOME = Path(__file__).parents[1]
ACTION: dict[str, Any] = yaml.safe_load((HOME / "action.yml").read_text())
(HOOK,) = yaml.safe_load((HOME / ".pre-commit-hooks.yaml").read_text())
STEPS = {step["name"]: step for step in ACTION["runs"]["steps"]}

NET = "input: [1, 9, 9]\nlayers: [Conv2d: [4, {}], ReLU, Flatten, Linear: 10]\n"

posix = pytest.mark.skipif(
    sys.platform == "win32" or not shutil.which("bash"), reason="needs bash as on a runner"
)


def test_the_action_is_valid_by_its_published_schema() -> None:
    schema = json.loads((HOME / "tests" / "data" / "schemas" / "github-action.json").read_text())
    jsonschema.Draft7Validator(schema).validate(ACTION)


def test_no_input_is_part_of_a_script() -> None:
    for step in STEPS.values():
        assert "${{" not in step["run"]
        assert set(step) <= {"name", "if", "shell", "env", "run"}
    used = {word for step in STEPS.values() for word in re.findall(r"inputs\.([\w-]+)", str(step))}
    assert used == ACTION["inputs"].keys()


def test_the_action_needs_no_token() -> None:
    text = (HOME / "action.yml").read_text()
    assert "token" not in text
    assert "secrets" not in text


class Runner:
    """Runs a step's script as GitHub does, its inputs by environment."""

    def __init__(self, work: Path) -> None:
        self.work = work
        self.summary = work / ".summary.md"
        self.files = {name: work / f".{name.lower()}" for name in ("GITHUB_PATH", "RUNNER_TEMP")}

    def run(self, step: str, **inputs: str) -> subprocess.CompletedProcess[str]:
        defaults = {name: str(one.get("default", "")) for name, one in ACTION["inputs"].items()}
        given = defaults | {name.replace("_", "-"): value for name, value in inputs.items()}
        names = {
            key: re.fullmatch(r"\$\{\{ inputs\.([\w-]+) \}\}", value)
            for key, value in STEPS[step]["env"].items()
        }
        environment = {key: given[name[1]] for key, name in names.items() if name}
        # Where the action itself is, so that findings lead to the page of their code.
        assert names.keys() - environment.keys() <= {"NETSPEC_HOME"}
        script = self.work / ".script.sh"
        script.write_text(STEPS[step]["run"])
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
            cwd=self.work, capture_output=True, text=True, check=False,
            env={
                **os.environ, **environment, "GITHUB_ACTIONS": "true",
                "GITHUB_WORKSPACE": str(self.work), "GITHUB_STEP_SUMMARY": str(self.summary),
                "PATH": f"{self.work / '.bin'}{os.pathsep}{os.environ['PATH']}",
            },
        )  # fmt: skip


def git(folder: Path, *arguments: str) -> str:
    who = ["-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false"]
    done = subprocess.run(
        ["git", *who, *arguments], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@pytest.fixture
def runner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Runner:
    """A shallow checkout of a branch, as a job of a pull request has it."""
    for name in "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE":
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    origin, work = tmp_path / "origin", tmp_path / "work"
    (origin / "specs").mkdir(parents=True)
    git(origin, "init", "--quiet", "--initial-branch=main")
    git(origin, "config", "uploadpack.allowAnySHA1InWant", "true")
    for kernel in 3, 5:
        (origin / "specs" / "a.yaml").write_text(NET.format(kernel))
        git(origin, "add", "--all")
        git(origin, "commit", "--quiet", "--message", "change")
        if kernel == 3:
            git(origin, "checkout", "--quiet", "-b", "change")
    git(tmp_path, "clone", "--quiet", "--depth=1", "--branch=change", origin.as_uri(), "work")
    (work / ".bin").mkdir()
    command = f'exec {shlex.quote(sys.executable)} -c "from netspec.cli import main; main()" "$@"'
    (work / ".bin" / "netspec").write_text(f"#!/bin/sh\n{command}\n")
    (work / ".bin" / "netspec").chmod(0o755)
    return Runner(work)


@posix
def test_check_shows_annotations_and_writes_the_summary(runner: Runner) -> None:
    done = runner.run("netspec check")
    assert done.returncode == 0, done.stderr
    assert "<!-- netspec check -->" in runner.summary.read_text()


@posix
def test_check_fails_the_job_with_an_annotation_on_the_line(runner: Runner) -> None:
    (runner.work / "specs" / "b c.yaml").write_text(NET.format(30))
    done = runner.run("netspec check", paths="specs/a.yaml\nspecs/b c.yaml\n")
    assert done.returncode == 1
    assert "::error file=specs/b c.yaml,line=2," in done.stdout


@posix
def test_sarif_is_written_where_it_is_asked_for_even_if_the_check_fails(runner: Runner) -> None:
    (runner.work / "specs" / "b.yaml").write_text(NET.format(30))
    done = runner.run("netspec check", sarif="out file.sarif")
    assert done.returncode == 1
    report = json.loads((runner.work / "out file.sarif").read_text())
    assert report["version"] == "2.1.0"


@posix
@pytest.mark.parametrize(("strict", "code"), [("false", 0), ("true", 1)])
def test_strict_decides_about_warnings(runner: Runner, strict: str, code: int) -> None:
    (runner.work / "specs" / "b.yaml").write_text("input: [64]\nlayers: [Linear: 64, Linear: 10]\n")
    assert runner.run("netspec check", strict=strict).returncode == code


@posix
@pytest.mark.parametrize("by", ["commit", "branch"])
def test_diff_fetches_the_base_and_writes_the_summary(runner: Runner, by: str) -> None:
    base = git(runner.work.parent / "origin", "rev-parse", "main") if by == "commit" else "main"
    done = runner.run("netspec diff", against=base)
    assert done.returncode == 0, done.stderr
    summary = runner.summary.read_text()
    assert summary == done.stdout
    assert summary.startswith("<!-- netspec diff -->")
    assert "1 spec changed" in summary


@posix
def test_diff_fails_where_a_condition_holds(runner: Runner) -> None:
    conditions = "receptive_field > +100\nreceptive_field > +1\n"
    done = runner.run("netspec diff", against="main", fail_on=conditions)
    assert done.returncode == 1
    assert "receptive&#95;field was 3, is 5" in runner.summary.read_text()


@posix
@pytest.mark.parametrize("evil", ['"; touch pwned; "', "$(touch pwned)", "`touch pwned`", "--help"])
def test_inputs_are_words_and_never_run(runner: Runner, evil: str) -> None:
    assert runner.run("netspec check", paths=evil).returncode == 2
    assert runner.run("netspec diff", against=evil).returncode != 0
    assert runner.run("netspec diff", against="main", fail_on=evil).returncode == 2
    assert not (runner.work / "pwned").exists()


def test_the_hook_names_a_command_that_exists_and_needs_no_torch() -> None:
    assert HOOK["entry"] == "netspec check"
    assert HOOK["language"] == "python"
    assert "additional_dependencies" not in HOOK
    text = (HOME / "pyproject.toml").read_text()
    base = text.split("dependencies = [", 1)[1].split("]", 1)[0]
    assert "torch" not in base


@pytest.mark.parametrize(
    ("path", "checked"),
    [("specs/a.yaml", True), ("models/specs/x/a.yml", True), ("docs/myspecs/a.yaml", False)],
)
def test_the_hook_looks_at_specs_only(path: str, checked: bool) -> None:
    assert bool(re.search(HOOK["files"], path)) == checked
