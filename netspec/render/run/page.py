"""A run as one HTML page that loads nothing: figures, curves, answers, settings, its network.

Whatever a run's folder says is escaped, and the page's policy lets no script run but its own.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence
from typing import Any

from netspec.compiler.plan import Plan
from netspec.diagnostic import Diagnostic
from netspec.render import web
from netspec.render.page_data import data
from netspec.render.run import confusion, epochs, figures
from netspec.render.safe import escape
from netspec.render.web import escaped as text
from netspec.render.words import plural
from netspec.runs.answers import Answers
from netspec.runs.whole import Whole

STYLES = (*web.STYLES, "run.css")
_PNG = "data:image/png;base64,"
_HIDDEN = ("classes", "command", "date", "device", "git", "judged")
"""What is said elsewhere on the page."""


def render(
    run: Whole, plan: Plan | None, findings: Sequence[Diagnostic], image: str | None = None
) -> str:
    """The page; without a plan where its spec is refused today, for which `findings` say why.

    `image` is the address of one to show its pixels on, beside the run's own.
    """
    title = f"{run.past.name} {run.past.run}"
    body = [
        f"<h1>{text(title)}</h1>",
        _facts(run, plan),
        f"<section><h2>Epochs</h2>\n{epochs.section(run)}</section>",
        _answers(run, plan),
        f"<section><h2>Settings</h2>\n{_settings(run)}</section>",
    ]
    if plan:
        body.append(_network(run, plan, findings, image))
    else:
        told = "".join(f"<p>{text(found.text('{}; {}', str))}</p>" for found in findings)
        body.append(f"<section><h2>Network</h2><p>Its spec is refused now.</p>{told}</section>")
    return web.document(title, "\n".join(filter(None, body)), [*web.VIEW, "run.js"], STYLES)


def _network(run: Whole, plan: Plan, findings: Sequence[Diagnostic], image: str | None) -> str:
    """Where the script shows what it was trained, and images to pick pixels of."""
    images = [["not said", image]] if image else []
    if run.answers:
        names = run.answers.judgement.classes
        images += [[escape(names[one.true]), f"{_PNG}{one.png}"] for one in run.answers.examples]
    return (
        '<div id="view"></div>\n'
        "<noscript><h2>Network</h2><p>A script of this page draws it; nothing is loaded.</p>"
        f"</noscript>\n{web.embedded('data', data(plan, findings))}"
        f"{web.embedded('images', images)}"
    )


def _facts(run: Whole, plan: Plan | None) -> str:
    """The figures to read first."""
    found: list[tuple[str, str]] = [("status", _status(run, plan))]
    rows = {row.get("epoch"): row for row in run.epochs}
    best = rows.get(run.best)
    last = run.epochs[-1] if run.epochs else None
    for name in sorted(figures.names(run.epochs), key=lambda name: name == "loss"):
        if best and name in best:
            place = f"epoch {run.best}"
            found.append(
                (f"best {run.judged} {name}", f"{figures.told(name, best[name])}, {place}")
            )
        if last and last is not best and name in last:
            found.append((f"last {run.judged} {name}", figures.told(name, last[name])))
    answers = run.answers
    if answers and answers.judgement.part != run.judged:
        judged = answers.judgement
        found.append((f"{judged.part} accuracy", f"{judged.accuracy:.2%}"))
    around = run.environment
    found.append(("time", _clock(run.past.seconds)))
    if around.get("device"):
        found.append(("device", str(around["device"])))
    if run.past.date:
        found.append(("began", f"{run.past.date[:16].replace('T', ' ')} UTC"))
    if plan and plan.spec.train:
        found.append(("seed", str(plan.spec.train.seed)))
    if run.past.params is not None:
        found.append(("parameters", f"{run.past.params:,}"))
    if around.get("git"):
        found.append(("commit", str(around["git"])))
    found += [(key, told) for key in ("tag", "note") if (told := getattr(run.past, key))]
    pairs = "".join(f"<div><dt>{text(key)}</dt><dd>{text(one)}</dd></div>" for key, one in found)
    return f'<dl class="facts">{pairs}</dl>'


def _status(run: Whole, plan: Plan | None) -> str:
    status = "in training" if run.training else run.past.status
    planned = plan.spec.train.epochs if plan and plan.spec.train else None
    done = plural(len(run.epochs), "epoch")
    return (
        f"{status}, {done}"
        if planned in (None, len(run.epochs))
        else f"{status}, {done} of {planned:,}"
    )


def _answers(run: Whole, plan: Plan | None) -> str:
    """What was taken for what, or why that is not known; nothing of a task that has no classes."""
    if run.answers:
        said = _confusion(run, run.answers)
    elif plan and (plan.task.traits.targets != "classes" or plan.task.traits.dense):
        return ""
    else:
        said = f"<p>{text(run.note)}.</p>"
    return f"<section><h2>Answers</h2>\n{said}</section>"


def _confusion(run: Whole, answers: Answers) -> str:
    stale = ""
    if run.best is not None and answers.epoch != run.best:
        stale = f"<p>The best epoch is {run.best} by now; these answers are older.</p>\n"
    return stale + confusion.section(answers)


def _settings(run: Whole) -> str:
    command = run.environment.get("command")
    told: list[tuple[str, Any]] = []
    if isinstance(command, list) and command:
        words = ["netspec", *map(str, command[1:])]
        told.append(("command", shlex.join(words)))
    told += run.past.settings.items()
    around = [(key, one) for key, one in run.environment.items() if key not in _HIDDEN]
    parts = []
    for heading, pairs in (("What it was told", told), ("Where it ran", around)):
        rows = "\n".join(
            f'<tr><th scope="row">{_key(key)}</th><td>{text(_value(one))}</td></tr>'
            for key, one in pairs
            if one is not None
        )
        parts.append(f"<table><caption>{heading}</caption><tbody>\n{rows}\n</tbody></table>")
    return f'<div class="settings">{"".join(parts)}</div>'


def _key(key: str) -> str:
    return text(key).replace(".", ".<wbr>")


def _value(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _clock(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {rest:02} s"
