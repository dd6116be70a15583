"""`netspec diff`: what changed between two versions of specs."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from command import Done, netspec

from netspec import __version__, source
from netspec import report as audit
from netspec.diagnostic import Diagnostic, Span, UsageError
from netspec.diff import compare as diff
from netspec.diff import git, threshold
from netspec.diff.compare import SpecDiff, Version
from netspec.render.diff import markdown as diff_markdown

NET = """\
description: {name}
input: [1, 28, 28]
layers:
  - name: stem
    Sequential:
      - Conv2d: {{out_channels: {width}, kernel_size: {kernel}}}
      - ReLU
  - Conv2d: {{out_channels: 8, kernel_size: 3}}
  - ReLU
  - Flatten
  - Linear: 10
audit:
  max_params: 100k
  output: [10]
  ignore: {ignore}
train:
  data: {{dataset: MNIST}}
  batch_size: 32
  epochs: {epochs}
  optimizer: {{Adam: {{lr: {lr}}}}}
"""
EVERY = "[]"


def net(
    name: str = "net", width: int = 4, kernel: int = 3, epochs: int = 5, lr: float = 0.01
) -> str:
    return NET.format(name=name, width=width, kernel=kernel, epochs=epochs, lr=lr, ignore=EVERY)


def version(text: str, path: str = "a.yaml") -> Version:
    report = audit.examine(source.parse(text, path))
    # What rules there are is none of this test's business.
    report.diagnostics = [one for one in report.diagnostics if one.severity == "error"]
    return Version(text, report)


def changed(before: str, after: str) -> SpecDiff:
    (spec,) = diff.compare({"a": version(before)}, {"a": version(after)})
    return spec


def layers(spec: SpecDiff) -> list[tuple[str | None, str | None]]:
    return [(a.name if a else None, b.name if b else None) for a, b in spec.layers]


ROWS: dict[str, tuple[str, str, list[tuple[str | None, str | None]]]] = {
    "nothing": ("", "", []),
    "kernel": ("kernel_size: 3}\n      - R", "kernel_size: 5}\n      - R", [
        ("stem.0", "stem.0"), ("3", "3"),
    ]),
    "insertion": ("  - ReLU\n  - Fl", "  - BatchNorm2d\n  - ReLU\n  - Fl", [(None, "2")]),
    "removal": ("  - ReLU\n  - Fl", "  - Fl", [("2", None)]),
    "other kind": ("  - ReLU\n  - Fl", "  - GELU\n  - Fl", [("2", None), (None, "2")]),
    "default written": ("kernel_size: 3}\n      - R", "kernel_size: 3, stride: 1}\n      - R", []),
    "position for name": ("{out_channels: 8, kernel_size: 3}", "[8, 3]", []),
    "width": ("out_channels: 4,", "out_channels: 6,", [("stem.0", "stem.0"), ("1", "1")]),
    "submodule": ("name: stem", "name: trunk", [("stem.0", "trunk.0"), ("stem.1", "trunk.1")]),
    "comment": ("layers:", "# the network\nlayers:", []),
}  # fmt: skip


@pytest.mark.parametrize("case", ROWS)
def test_layers_that_changed_are_aligned(case: str) -> None:
    old, new, expected = ROWS[case]
    text = net()
    assert old in text
    after = text.replace(old, new, 1)
    # The linear layer reads another number of features only where the shape before it changed.
    assert [row for row in layers(changed(text, after)) if row != ("4", "4")] == [
        row for row in expected if row != ("3", "3")
    ]


def test_a_layer_that_moves_to_another_branch_is_a_change() -> None:
    text = """\
input: [1, 8, 8]
layers:
  - Residual:
      body: [{Conv2d: [1, 1]}]
      shortcut: []
"""
    moved = text.replace("body: [{Conv2d: [1, 1]}]\n      shortcut: []",
                         "body: []\n      shortcut: [{Conv2d: [1, 1]}]")  # fmt: skip
    assert layers(changed(text, moved)) == [("0.body.0", "0.shortcut.0")]


def test_thousands_of_layers_on_both_sides_are_compared_in_seconds() -> None:
    text = "input: [1, 8, 8]\nlayers:\n  - {ReLU: , repeat: 6000}\n  - GELU\n"
    spec = changed(text, text.replace("6000", "5999"))
    assert spec.layers


SETTINGS = {
    "epochs": ({"epochs": 9}, [("train.epochs", 5, 9)]),
    "argument": ({"lr": 0.1}, [("train.optimizer.Adam.lr", 0.01, 0.1)]),
}


@pytest.mark.parametrize("case", SETTINGS)
def test_settings_that_changed_have_dotted_keys(case: str) -> None:
    arguments, expected = SETTINGS[case]
    assert list(changed(net(), net(**arguments)).settings) == expected  # type: ignore[arg-type]


def test_another_optimizer_is_one_setting_without_its_defaults() -> None:
    after = net().replace("{Adam: {lr: 0.01}}", "{SGD: {lr: 0.1, momentum: 0.9}}")
    (one,) = changed(net(), after).settings
    assert one == ("train.optimizer", {"Adam": {"lr": 0.01}}, {"SGD": {"lr": 0.1, "momentum": 0.9}})


def test_budgets_and_sections_left_out_are_settings() -> None:
    text = net()
    after = text.replace("max_params: 100k", "max_params: 200k").split("train:")[0]
    keys = [one.key for one in changed(text, after).settings]
    assert keys == ["audit.max_params", "train"]


def test_a_comment_is_no_change() -> None:
    spec = changed(net(), "# a comment\n" + net())
    assert spec.status == "unchanged"


def finding(code: str, line: int, layer: str | None, message: str) -> Diagnostic:
    return Diagnostic(code, message, "warning", span=Span(line, 1, line, 2), layer=layer)


def test_a_finding_that_moved_or_counts_otherwise_is_neither_new_nor_gone() -> None:
    before = [
        finding("a", 1, "0", "wastes 8"), finding("b", 2, "1", "same"), finding("c", 3, "2", "gone")
    ]  # fmt: skip
    after = [
        finding("a", 5, "0", "wastes 9"), finding("b", 6, "2", "same"), finding("d", 7, "2", "new")
    ]  # fmt: skip
    assert diff.findings(before, after) == ([after[2]], [before[2]])


def test_a_finding_that_comes_twice_where_it_came_once_is_new() -> None:
    one = finding("a", 1, "0", "x")
    assert diff.findings([one], [one, one]) == ([one], [])


BROKEN = net().replace("Flatten", "Flaten")
STATUSES: dict[str, tuple[dict[str, str], dict[str, str], dict[str, str]]] = {
    "unchanged": ({"a": net()}, {"a": net()}, {"a": "unchanged"}),
    "changed": ({"a": net()}, {"a": net(width=5)}, {"a": "changed"}),
    "added": ({}, {"a": net()}, {"a": "added"}),
    "removed": ({"a": net()}, {}, {"a": "removed"}),
    "renamed": ({"a": net()}, {"b": net()}, {"b": "renamed"}),
    "renamed and changed": ({"a": net()}, {"b": net(width=5)}, {"b": "renamed"}),
    "replaced": (
        {"a": net()}, {"b": "input: [4]\nlayers: [ReLU]\n"}, {"a": "removed", "b": "added"}
    ),
    "the nearest is the origin": (
        {"a": net(), "b": net("other", width=9)}, {"c": net("other", width=7)},
        {"a": "removed", "c": "renamed"},
    ),
    "broken": ({"a": net()}, {"a": BROKEN}, {"a": "broken"}),
    "added broken": ({}, {"a": BROKEN}, {"a": "broken"}),
    "renamed broken": ({"a": net()}, {"b": BROKEN}, {"b": "broken"}),
    "still broken": ({"a": BROKEN}, {"a": BROKEN}, {"a": "unchanged"}),
    "repaired": ({"a": BROKEN}, {"a": net()}, {"a": "repaired"}),
    "removed broken": ({"a": BROKEN}, {}, {"a": "removed"}),
}  # fmt: skip


@pytest.mark.parametrize("case", STATUSES)
def test_each_spec_has_the_status_of_what_happened_to_it(case: str) -> None:
    old, new, expected = STATUSES[case]
    sides = [{key: version(text, key) for key, text in side.items()} for side in (old, new)]
    specs = diff.compare(sides[0], sides[1])
    assert {spec.path: spec.status for spec in specs} == expected
    assert [spec.path for spec in specs] == sorted(expected)


CONDITIONS = {
    "params > +10%": True,
    "params > +300%": False,
    "params > +200": True,
    "params > +2000": False,
    "params > 10": True,
    "params>=+0": True,
    "macs > +1": True,
    "macs < -1": False,
    "receptive_field > +1": True,
    "receptive_field > +2": False,
    "receptive_field <= 7": True,
    "activation_bytes < -10%": False,
    "findings > 0": False,
    "findings >= +0": True,
}


@pytest.mark.parametrize("text", CONDITIONS)
def test_conditions_hold_where_they_should(text: str) -> None:
    # 104 to 400 parameters, 5 to 7 pixels.
    one = "input: [1, 28, 28]\nlayers: [Conv2d: {}]\n"
    spec = changed(one.format("[4, 5]"), one.format("[8, 7]"))
    assert bool(threshold.failures([spec], [threshold.parse(text)])) == CONDITIONS[text]


def test_conditions_are_not_asked_of_what_has_nothing_to_compare_with() -> None:
    (added,) = diff.compare({}, {"a": version(net())})
    relative, absolute = threshold.parse("params > +0"), threshold.parse("params > 1")
    assert threshold.failures([added], [relative]) == []
    assert len(threshold.failures([added], [absolute])) == 1


def test_a_broken_spec_fails_every_condition_once() -> None:
    (broken,) = diff.compare({"a": version(net())}, {"a": version(BROKEN)})
    conditions = [threshold.parse("params > 1"), threshold.parse("macs > 1")]
    assert threshold.failures([broken], conditions) == [
        "a.yaml: broken, so nothing can be compared"
    ]
    assert threshold.failures([broken], []) == []


@pytest.mark.parametrize("text", ["", "params", "params > ", "parms > 1", "params > 1 2", "a = 1"])
def test_what_is_no_condition_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        threshold.parse(text)


def test_markdown_stays_below_what_a_comment_may_have() -> None:
    wrong = "".join(f"  - Wrong{'x' * 50}{i}\n" for i in range(99))
    texts = {f"{i}.yaml": f"input: [{i + 1}]\nlayers:\n{wrong}" for i in range(40)}
    specs = diff.compare({}, {path: version(text, path) for path, text in texts.items()})
    text = diff_markdown.render(specs, [])
    assert len(text) < 65_536
    assert "left out" in text
    assert text.count("<details>") == text.count("</details>") > 0


# The command, in a real repository


class Repository:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *arguments: str) -> str:
        who = ["-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false"]
        command = ["git", *who, *arguments]
        return subprocess.run(
            command, cwd=self.root, check=True, capture_output=True, text=True
        ).stdout

    def write(self, name: str, text: str) -> None:
        file = self.root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def commit(self) -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "change")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """A branch changes the kernel of one spec, renames another and breaks a third."""
    for name in "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GITHUB_ACTIONS":
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.chdir(tmp_path)
    made = Repository(tmp_path)
    for name, width in ("kernel", 4), ("old-name", 5), ("third", 6), ("untouched", 7):
        made.write(f"specs/{name}.yaml", net(name, width))
    made.write("specs/notes.txt", "not a spec")
    made.write("specs/.hidden/x.yaml", "not a spec")
    made.commit()
    made.git("checkout", "--quiet", "-b", "change")
    made.write("specs/kernel.yaml", net("kernel", 4, kernel=5))
    made.git("mv", "specs/old-name.yaml", "specs/new-name.yaml")
    made.write("specs/third.yaml", net("third", 6).replace("Linear: 10", "Linaer: 10"))
    made.commit()
    return made


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize("form", ["markdown", "text", "json"])
def test_what_a_branch_did_is_told_in_full(form: str, golden: Callable[[str, str], None]) -> None:
    done = netspec("diff", "--against", "main", "--format", form)
    assert done.code == 0
    assert done.err == ""
    golden(f"diff.{form}.txt", done.out.replace(__version__, "VERSION"))


def test_the_work_tree_is_not_touched(repository: Repository) -> None:
    repository.write("specs/kernel.yaml", net("kernel", 9))
    repository.git("add", "specs/kernel.yaml")
    repository.write("specs/kernel.yaml", net("kernel", 8))
    before = repository.git("status", "--porcelain"), repository.git("rev-parse", "HEAD")
    done = netspec("diff", "--against", "main")
    assert "out_channels 4 -> 8" in done.out
    after = repository.git("status", "--porcelain"), repository.git("rev-parse", "HEAD")
    assert after == before


@pytest.mark.usefixtures("repository")
def test_sarif_of_the_branch_says_what_is_broken() -> None:
    (run,) = json.loads(netspec("check", "--format", "sarif").out)["runs"]
    errors = [one for one in run["results"] if one["level"] == "error"]
    (location,) = errors[0]["locations"]
    assert [one["ruleId"] for one in errors] == ["unknown-layer"]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == "specs/third.yaml"


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["specs/kernel.yaml"], 0),
        (["specs/kernel.yaml", "--fail-on", "params > +1000%"], 0),
        (["specs/kernel.yaml", "--fail-on", "receptive_field > +1"], 1),
        (["--fail-on", "params > 1M"], 2),
        (["--fail-on", "params > 1000000"], 1),
        (["specs/untouched.yaml", "--fail-on", "params > +0"], 0),
    ],
)
def test_fail_on_decides_the_exit_code(arguments: list[str], code: int) -> None:
    assert netspec("diff", "--against", "main", *arguments).code == code


def statuses(done: Done) -> dict[str, str]:
    return {spec["path"]: spec["status"] for spec in json.loads(done.out)["specs"]}


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (["specs/kernel.yaml"], {"specs/kernel.yaml": "changed"}),
        (["specs/old-name.yaml"], {"specs/old-name.yaml": "removed"}),
        (["specs/new-name.yaml"], {"specs/new-name.yaml": "added"}),
        (["./specs/../specs/kernel.yaml"], {"specs/kernel.yaml": "changed"}),
        (
            ["."],
            {
                "specs/kernel.yaml": "changed", "specs/new-name.yaml": "renamed",
                "specs/third.yaml": "broken", "specs/untouched.yaml": "unchanged",
            },
        ),
    ],
)  # fmt: skip
def test_paths_choose_what_is_compared(paths: list[str], expected: dict[str, str]) -> None:
    assert statuses(netspec("diff", "--against", "main", "--format", "json", *paths)) == expected


def test_paths_are_those_of_the_folder_one_is_in(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repository.root / "specs")
    done = netspec("diff", "--against", "main", "--format", "json", "kernel.yaml")
    assert statuses(done) == {"kernel.yaml": "changed"}


def test_no_change_is_said_in_words(repository: Repository) -> None:
    repository.git("checkout", "--quiet", "main")
    for form in "text", "markdown":
        done = netspec("diff", "--against", "main", "--format", form)
        assert "no change in 4 specs" in done.out


REFUSED = {
    "unknown commit": (["--against", "nowhere"], "git knows no commit 'nowhere'"),
    "an option for a commit": (["--against=--output=x"], "git knows no commit"),
    "neither here nor there": (["--against", "main", "no.yaml"], "neither here nor at main"),
    "one side": (["specs"], "diff takes OLD and NEW"),
    "file and folder": (["specs", "specs/kernel.yaml"], "a file and a folder"),
    "not there": (["specs", "other"], "cannot read other"),
}


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize("case", REFUSED)
def test_wrong_use_is_refused_with_2(case: str) -> None:
    arguments, message = REFUSED[case]
    done = netspec("diff", *arguments)
    assert (done.code, done.out) == (2, "")
    assert message in done.err


def test_outside_of_a_repository_the_message_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    done = netspec("diff", "--against", "main", ".")
    assert done.code == 2
    assert "not a git repository" in done.err


def test_without_git_the_message_says_so(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(repository.root))
    done = netspec("diff", "--against", "main")
    assert done.code == 2
    assert "git is not installed" in done.err


def test_contents_come_back_byte_for_byte(repository: Repository) -> None:
    texts = {"a.yaml": b"", "b.yaml": b"\n", "c d.yaml": "ä\r\nx".encode(), "e.yaml": b"\x00\xff"}
    for name, text in texts.items():
        (repository.root / name).write_bytes(text)
    repository.git("config", "core.autocrlf", "false")
    repository.commit()
    (repository.root / "link.yaml").symlink_to("a.yaml")
    repository.commit()
    found = git.files("HEAD", [Path(".")])
    assert {name: found[name] for name in texts} == texts
    assert "link.yaml" not in found


def test_files_and_folders_are_compared_without_git(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for side, width in ("old", 4), ("new", 5):
        (tmp_path / side / "sub").mkdir(parents=True)
        (tmp_path / side / "sub" / "a.yaml").write_text(net(width=width))
        (tmp_path / side / "b.yaml").write_text(net())
    done = netspec("diff", "old", "new", "--format", "json")
    assert statuses(done) == {"new/sub/a.yaml": "changed", "new/b.yaml": "unchanged"}
    done = netspec("diff", "old/b.yaml", "new/sub/a.yaml", "--format", "json")
    assert statuses(done) == {"new/sub/a.yaml": "changed"}
