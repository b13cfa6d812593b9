"""`goldseam rules`: every codemod and search template, with an example and how often it was right."""

from __future__ import annotations

from collections.abc import Iterator

import click
from rich.console import Console
from rich.text import Text

from app.schemas import RuleEntry, RulesReport
from fixers.rules import BUILT_IN, TIERS, Rule, all_rules, plugins
from tasks.errors import BadInput


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
@click.pass_context
def rules(context: click.Context, *, as_json: bool) -> None:
    """List every kind of repair; tier A follows from the error, B needs one behaviour, C is only offered."""
    context.obj = as_json
    if context.invoked_subcommand is not None:
        return
    found = plugins()
    listed = tuple(all_rules(found))
    if as_json:
        entries = tuple(RuleEntry.of(rule) for rule in listed)
        click.echo(RulesReport(rules=entries, refused=found.refused).model_dump_json(indent=2))
        return
    console = Console(highlight=False)
    for rule in listed:
        for line in _row(rule):
            console.print(Text(line), soft_wrap=True)
    for sentence in found.refused:
        console.print(Text(sentence), soft_wrap=True)


@rules.command()
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
@click.pass_context
def show(context: click.Context, name: str, *, as_json: bool) -> None:
    """Explain one kind of repair: why it is a bug, an example, near misses, and how often it was right."""
    rule = next((rule for rule in all_rules() if rule.name == name), None)
    if rule is None:
        raise BadInput(f"There is no rule {name!r}. `goldseam rules` lists them.")
    if as_json or context.obj:
        click.echo(RuleEntry.of(rule).model_dump_json(indent=2))
    else:
        click.echo("\n".join(_explained(rule)))


def _row(rule: Rule) -> Iterator[str]:
    measured = rule.measured.told() if rule.measured else "not measured"
    origin = "" if rule.source == BUILT_IN else f"  [{rule.source}]"
    yield f"  {rule.kind:<8} {rule.tier.name}  {rule.name:<26} {rule.message}{origin}"
    yield f"{'':14}{measured}: {rule.example}"


def _explained(rule: Rule) -> Iterator[str]:
    yield f"{rule.name} ({rule.kind}, tier {rule.tier.name}, of {rule.source})"
    yield f"{rule.message}\n"
    if rule.why:
        yield f"{rule.why}\n"
    yield f"before:\n{_indented(rule.before)}\n"
    yield f"after:\n{_indented(rule.after)}\n"
    yield "left alone:\n" + "\n\n".join(map(_indented, rule.left_alone)) + "\n"
    yield f"tier {rule.tier.name}: {TIERS[rule.tier]}"
    yield f"prior: {rule.prior:.2f}, believed; it orders candidates and proves nothing"
    yield f"measured: {rule.measured.told() if rule.measured else 'not measured'}"


def _indented(text: str) -> str:
    return "\n".join(f"    {line}".rstrip() for line in text.rstrip().splitlines())
