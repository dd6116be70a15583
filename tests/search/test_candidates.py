from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from command import netspec

import netspec as public
from netspec import compiler, report
from netspec.compiler.plan import Plan
from netspec.diagnostic import UsageError
from netspec.search.candidate import bound
from netspec.search.space import space
from netspec.source import parse

SPEC = """\
input: [1, 28, 28]
vars: {a: 8, b: 16}   # widths
layers:
  - Conv2d: {out_channels: $a, kernel_size: 3}   # the first
  - {ReLU: }
  - Conv2d: {out_channels: $b, kernel_size: 3}
  - {ReLU: }
  - AdaptiveAvgPool2d: 1
  - Flatten
  - Linear: 10
"""
KERNELS = ["layers.0.Conv2d.kernel_size=[3, 5, 7]", "layers.2.Conv2d.kernel_size=[3, 5]"]


def every(vary: list[str], keep: Any) -> Iterator[tuple[dict[str, Any], Plan]]:
    """Candidates of a whole space, one by one checked in full, for which `keep` holds."""
    source, where = parse(SPEC, "net.yaml"), space(vary)
    for point in where.points(0, where.size):
        told = report.examine(bound(source, where, point))
        if told.plan and not told.failed and keep(told.plan):
            yield where.values(point), told.plan


@pytest.mark.parametrize(
    ("vary", "keep", "holds", "least", "most"),
    [
        (["vars.a=2..9", "vars.b=2..9"], ["params <= 600"],
         lambda plan: plan.totals.params <= 600, ["macs"], ["params"]),
        ([*KERNELS, "vars.a=[2, 4, 8]", "vars.b=[2, 4, 8]"], ["receptive_field >= 25 %"],
         lambda plan: min(plan.receptive_field) >= 7, ["params", "macs"], ["receptive_field"]),
        (["vars.a=1..4", "layers.3=[ReLU, Identity, {MaxPool2d: 2}]", *KERNELS], [],
         lambda plan: True, ["training_bytes"], ["layers", "receptive_field"]),
    ],
    ids=["widths", "kernels", "kinds"],
)  # fmt: skip
def test_the_front_is_that_of_brute_force(
    vary: list[str], keep: list[str], holds: Any, least: list[str], most: list[str]
) -> None:
    def figures(plan: Plan) -> list[int]:
        field = plan.receptive_field or [0]
        assert None not in field
        totals = {
            **plan.totals._asdict(),
            "layers": len(plan.leaves),
            "receptive_field": min(size or 0 for size in field),
        }
        return [*(totals[name] for name in least), *(-totals[name] for name in most)]

    rows = [(values, figures(plan)) for values, plan in every(vary, holds)]
    wanted = [
        values
        for values, mine in rows
        if not any(a != mine and all(map(int.__le__, a, mine)) for _, a in rows)
    ]
    found = public.candidates(
        text=SPEC, vary=vary, keep=keep, minimize=least, maximize=most, workers=1
    )
    told = [plan.source.data for plan in found]
    where, source = space(vary), parse(SPEC, "net.yaml")
    points = {
        json.dumps(bound(source, where, point).data): where.values(point)
        for point in where.points(0, where.size)
    }
    assert len(wanted) > 1
    key = repr
    assert sorted(map(key, (points[json.dumps(one)] for one in told))) == sorted(map(key, wanted))


def test_a_sample_is_of_what_is_kept_and_the_same_for_a_seed() -> None:
    def drawn(seed: int, **more: Any) -> list[str]:
        vary, keep = ["vars.a=1..30", "vars.b=1..30"], ["params <= 600"]
        plans = public.candidates(text=SPEC, vary=vary, keep=keep, sample=7, seed=seed, **more)
        made = list(plans)
        assert all(plan.totals.params <= 600 for plan in made)
        return [json.dumps(plan.source.data["vars"]) for plan in made]

    assert len({*drawn(0)}) == 7
    assert drawn(0) == drawn(0) == drawn(0, workers=2)
    assert drawn(0) != drawn(1)
    assert len(drawn(0, tries=500)) == 7


def test_a_draw_of_everything_that_is_kept_is_uniform() -> None:
    counts = dict.fromkeys(range(1, 4), 0)
    for seed in range(60):
        (plan,) = public.candidates(text=SPEC, vary=["vars.a=1..10"], keep=["params <= 700"],
                                    sample=1, seed=seed)  # fmt: skip
        counts[plan.source.data["vars"]["a"]] += 1
    assert sum(counts.values()) == 60
    assert min(counts.values()) > 10


def test_a_space_that_is_too_large_is_closed_in_on_by_halves() -> None:
    vary = ["vars.a=1..2000", "vars.b=1..2000"]
    (plan,) = public.candidates(
        text=SPEC, vary=vary, keep=["params <= 100k"], maximize="params", tries=800
    )
    assert 99_000 < plan.totals.params <= 100_000
    # Nothing that is drawn keeps it: the way there is from the nearest.
    found = public.candidates(text=SPEC, vary=vary, keep=["params <= 60"], tries=1500,
                              minimize="params")  # fmt: skip
    assert [plan.totals.params for plan in found] == [40]


def test_workers_find_what_one_process_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("netspec.search.candidates._CHUNK", 100)
    asked: dict[str, Any] = {
        "text": SPEC, "vary": ["vars.a=1..30", "vars.b=1..20"], "keep": ["params <= 2k"],
        "minimize": "macs", "maximize": ["params"],
    }  # fmt: skip
    alone, beside = (
        [plan.totals for plan in public.candidates(**asked, workers=n)] for n in (1, 2)
    )
    assert alone == beside


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.yaml").write_text(SPEC)
    return tmp_path


def test_the_table_has_what_varies_its_figures_and_what_came_of_the_rest(spec: Path) -> None:
    done = netspec(
        "search", "net.yaml", "--vary", "vars.a=[4, 8, 0]", "--vary", "vars.b=[8, 16]", "--keep",
        "params <= 600", "--keep", "layers >= 3",
    )  # fmt: skip
    assert done == (0, """\
vars.a  vars.b  params     MACs  receptive field  layers
     4       8     426  190,304                5       7

6 candidates: 1 kept, 3 outside of the bounds, 2 with an error
  params <= 600: kept by 1 of 4
  layers >= 3: kept by 4 of 4
  error[wrong-value] net.yaml:4: out_channels: expected more than 0, not 0: 2
""", "")  # fmt: skip


def test_specs_are_written_with_their_comments_and_are_what_was_found(spec: Path) -> None:
    done = netspec("search", "net.yaml", "--vary", "vars.a=2..12", "--keep", "params <= 700",
                   "--minimize", "params", "--maximize", "params", "--out", "found",
                   "--format", "json")  # fmt: skip
    assert done.code == 2
    assert "params cannot be both the least and the most" in done.err
    done = netspec("search", "net.yaml", "--vary", "vars.a=2..12", "--keep", "params <= 900",
                   "--out", "found", "--format", "json")  # fmt: skip
    assert (done.code, done.err) == (0, "wrote 3 specs into found\n")
    told = json.loads(done.out)["candidates"]
    files = sorted((spec / "found").iterdir())
    assert [file.name for file in files] == [f"net-{n}.yaml" for n in (1, 2, 3)]
    for file, one in zip(files, told, strict=True):
        text = file.read_text()
        assert "# widths" in text
        assert "# the first" in text
        plan = compiler.compile(file)
        assert plan.spec.vars["a"] == one["values"]["vars.a"]
        assert plan.totals.params == one["params"]
    again = netspec("search", "net.yaml", "--vary", "vars.a=2..12", "--out", "found")
    assert again.code == 2
    assert "found is not empty" in again.err


@pytest.mark.parametrize(
    ("keep", "message", "help"),
    [
        (["params <= 50"], "none of 9 candidates keeps 'params <= 50'", "nearest is vars.a=1"),
        (["params <= 500", "params >= 1200"], "together, though each is kept by some", "nearest"),
    ],
)
def test_nothing_kept_names_the_bound_and_the_nearest_candidate(
    spec: Path, keep: list[str], message: str, help: str
) -> None:
    bounds = [word for one in keep for word in ("--keep", one)]
    done = netspec("search", "net.yaml", "--vary", "vars.a=1..9", *bounds)
    assert (done.code, done.out) == (1, "")
    assert message in done.err
    assert help in done.err


def test_where_every_candidate_has_an_error_the_first_is_told(spec: Path) -> None:
    (spec / "net.yaml").write_text(SPEC.replace("  - Flatten\n", "  - Flatten\n    expect: 3\n"))
    done = netspec("search", "net.yaml", "--vary", "vars.a=1..9")
    assert done.code == 1
    (spec / "net.yaml").write_text(
        SPEC.replace("  - Flatten\n", "  - {Flatten: , expect: {output: [3]}}\n")
    )
    done = netspec("search", "net.yaml", "--vary", "vars.a=1..9")
    assert done.code == 1
    assert "each of 9 candidates has an error, all of them net.yaml:9: output is [16]" in done.err
    assert "--no-expect" in done.err
    assert netspec("search", "net.yaml", "--vary", "vars.a=1..9", "--no-expect").code == 0


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--vary", "vars.c=1..4"], "--vary vars.c: nothing reads the variable 'c'"),
        (["--vary", "vers.a=1..4"], "--vary vers.a: a spec has no vers"),
        (["--vary", "layers.9.Conv2d=1..4"], "nothing is called 9 there"),
        (["--vary", "layers.0.Conv2d.kernel=1..4"], "--vary layers.0.Conv2d.kernel: "),
        (["--vary", "vars.a=9..1"], "there is nothing from 9 to 1"),
        (["--vary", "vars.a=1..9", "--keep", "flops <= 3"], "'flops' is no quantity"),
        (["--vary", "vars.a=1..9", "--minimize", "flops"], "'flops' is no quantity"),
        ([], "missing option '--vary'"),
    ],
)
def test_wrong_use_is_one_message_with_its_place(
    spec: Path, words: list[str], message: str
) -> None:
    done = netspec("search", "net.yaml", *words)
    assert (done.code, done.out) == (2, "")
    assert message in done.err
    assert "  help: " in done.err or "9 there" in message


def test_python_says_the_same_of_wrong_use() -> None:
    with pytest.raises(UsageError, match="nothing varies"):
        public.candidates(text=SPEC)
    with pytest.raises(UsageError, match="1 or more"):
        public.candidates(text=SPEC, vary={"vars.a": [1]}, sample=0)
