"""The page of a run: every figure is there to read, words are text, and nothing is loaded."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from netspec import report, source
from netspec.render.run import confusion, page
from netspec.render.run.epochs import ROWS
from netspec.render.safe import escape
from netspec.runs.answers import Answers, Picture
from netspec.runs.confusion import Judgement
from netspec.runs.past import Epoch, Past
from netspec.runs.whole import Whole, whole

if TYPE_CHECKING:
    from browser import Browser

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\u2028"
PNG = (
    "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAAAAADhZOFXAAAAPUlEQVR42j3KQQ2AMBAAsOYUIAEJ52BImBSkzcEk"
    "EJQwB8eDhF8fhXl1AisbQR5uOJ+qHWxV+R1+IFhD4wXwcAxT7/sE/QAAAABJRU5ErkJggg=="
)
SPEC = """
name: tiny
input: [1, 8, 8]
layers: [{Conv2d: {out_channels: 2, kernel_size: 3}}, Flatten, {Linear: 3}]
train:
  data: {dataset: digits}
  batch_size: 8
  epochs: 9
  optimizer: Adam
"""


def rows(count: int) -> list[Epoch]:
    return [
        {
            "epoch": i, "train_loss": 2.0 / i, "train_accuracy": 1 - 0.5 / i, "loss": 3.0 / i,
            "accuracy": 1 - 0.7 / i, "lr": 0.1 / i, "seconds": 1.5,
        }
        for i in range(1, count + 1)
    ]  # fmt: skip


def run(epochs: list[Epoch], answers: Answers | None = None, note: str = "", **told: Any) -> Whole:
    past = Past(
        "tiny", 4, "finished", len(epochs), None, None, 77, 75.0, "2026-01-02T03:04:05+00:00",
        Path("runs/tiny/4"),
    )._replace(**told)  # fmt: skip
    around = {"device": "cpu", "git": "abc", "command": ["/x/netspec", "train", "a b.yaml"]}
    return Whole(past, epochs, around, answers, 2, training=False, note=note)


def answers(names: tuple[str, ...] = ("a", "b", "c"), wrong: int = 3, **told: Any) -> Answers:
    cells = [[5, wrong, 0], [0, 4, 1], [0, 0, 6]]
    pictures = [Picture(0, 1, 0.9, 7, PNG), Picture(0, 1, 0.8, 3, PNG), Picture(1, 2, 0.7, 1, PNG)]
    judged = Judgement("set", "test", names, cells, 0.5)
    return Answers(judged, 2, pictures, [Picture(i, i, 1, i, PNG) for i in range(3)])._replace(
        **told
    )


def drawn(one: Whole) -> str:
    found = report.examine(source.parse(SPEC, "spec.yaml"))
    return page.render(one, found.plan, found.diagnostics)


class Words(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        assert not any(key.startswith("on") or key == "style" for key, _ in attrs)

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def told(one: Whole) -> str:
    return " ".join(" ".join(Words(drawn(one)).text).split())


def test_the_figures_to_read_first_are_at_the_head() -> None:
    head = told(run(rows(3), answers()))
    head = head[head.index("tiny 4 ") : head.index("Epochs")]
    for words in (
        "status finished, 3 epochs of 9", "best test accuracy 65.00%, epoch 2",
        "best test loss 1.5, epoch 2", "last test accuracy 76.67%", "time 1 min 15 s", "device cpu",
        "began 2026-01-02 03:04 UTC", "seed 0", "parameters 77", "commit abc",
    ):  # fmt: skip
        assert words in head


def test_every_figure_of_every_epoch_is_in_a_table_and_in_a_curve() -> None:
    text = drawn(run(rows(5)))
    table = re.findall(r'<td class="n">([^<]*)</td>', text)
    assert table[:7] == ["1", "2", "50.00%", "3", "30.00%", "0.1", "1.5"]
    assert len(table) == 35
    charts = re.findall(r'<svg class="chart".*?</svg>', text)
    labels = [re.findall(r'aria-label="([^"]*)"', chart)[0] for chart in charts]
    assert labels == [
        "loss, epochs 1 to 5: train from 2 to 0.4; test from 3 to 0.6",
        "accuracy, epochs 1 to 5: train from 50.00% to 90.00%; test from 30.00% to 86.00%",
        "learning rate, epochs 1 to 5: from 0.1 to 0.02",
    ]
    for chart, lines in zip(charts, (2, 2, 1), strict=True):
        assert (
            len(re.findall(r'<path class="(?:train|judged)" d="M[^"L]+(?:L[^"L]+){4}"', chart))
            == lines
        )
        inside = [float(y) for y in re.findall(r'cy="([^"]*)"', chart)]
        assert all(26 <= y <= 190 for y in inside)


def test_figures_of_another_task_are_drawn_by_the_names_they_have() -> None:
    others = [
        {"epoch": i, "train_loss": 1.0, "train_mae": 0.5, "loss": 1.0, "mae": 9.0 / i, "lr": 0.1}
        for i in (1, 2)
    ]
    text = drawn(run(others, note="a note"))
    assert 'aria-label="mae, epochs 1 to 2: train from 0.5 to 0.5; test from 9 to 4.5"' in text
    assert "best test mae" in text
    assert "accuracy" not in text


@pytest.mark.parametrize("count", [0, 1])
def test_what_has_no_curve_says_so(count: int) -> None:
    said = told(run(rows(count)))
    assert ("No epoch is done yet", "One epoch has no curve")[count] in said
    assert 'class="chart"' not in drawn(run(rows(count)))


def test_values_that_are_no_numbers_leave_gaps_and_no_path_has_any() -> None:
    broken = rows(4)
    broken[1] |= {"loss": float("inf"), "train_loss": float("nan")}
    text = drawn(run(broken))
    for path in re.findall(r' d="([^"]*)"', text):
        assert "nan" not in path
        assert "inf" not in path
    assert re.search(r'<path class="judged" d="M[^"]*M[^"]*"', text)


def test_of_many_epochs_some_are_shown_the_last_among_them() -> None:
    text = drawn(run(rows(3 * ROWS - 1)))
    curves = re.search(r'id="curves">(.*?)</script>', text)
    assert curves
    numbers = json.loads(curves[1])["epochs"]
    assert len(numbers) == ROWS
    assert numbers[-1] == 3 * ROWS - 1
    assert "One epoch of every 3 is shown" in text


def test_the_matrix_has_every_count_and_a_mistake_opens_its_pictures() -> None:
    text = drawn(run(rows(2), answers()))
    assert re.findall(r'<td class="right">(\d+)</td>', text) == ["5", "4", "6"]
    opens = re.findall(r'data-opens="([^"]*)" aria-label="([^"]*)">(\d+)<', text)
    assert opens == [
        ("mistake-0-1", "a taken for b: 3 images", "3"),
        ("mistake-1-2", "b taken for c: 1 image", "1"),
    ]
    groups = re.findall(r'<details class="mistake" id="([^"]*)"><summary>([^<]*)<', text)
    assert groups == [
        ("mistake-0-1", "a taken for b: 3 images, the 2 surest shown"),
        ("mistake-1-2", "b taken for c: 1 image"),
    ]
    assert text.count('<img src="data:image/png;base64,') == 3
    assert 'alt="test image 7: a"' in text


def test_what_a_page_leaves_out_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "A matrix of 101 classes is left out" in told(
        run(rows(2), answers()._replace(
            judgement=Judgement("set", "test", [str(i) for i in range(101)], [
                [int(i == j) for j in range(101)] for i in range(101)
            ], 0.1), wrong=[], examples=[],
        ))
    )  # fmt: skip
    monkeypatch.setattr(confusion, "LISTED", 1)
    said = drawn(run(rows(2), answers()))
    assert "the most frequent first; the 1 most frequent of 2" in said
    assert "mistake-1-2" not in said
    assert "Without pictures: samples are numbers." in told(
        run(rows(2), answers(wrong=1, without="samples are numbers")._replace(wrong=[]))
    )
    assert "the best epoch is 2 by now" in told(run(rows(2), answers(epoch=1))).lower()
    assert "There are no mistakes" in told(run(rows(2), answers()._replace(
        judgement=Judgement("set", "test", ["a"], [[4]], 0.1), wrong=[], examples=[]
    )))  # fmt: skip


def test_words_of_a_run_are_text_wherever_they_stand() -> None:
    past = {"name": HOSTILE, "tag": HOSTILE, "note": HOSTILE, "status": HOSTILE}
    settings = {"train.x": HOSTILE, HOSTILE: [HOSTILE]}
    names = (HOSTILE, f"{HOSTILE}b", "c")
    judged = answers(names, without=HOSTILE)
    judged = judged._replace(judgement=judged.judgement._replace(dataset=HOSTILE, part=HOSTILE))
    one = run(
        [{**row, HOSTILE: 1.0, f"train_{HOSTILE}": 2.0} for row in rows(3)], judged,
        settings=settings, **past,
    )  # fmt: skip
    one = one._replace(
        environment={"device": HOSTILE, "git": HOSTILE, "judged": HOSTILE, HOSTILE: HOSTILE,
                     "command": ["x", HOSTILE]},
    )  # fmt: skip
    for each in (
        one,
        one._replace(answers=answers(names)),
        one._replace(answers=None, note=HOSTILE),
    ):
        text = drawn(each)
        found = Words(text)
        assert found.tags.count("script") == 4
        assert found.tags.count("img") == 3 * bool(each.answers and not each.answers.without)
        assert "\u2028" not in text
        assert escape(HOSTILE) in " ".join(found.text)


def test_a_spec_that_is_refused_today_costs_the_network_alone() -> None:
    found = report.examine(source.parse(SPEC.replace("Linear", "Lineal"), "spec.yaml"))
    text = page.render(run(rows(2), answers()), None, found.diagnostics)
    assert "Its spec is refused now" in text
    assert "unknown layer" in text.lower() or "Lineal" in text
    assert 'id="view"' not in text


def test_a_run_in_any_state_has_a_page(tmp_path: Path) -> None:
    folder = tmp_path / "tiny" / "4"
    folder.mkdir(parents=True)
    (folder / "spec.yaml").write_text(SPEC)
    assert "unfinished, 0 epochs of 9" in told(whole(folder))
    lines = [json.dumps(row) + "\n" for row in rows(3)]
    (folder / "metrics.jsonl").write_text("".join(lines) + '{"epoch": 4, "ha')
    found = whole(folder)
    assert (len(found.epochs), found.best, found.judged, found.answers) == (3, 3, "test", None)
    (folder / "answers.json").write_text("{}")
    assert "answers.json is damaged" in whole(folder).note
    (folder / "answers.json").write_text(answers().text())
    assert whole(folder).answers == answers()


def test_a_browser_reads_curves_opens_mistakes_and_changes_the_image(
    tmp_path: Path, browser: Browser
) -> None:
    file = tmp_path / "page.html"
    file.write_text(drawn(run(rows(5), answers(("cat", "dog", "a long name")))), encoding="utf-8")
    script = """
        const got = {}, caption = () => page.locator(".charts figcaption").first().innerText();
        await page.locator(".chart").first().focus();
        await page.keyboard.press("End");
        await page.keyboard.press("ArrowLeft");
        got.keyed = await caption();
        const box = await page.locator(".chart").nth(1).boundingBox();
        await page.locator(".chart").nth(1).hover({ position: { x: 0.16 * box.width, y: 60 } });
        got.pointed = await page.locator(".charts figcaption").nth(2).innerText();
        await page.locator("[data-opens=mistake-0-1]").focus();
        await page.keyboard.press("Enter");
        got.entered = await page.locator(".mistake[open]").evaluateAll((all) => all.map((one) => one.id));
        await page.locator("[data-opens=mistake-1-2]").click();
        got.clicked = await page.locator(".mistake[open]").evaluateAll((all) => all.map((one) => one.id));
        got.focus = await page.evaluate(() => document.activeElement.parentElement.id);
        got.seen = await page.locator("#mistake-1-2 img").evaluate((one) => one.complete && one.naturalWidth);
        got.images = await page.locator(".images option").allInnerTexts();
        const image = () => page.locator("#view image").first().getAttribute("href");
        await page.locator(".images select").selectOption("1");
        got.image = await image();
        got.wide = await page.evaluate(() => document.documentElement.scrollWidth);
        got.axe = await axe({ context: { exclude: [["#view"]] } });
        return got;
    """  # noqa: E501
    for options in ({}, {"colorScheme": "dark", "viewport": {"width": 400, "height": 800}}):
        got = browser.run(file, script, **options)
        assert got.pop("wide") <= options.get("viewport", {}).get("width", 1100)
        assert got.pop("image").startswith("data:image/png;base64,iVBO")
        assert got == {
            "keyed": "loss, epoch 4: train 0.5, test 0.75",
            "pointed": "learning rate, epoch 1: 0.1",
            "entered": ["mistake-0-1"], "clicked": ["mistake-1-2"], "focus": "mistake-1-2",
            "seen": 8, "images": ["cat", "dog", "a long name"], "axe": [],
        }  # fmt: skip


def test_a_task_without_classes_has_no_answers_and_one_that_lacks_them_says_why() -> None:
    regression = SPEC.replace("epochs: 9", "epochs: 9\n  loss: MSELoss").replace(
        "dataset: digits", "dataset: npz, path: a.npz"
    )
    found = report.examine(source.parse(regression, "spec.yaml"))
    assert found.plan
    one = run(rows(2), note="it keeps none")
    assert "<h2>Answers</h2>" not in page.render(one, found.plan, [])
    assert "<h2>Answers</h2>\n<p>it keeps none.</p>" in drawn(one)
