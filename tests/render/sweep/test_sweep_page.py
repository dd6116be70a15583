"""The page of a sweep: every trial is a line and a dot, words are text, nothing is loaded."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from netspec.render.charts.axis import Axis, round_numbers
from netspec.render.sweep import html
from netspec.runs.trials import Seeded, Standing, Tried

if TYPE_CHECKING:
    from browser import Browser

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>"
TRIALS = [
    Tried(
        n, ("finished", "pruned", "finished", "failed")[n % 4],
        {"vars.width": 4 + n, "lr": 10.0 ** -(n % 4), "act": ("ReLU", "GELU")[n % 2]},
        None if n % 4 == 3 else 0.5 + n / 50, 3, 100 * n, "the loss is nan" if n % 4 == 3 else None,
    )
    for n in range(12)
]  # fmt: skip


def standing(name: str = "net") -> Standing:
    return Standing(
        Path("sweeps") / name, "accuracy", TRIALS, 20, None, {"vars.width": 0.8, "lr": 0.2},
        [Seeded(10, [0.7, 0.8], [0.6, 0.7], [])], 2, Path("best.yaml"),
    )  # fmt: skip


def test_every_trial_is_a_line_and_a_dot_where_its_values_are() -> None:
    text = html.render(standing())
    (lines,) = re.findall(r'<svg class="chart parallel".*?</svg>', text)
    found = re.findall(r'<path class="thing (\w+)" data-thing="(\d+)" d="M([^"]*)"', lines)
    assert [int(thing) for _, thing, _ in found] == list(range(12))
    ranked = standing().ranked
    for (style, _, path), trial in zip(found[::-1], ranked, strict=True):
        assert (style == "unfinished") == (trial.state != "finished")
        points = [tuple(map(float, point.split())) for point in re.split("[LM]", path)]
        assert len(points) == 5 - (trial.objective is None)
        assert all(40 <= y <= 280 for _, y in points)
    tops = [float(path.split("L")[-1].split()[1]) for _, _, path in found if path.count("L") == 4]
    wanted = [one.objective for one in ranked[::-1] if one.objective is not None]
    order = sorted(range(len(tops)), key=lambda i: -tops[i])
    assert [wanted[i] for i in order] == sorted(wanted)
    for plot in re.findall(r'<svg class="chart scatter".*?</svg>', text):
        assert plot.count("<circle") == 9


def test_words_of_a_sweep_are_text() -> None:
    told = standing(HOSTILE.replace("/", "|"))
    trial = TRIALS[0]._replace(values={HOSTILE: HOSTILE, "b": True, "c": None}, why=HOSTILE)
    told = told._replace(trials=[trial, trial], objective="loss", importances={HOSTILE: 1.0})
    text = html.render(told)
    assert "<img" not in text
    assert text.count("<script") == 2


def test_a_sweep_without_trials_has_a_page() -> None:
    text = html.render(standing()._replace(trials=[], seeded=[], best=None, importances={}))
    assert "0 of 20 trials" in text
    assert "<svg" not in text


def test_axes_hold_every_value_and_their_ticks_are_round() -> None:
    for values in ([1.0, 2.0], [0.0], [-3.0, 5.0], [1e-4, 1e-1], [7.0, 7.0], [1e-3, 2.5e-2]):
        axis = Axis(values)
        places = [axis.at(value) for value in [*values, *axis.ticks]]
        assert all(-1e-9 <= place <= 1 + 1e-9 for place in places)
        assert len(axis.ticks) >= 2
    assert round_numbers(0, 10, 5) == [0, 2, 4, 6, 8, 10]


def test_a_browser_tells_a_trial_by_key_and_by_mouse(tmp_path: Path, browser: Browser) -> None:
    file = tmp_path / "page.html"
    file.write_text(html.render(standing()), encoding="utf-8")
    keyed, lit, pointed, found = browser.run(
        file,
        """
        const told = () => page.locator(".told").innerText();
        await page.locator(".parallel").focus();
        await page.keyboard.press("Home");
        await page.keyboard.press("ArrowDown");
        const keyed = await told(), lit = await page.locator(".on").count();
        await page.locator(".scatter circle[data-thing='0']").first().hover();
        return [keyed, lit, await told(), await axe()];
        """,
    )
    ranked = standing().ranked
    assert keyed.startswith(f"trial {ranked[1].number}, finished: accuracy ")
    assert lit == 5
    assert pointed.startswith(f"trial {ranked[0].number}, finished: accuracy ")
    assert found == []
