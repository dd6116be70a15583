"""Every format of every folder: golden, and able to say what there is to say."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from math import exp
from pathlib import Path
from typing import Any

import pytest
from command import netspec

from netspec import __version__, render, report
from netspec.compiler import compile
from netspec.runs.confusion import Judgement, Prediction
from netspec.runs.range_test import Curve, Point
from netspec.runs.trials import Seeded, Standing, Tried
from netspec.search.candidates import asked
from netspec.search.candidates import run as run_search
from netspec.source import parse

HOME = Path(render.__file__).parent
FOLDERS = sorted(
    file.parent.name for file in HOME.glob("*/__init__.py") if "DEFAULT" in file.read_text()
)
FORMATS = [(folder, form) for folder in FOLDERS for form in render.formats(folder)]
Shown = Callable[..., str]
Golden = Callable[[str, str], None]


def check(form: str, request: pytest.FixtureRequest) -> str:
    shown: Shown = request.getfixturevalue("shown")
    return shown(form)


def diff(form: str, request: pytest.FixtureRequest) -> str:
    request.getfixturevalue("repository")
    done = netspec("diff", "--against", "main", "--format", form)
    assert (done.code, done.err) == (0, "")
    return done.out


SPEC = """\
input: [1, 8, 8]
layers: [Flatten, {{Linear: 10}}]
train: {{data: {{dataset: digits}}, batch_size: 100, epochs: 2, optimizer: {{Adam: {lr}}}}}
"""


def runs(form: str, request: pytest.FixtureRequest) -> str:
    """The list, the epochs of a run and, where the format has it, two runs side by side."""
    here: Path = request.getfixturevalue("tmp_path")
    request.getfixturevalue("monkeypatch").chdir(here)
    for number, accuracies in (1, (0.5, 0.75)), (2, (0.625,)), (3, ()):
        folder = here / "runs" / "net" / str(number)
        folder.mkdir(parents=True)
        (folder / "spec.yaml").write_text(SPEC.format(lr=number / 100))
        rows = [
            {"epoch": i, "loss": 1 / i, "accuracy": accuracy, "seconds": 2.0}
            for i, accuracy in enumerate(accuracies, 1)
        ]
        (folder / "metrics.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
        facts = {"date": f"2026-01-0{number}T10:00:00+00:00", "torch": f"2.{number}"}
        (folder / "environment.json").write_text(json.dumps(facts))
        (folder / "summary.json").write_text(json.dumps({"status": "finished", "params": 650}))
    asked = [[], ["net/1"], ["net/1", "net/2"]]
    if not hasattr(render.renderer("runs", form), "compared"):
        asked.pop()
    done = [netspec("runs", *names, "--format", form) for names in asked]
    assert [(one.code, one.err) for one in done] == [(0, "")] * len(asked)
    return "\n".join(one.out for one in done)


def evaluate(form: str, request: pytest.FixtureRequest) -> str:
    del request
    confusion = [[8, 2, 0], [0, 9, 1], [0, 0, 0]]
    judgement = Judgement("animals", "test", ("cat", "dog\x1b", "owl"), confusion, 0.25)
    return shown_by("eval", form, "runs/animals/1", judgement)


def predict(form: str, request: pytest.FixtureRequest) -> str:
    del request
    shares = {"cat": 0.25, "dog\x1b": 0.75}
    answers = [Prediction(Path(f"{name}.png"), shares) for name in ("a", "b\n")]
    return shown_by("predict", form, "runs/animals/1", answers)


def lr_find(form: str, request: pytest.FixtureRequest) -> str:
    del request
    points = [Point(1e-4 * 2**i, 1 + exp(-i / 4)) for i in range(30)]
    train = compile(parse(SPEC.format(lr=0.01), "net.yaml")).train
    return shown_by("lr_find", form, train, Curve(points))


def search(form: str, request: pytest.FixtureRequest) -> str:
    del request
    text = SPEC.format(lr=0.01).replace("Linear: 10", "Linear: {out_features: 10, bias: true}")
    at = "layers.1.Linear"
    vary = {f"{at}.out_features": [10, 0, 12], f"{at}.bias": [True, "dog\u202e"]}
    wanted = asked(parse(text, "net\x1b.yaml"), vary, ["params <= 700"], ["params"])
    return shown_by("search", form, run_search(wanted))


def sweep(form: str, request: pytest.FixtureRequest) -> str:
    del request
    rows = [("finished", 0.75), ("pruned", 0.5), ("failed", None), ("finished", 0.875)]
    trials = [
        Tried(
            number, state, {"vars.a": number, "layers.1": "dog\u202e"}, figure, 2 + number, 650,
            "the loss is nan\x1b" if state == "failed" else None,
        )
        for number, (state, figure) in enumerate(rows)
    ]  # fmt: skip
    over = [Seeded(3, [0.75, 0.875], [0.5, 0.75], []), Seeded(0, [], [], ["no memory\x1b"])]
    told = Standing(Path("sweeps/net\x1b"), "accuracy", trials, 9, 12,
                    {"vars.a": 0.75, "layers.1": 0.25}, over, 2, Path("best.yaml"))  # fmt: skip
    text = shown_by("sweep", form, told)
    if form == "html":  # what stands around it is every page's
        text = text.partition("<main>")[2].partition("</main>")[0].replace("><", ">\n<")
    return text


NETWORK = """\
input: [1, 12, 12]
blocks: {unit: {layers: [{Conv2d: [4, 3, 1, 1]}, ReLU]}}
layers:
  - {repeat: 2, unit: {}}
  - Graph: {a: [unit], b: {from: [a, input], join: concat, layers: [{Conv2d: [2, 1]}]}}
  - Residual: [{Conv2d: [2, 3, 1, 1]}]
  - Flatten
  - Linear: 10
"""


def view(form: str, request: pytest.FixtureRequest) -> str:
    """The drawing; of a page what its script is given, of pixels how many there are."""
    del request
    found = report.examine(parse(NETWORK, "net.yaml"))
    assert found.plan
    drawn: bytes = render.renderer("view", form).render(found.plan, found.diagnostics)
    if form == "html":
        data = drawn.decode().partition('id="data">')[2].partition("</script>")[0]
        return data.replace("},{", "},\n{").replace(',"', ',\n"') + "\n"
    if form == "png":
        return "{} x {}\n".format(*struct.unpack(">2I", drawn[16:24]))
    return drawn.decode()


def shown_by(folder: str, form: str, *facts: Any) -> str:
    text: str = render.renderer(folder, form).render(*facts)
    return text


SAMPLES = {
    "report": ("check", check), "diff": ("diff", diff), "runs": ("runs", runs),
    "eval": ("eval", evaluate), "predict": ("predict", predict), "lr_find": ("lr-find", lr_find),
    "search": ("search", search), "sweep": ("sweep", sweep), "view": ("view", view),
}  # fmt: skip
"""What each folder's formats are shown with, and the command that prints them."""


def test_every_folder_has_a_sample() -> None:
    assert set(FOLDERS) == set(SAMPLES)


@pytest.mark.parametrize(("folder", "form"), FORMATS)
def test_each_file_is_a_format(folder: str, form: str) -> None:
    module = render.renderer(folder, form)
    wanted = {"render", "epochs"} if folder == "runs" else {"render"}
    missing = [name for name in wanted if not callable(getattr(module, name, None))]
    assert not missing, f"netspec/render/{folder}/{form}.py has no {' and no '.join(missing)}"


@pytest.mark.parametrize(("folder", "form"), FORMATS)
def test_each_format_is_as_it_was(
    folder: str, form: str, golden: Golden, request: pytest.FixtureRequest
) -> None:
    command, sample = SAMPLES[folder]
    text = sample(form, request)
    assert text.strip()
    assert "\x1b" not in text
    golden(f"{command}.{form}.txt", text.replace(__version__, "VERSION"))


def test_no_golden_file_is_of_a_format_that_went() -> None:
    kept = {file.name for file in (HOME.parents[1] / "tests" / "golden").iterdir()}
    assert kept <= {f"{SAMPLES[folder][0]}.{form}.txt" for folder, form in FORMATS}


@pytest.mark.parametrize("folder", SAMPLES)
def test_the_files_of_a_folder_are_the_choice_of_its_command_the_default_first(
    folder: str,
) -> None:
    names = render.formats(folder)
    assert {f"{name}.py" for name in names} | {"__init__.py"} == {
        file.name for file in (HOME / folder).glob("*.py")
    }
    assert names[0] in ("full", "text", "html")
    assert f"--format <{'|'.join(names)}>" in netspec(SAMPLES[folder][0], "--help").out


@pytest.mark.parametrize("form", render.formats("report"))
def test_each_format_can_say_that_all_is_well(form: str, shown: Shown) -> None:
    text = shown(form, "specs/good.yaml")
    assert text.strip()
    assert "error" not in text.replace('errors="0"', "")
