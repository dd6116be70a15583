"""What the command line answers to what it does not know."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from command import netspec

from netspec.cli import COMMANDS
from netspec.cli.misuse import worded
from netspec.render import formats

TAKES = "check --help says what it takes"
MISUSED = {
    "a command that is nearly one": (
        ["chek"], "no command is called 'chek'", "did you mean check?"
    ),
    "a command in capitals": (["RUNS"], "no command is called 'RUNS'", "did you mean runs?"),
    "no command at all": (["xyzzy"], "no command is called 'xyzzy'", ", ".join(COMMANDS)),
    "an option that is nearly one": (
        ["check", "--fromat", "json"], "no option is called '--fromat'", "did you mean --format?"
    ),
    "an option before the command": (
        ["--versoin"], "no option is called '--versoin'", "did you mean --version?"
    ),
    "no option at all": (["check", "-x"], "no option is called '-x'", TAKES),
    "an option without its value": (["check", "--format"], "'--format' requires an argument", ""),
    "a value of no use": (["check", "--format", "jsn"], "'--format': 'jsn' is not one of", TAKES),
    "a word for an integer": (
        ["train", "--epochs", "x"], "invalid value for '--epochs': expected an integer", "train"
    ),
    "a word for a number": (
        ["lr-find", "a", "--from", "x"], "invalid value for '--from': expected a number", "lr-find"
    ),
    "a number that is too small": (
        ["lr-find", "a", "--steps", "3"], "'--steps': expected at least 20", "lr-find"
    ),
    "a number that is too large": (
        ["lr-find", "a", "--steps", "200000"], "'--steps': expected at most 100000", "lr-find"
    ),
    "processes that are none": (
        ["train", "a", "--devices", "0"], "'--devices': expected at least 1", "train --help"
    ),
    "an argument too many": (["rule", "a", "b"], "got unexpected extra argument(s) (b)", "rule"),
    "an argument left out": (["rule"], "missing argument 'name'", "rule --help says"),
}  # fmt: skip


@pytest.mark.parametrize("case", MISUSED)
def test_wrong_use_is_answered_with_one_error_and_one_hint(case: str) -> None:
    arguments, message, hint = MISUSED[case]
    done = netspec(*arguments)
    error, help = done.err.splitlines()
    assert (done.code, done.out) == (2, "")
    assert error.startswith("error: ")
    assert help.startswith("  help: ")
    assert message in error
    assert hint in help
    assert not error.endswith(".")


TOLD = {
    "'x' is not a valid integer.": "expected an integer",
    "'3.5' is not a valid integer range.": "expected an integer",
    "Input should be a valid integer, unable to parse string as an integer": "expected an integer",
    "'x' is not a valid float.": "expected a number",
    "Input should be a valid number, unable to parse string as a number": "expected a number",
    "3 is not in the range 20<=x<=100000.": "expected at least 20",
    "200000 is not in the range 20<=x<=100000.": "expected at most 100000",
    "Input should be greater than or equal to 20": "expected at least 20",
    "0 is not in the range x>=1.": "expected at least 1",
    "Input should be less than or equal to 9": "expected at most 9",
    "10 is not in the range x<=9.": "expected at most 9",
    "Value error, such as 0.5": "such as 0.5",
    "what no version says yet.": "what no version says yet",
}
"""What versions of typer say of a value, and what netspec makes of it."""


@pytest.mark.parametrize("theirs", TOLD)
def test_a_value_of_no_use_is_explained_alike_with_every_typer(theirs: str) -> None:
    class Told:
        param = None

        def format_message(self) -> str:
            return f"Invalid value for '--x': {theirs}"

    assert worded(Told()) == f"invalid value for '--x': {TOLD[theirs]}"


def test_no_arguments_show_the_help() -> None:
    done = netspec()
    assert done.code == 2
    assert "error" not in done.err.splitlines()[0]
    assert all(command in done.err for command in COMMANDS)


COMPLETED = {
    "netspec chek --f": "", "netspec check --fo": "--format", "netspec ch": "check",
    "netspec check --format s": "sarif", "netspec diff --format ": "\n".join(formats("diff")),
    "netspec rule grid": "gridding", "netspec rule expect-o": "expect-output",
    "netspec runs n": "net/1\nnet/2", "netspec eval net/2": "net/2", "netspec runs x": "",
    "netspec runs --sort b": "best", "netspec runs --sort train.o": "train.optimizer.Adam",
    "netspec check a.yaml --set inp": "input=\ninput.0=",
    "netspec train a.yaml --set layers.0.": "layers.0.Linear=", "netspec check --set in": "",
}  # fmt: skip


@pytest.mark.parametrize("words", COMPLETED)
def test_a_shell_that_asks_for_completions_gets_them_and_no_error(
    words: str, tmp_path: Path
) -> None:
    (tmp_path / "a.yaml").write_text("input: [4]\nlayers: [Linear: 3]\n")
    for number in "12":
        run = tmp_path / "runs" / "net" / number
        run.mkdir(parents=True)
        (run / "spec.yaml").write_text("layers: []\ntrain: {optimizer: {Adam: 0.1}}\n")
    script = "import sys; sys.argv = ['netspec']; from netspec.cli import main; main()"
    asked = {
        "_NETSPEC_COMPLETE": "complete_bash", "COMP_WORDS": words,
        "COMP_CWORD": str(words.count(" ")),
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", script], check=False, env=os.environ | asked, cwd=tmp_path,
        capture_output=True, text=True,
    )  # fmt: skip
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, COMPLETED[words], "")


@pytest.mark.parametrize("columns", ["60", "100", "200"])
def test_the_help_is_as_wide_as_the_terminal_and_cuts_nothing(
    columns: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    lines = netspec("--help").out.splitlines()
    assert max(map(len, lines)) <= int(columns)
    words = " ".join(" ".join(lines).split())
    assert "..." not in words.partition("Commands:")[2]
    assert "Train a few batches at rising learning rates, to see which one suits (Smith" in words
    # A choice cannot be broken.
    lines = [one for one in netspec("check", "--help").out.splitlines() if "<full|" not in one]
    assert max(map(len, lines)) <= int(columns)
    told = "in GitHub Actions with annotations and the summary of the job"
    assert any(told in line for line in lines) == (columns == "200")
