"""Plans and reports as they print, and as notebooks show them."""

from __future__ import annotations

import re
from base64 import b64decode
from html.parser import HTMLParser

import netspec
from netspec.render.view import svg

SPEC = "input: [1, 8, 8]\nlayers: [{Conv2d: [4, 3]}, ReLU]\n"
WRONG = "input: [1, 8, 8]\nlayers: [{'<script>x</script>': 3}]\n"


class Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.words = ""
        self.images: list[str] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            self.images.append(dict(attrs)["src"] or "")
            return
        self.open.append(tag)
        self.seen.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


def test_a_plan_and_a_report_are_short_where_they_stand_in_a_list() -> None:
    report = netspec.check(text=SPEC)
    assert repr(report.plan) == "<Plan spec: (1, 8, 8) to (4, 6, 6), 40 params in 2 layers>"
    assert repr(report) == "<Report spec.yaml: 40 params, no findings>"
    assert repr(netspec.check(text=WRONG)) == "<Report spec.yaml: 1 error>"


def test_they_print_as_check_prints_them() -> None:
    report = netspec.check(text=SPEC)
    assert str(report.plan).startswith("spec: (1, 8, 8) to (4, 6, 6)\nlayer ")
    assert str(report) == f"{report.plan}\n\n1 spec: no findings"
    assert str(netspec.check(text=WRONG)).startswith("error[unknown-layer]: ")


def test_a_notebook_shows_a_table_with_a_row_for_each_layer() -> None:
    report = netspec.check(text=SPEC)
    assert report.plan
    for shown in report._repr_html_(), report.plan._repr_html_():
        tags = Tags(shown)
        assert tags.seen <= {"p", "b", "table", "tr", "th", "td", "pre"}
        layers = re.findall(r"<td[^>]*>(Conv2d|ReLU)</td>", shown)
        assert layers == ["Conv2d", "ReLU"]
        assert "40 learnable" in tags.words


def test_a_notebook_shows_the_drawing_as_an_image_with_all_of_its_data() -> None:
    plan = netspec.check(text=SPEC).plan
    assert plan
    (image,) = Tags(plan._repr_html_()).images
    kind, _, data = image.partition(";base64,")
    assert kind == "data:image/svg+xml"
    assert b64decode(data) == svg.render(plan)


def test_words_of_a_spec_are_no_markup() -> None:
    shown = netspec.check(text=WRONG)._repr_html_()
    assert Tags(shown).seen == {"pre"}
    assert "&lt;script&gt;" in shown
