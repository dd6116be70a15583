"""The commands that explain rules."""

from __future__ import annotations

import typer
from typer.testing import CliRunner

from netspec import rules
from netspec.cli.rule import rule
from netspec.cli.rule import rules as rule_list

NAMES = rules.names()
COMMANDS = typer.Typer()
COMMANDS.command()(rule)
COMMANDS.command("rules")(rule_list)


def test_command_explains_a_rule_with_its_examples() -> None:
    result = CliRunner().invoke(COMMANDS, ["rule", "bias-before-norm"])
    assert result.exit_code == 0
    assert result.stdout.startswith("bias-before-norm (warning)\n\nA bias that")
    assert "    layers: [{Conv2d: [8, 3]}, BatchNorm2d, ReLU]\n" in result.stdout
    assert "```" not in result.stdout


def test_command_lists_every_rule_with_severity_and_summary() -> None:
    lines = CliRunner().invoke(COMMANDS, ["rules"]).stdout.splitlines()
    assert [line.split()[0] for line in lines] == list(NAMES)
    for line, name in zip(lines, NAMES, strict=True):
        assert line.split(maxsplit=2)[1:] == [rules.find(name).severity, rules.find(name).summary]


def test_command_names_the_nearest_rule_for_an_unknown_one() -> None:
    result = CliRunner().invoke(COMMANDS, ["rule", "bias-before-nrm"])
    assert result.exit_code != 0
    assert str(result.exception) == "no rule is called 'bias-before-nrm'"
    assert getattr(result.exception, "help", None) == "did you mean bias-before-norm?"
