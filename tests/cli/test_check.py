"""`netspec check` as a command: what it takes, what it ends with, and that it never trips."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from command import netspec

from netspec.render import formats

HOME = Path(__file__).parents[2]
GOOD = "input: [1, 9, 9]\nlayers: [Conv2d: [4, 3], ReLU, Flatten, Linear: 10]\n"
BAD = "input: [1, 9, 9]\nlayers: [Conv2d: [4, 30]]\n"
# Nothing non-linear between two linear layers, which is no error.
WARNED = "input: [64]\nlayers: [Linear: 64, Linear: 10]\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    files = {
        "specs/good.yaml": GOOD, "specs/sub/also.yml": GOOD, "specs/.hidden/bad.yaml": BAD,
        "specs/.bad.yaml": BAD, "specs/readme.md": "no spec", "bad.yaml": BAD,
        "warned.yaml": WARNED,
    }  # fmt: skip
    for name, text in files.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    (tmp_path / "empty").mkdir()
    return tmp_path


def paths(*arguments: str, given: bytes = b"") -> list[str]:
    done = netspec("check", *arguments, "--format", "json", given=given)
    return [spec["path"] for spec in json.loads(done.out)["specs"]]


FOUND = {
    "a folder, with folders in it, hidden ones left out": (
        ["specs"], ["specs/good.yaml", "specs/sub/also.yml"]
    ),
    "specs/ where nothing is named": ([], ["specs/good.yaml", "specs/sub/also.yml"]),
    "a hidden file that is named": (["specs/.bad.yaml"], ["specs/.bad.yaml"]),
    "files in the order they are named": (
        ["specs/sub/also.yml", "bad.yaml"], ["specs/sub/also.yml", "bad.yaml"]
    ),
    "a file once": (["specs/good.yaml", "specs"], ["specs/good.yaml", "specs/sub/also.yml"]),
    "a file with another ending": (["specs/readme.md"], ["specs/readme.md"]),
}  # fmt: skip


@pytest.mark.parametrize("case", FOUND)
def test_it_looks_at(case: str) -> None:
    arguments, expected = FOUND[case]
    assert paths(*arguments) == expected


CODES = {
    "clean": (["specs"], 0),
    "an error": (["specs", "bad.yaml"], 1),
    "a warning": (["warned.yaml"], 0),
    "a warning, strictly": (["warned.yaml", "--strict"], 1),
    "an unreadable file": (["specs", "gone.yaml"], 2),
    "an unreadable file and an error": (["gone.yaml", "bad.yaml"], 2),
    "a folder without specs": (["empty"], 2),
    "an unknown format": (["specs", "--format", "xml"], 2),
    "an unknown option": (["specs", "--fast"], 2),
}


@pytest.mark.parametrize("case", CODES)
def test_it_ends_with(case: str) -> None:
    arguments, code = CODES[case]
    assert netspec("check", *arguments).code == code


def test_an_unreadable_file_does_not_keep_others_from_being_checked() -> None:
    done = netspec("check", "gone.yaml", "empty", "bad.yaml", "specs")
    assert done.code == 2
    for part in "gone.yaml", "no specs in empty", "window-too-large", "specs/good.yaml":
        assert part in done.out


def test_without_specs_it_says_what_it_needs(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder / "empty")
    done = netspec("check")
    assert (done.code, done.out) == (2, "")
    assert "name files or folders" in done.err


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (["specs/good.yaml"], True),
        (["specs/good.yaml", "--no-layers"], False),
        (["specs"], False),
        (["specs", "--layers"], True),
    ],
)
def test_layers_are_shown_for_one_spec_or_when_asked(arguments: list[str], shown: bool) -> None:
    assert ("(4, 7, 7)" in netspec("check", *arguments).out) == shown


def test_standard_input_is_a_spec_by_the_name_it_is_given() -> None:
    done = netspec("check", "-", "--stdin-filename", "new.yaml", given=BAD.encode())
    assert done.code == 1
    assert "--> new.yaml:2:" in done.out
    assert "Conv2d: [4, 30]" in done.out
    assert paths("-", given=GOOD.encode()) == ["stdin.yaml"]


def test_standard_input_that_is_no_yaml_is_a_finding() -> None:
    done = netspec("check", "-", given=b"input: [1\n")
    assert done.code == 1
    assert "stdin.yaml:" in done.out


# Streams and terminals, in processes of their own


def spawn(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-c", "from netspec.cli import main; main()", *arguments]
    return subprocess.run(
        command, capture_output=True, check=False, env={**os.environ, **environment}
    )


@pytest.mark.parametrize("form", formats("report"))
def test_an_ascii_locale_gives_the_code_and_no_traceback(folder: Path, form: str) -> None:
    (folder / "ä.yaml").write_text("input: [1]\nlayers: [über: 1]\n", encoding="utf-8")
    done = spawn(
        "check", "ä.yaml", "--format", form, LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0",
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr == b""
    assert b"unknown-layer" in done.stdout


def test_without_a_terminal_there_are_no_colours() -> None:
    done = spawn("check", "bad.yaml")
    assert done.returncode == 1
    assert b"\x1b" not in done.stdout


def terminal(columns: int, *arguments: str, **environment: str) -> tuple[int, str]:
    """The exit code of a command on a terminal, and what it shows."""
    import fcntl
    import pty
    import struct
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    command = [sys.executable, "-c", "from netspec.cli import main; main()", *arguments]
    plain = {"TERM": "xterm", "NO_COLOR": "", "FORCE_COLOR": ""}
    with subprocess.Popen(
        command, stdout=theirs, stderr=subprocess.PIPE, env=os.environ | plain | environment
    ) as process:
        os.close(theirs)
        out = b""
        while chunk := _read(ours):
            out += chunk
        assert process.stderr
        assert process.stderr.read() == b""
    os.close(ours)
    return process.returncode, out.decode()


ptys = pytest.mark.skipif(sys.platform == "win32", reason="has no pseudo-terminals")
COLOURED = {
    "a terminal": ({}, True), "NO_COLOR": ({"NO_COLOR": "1"}, False),
    "TERM=dumb": ({"TERM": "dumb"}, False), "forced on a dumb one": (
        {"TERM": "dumb", "FORCE_COLOR": "1"}, True
    ),
    "NO_COLOR before FORCE_COLOR": ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
    "forced not to": ({"FORCE_COLOR": "0"}, False),
}  # fmt: skip


@ptys
@pytest.mark.parametrize("case", COLOURED)
def test_a_terminal_is_coloured_as_the_usual_variables_say(case: str) -> None:
    environment, coloured = COLOURED[case]
    code, out = terminal(20, "check", "bad.yaml", **environment)
    assert code == 1
    assert ("\x1b[1;31merror" in out) == coloured
    assert "window-too-large" in out
    code, out = terminal(80, "diff", "specs/good.yaml", "bad.yaml", **environment)
    assert ("\x1b[" in out) == coloured


def test_colours_can_be_had_without_a_terminal() -> None:
    done = spawn("check", "bad.yaml", FORCE_COLOR="1", NO_COLOR="")
    assert b"\x1b[1;31merror" in done.stdout
    assert b"\x1b" not in spawn("check", "bad.yaml", FORCE_COLOR="1", NO_COLOR="1").stdout


@ptys
@pytest.mark.parametrize("columns", [70, 80, 100])
def test_tables_are_no_wider_than_the_terminal(columns: int) -> None:
    name = str(HOME / "specs" / "mnist-8k.yaml")
    for arguments in ["check", name], ["check", str(HOME / "specs")]:
        _, out = terminal(columns, *arguments, NO_COLOR="1")
        lines = [line for line in out.splitlines() if "-->" not in line]
        assert max(map(len, lines)) <= columns
        assert "params" in out


def test_quiet_prints_findings_and_nothing_else() -> None:
    assert netspec("check", "specs", "-q") == (0, "", "")
    for form in "full", "concise":
        done = netspec("check", "-q", "specs", "warned.yaml", "--format", form)
        assert done.code == 0
        assert "warning[no-nonlinearity]" in done.out.splitlines()[0]
        assert "1 warning" not in done.out
    whole = netspec("check", "-q", "warned.yaml", "--format", "json").out
    assert whole == netspec("check", "warned.yaml", "--format", "json").out


def test_values_can_be_set_for_one_check() -> None:
    done = netspec("check", "specs/good.yaml", "--set", "layers.0.Conv2d=[4, 30]")
    assert done.code == 1
    assert "layers: [Conv2d: [4, 30]" in done.out
    done = netspec("check", "specs", "--set", "audit.max_params=3", "--format", "concise")
    assert done.out.count("error[over-budget]") == 2
    assert netspec("check", "-", "--set", "layers.0.Conv2d=[4, 3]", given=BAD.encode()).code == 0


@pytest.mark.parametrize("change", ["audit", "layers.7.x=1", "input=[1"])
def test_a_change_of_no_use_is_wrong_use(change: str) -> None:
    done = netspec("check", "specs", "--set", change)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"error: --set {change.split('=', maxsplit=1)[0]}")


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 4096)
    except OSError:  # the other end is closed
        return b""


@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell")
@pytest.mark.parametrize(
    "redirection", ["| head -c 1", "| true", ">&-", "2>&-", "<&-", ">/dev/full"]
)
def test_closed_streams_give_no_traceback(redirection: str) -> None:
    command = f'"{sys.executable}" -c "from netspec.cli import main; main()" check bad.yaml'
    if redirection.endswith("full") and not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full")
    done = subprocess.run(
        ["/bin/sh", "-c", f"{command} {redirection}"], capture_output=True, check=False
    )
    assert b"Traceback" not in done.stderr + done.stdout
    assert b"Exception" not in done.stderr + done.stdout


@pytest.mark.parametrize("form", ["full", "sarif", "markdown", "junit"])
def test_no_format_loads_what_a_check_may_not(form: str) -> None:
    code = (
        "import sys; from netspec.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print([name for name in sys.modules if name.split('.')[0] in "
        "('torch', 'numpy', 'rich', 'torchvision')], file=sys.stderr)"
    )
    command = [sys.executable, "-c", code, "check", "specs", "bad.yaml", "--format", form]
    done = subprocess.run(command, capture_output=True, check=True)
    assert done.stderr.strip() == b"[]"


def test_only_the_renderer_that_is_used_is_loaded() -> None:
    code = (
        "import sys; from netspec.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print(*(name for name in sys.modules if name.startswith('netspec.')), file=sys.stderr)"
    )
    command = [sys.executable, "-c", code, "check", "specs"]
    done = subprocess.run(command, capture_output=True, check=True)
    loaded = done.stderr.decode().split()
    assert "netspec.render.report.full" in loaded
    assert not {
        name
        for name in loaded
        for room in ("diff", "pages", "runs", "network", "runner", "render.diff", "render.runs")
        if name.startswith(f"netspec.{room}.")
    }
    for name in ("sarif", "json", "markdown"):
        assert f"netspec.render.report.{name}" not in loaded
