"""`goldseam rules`: every codemod and search template, with an example."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import click
from rich.console import Console
from rich.text import Text

from fixers.codemods.registry import ALL as CODEMODS
from fixers.search.registry import ALL as TEMPLATES
from tasks.errors import BadInput


@dataclass(frozen=True, slots=True)
class Rule:
    """A maker of candidates, as people see it."""

    name: str
    kind: str
    tier: str
    message: str
    before: str
    after: str


def all_rules() -> Iterator[Rule]:
    """Yield the codemods and then the search templates, in the order in which they are tried."""
    for codemod in CODEMODS:
        example = codemod.INVALID[0]
        yield Rule(codemod.NAME, "codemod", codemod.TIER.name, codemod.MESSAGE, example.before, example.after)
    for template in TEMPLATES:
        shown = template.INVALID[0]
        yield Rule(template.NAME, "search", template.TIER.name, template.SUMMARY, shown.before, shown.after)


@click.group(invoke_without_command=True)
@click.pass_context
def rules(context: click.Context) -> None:
    """List every kind of repair; tier A follows from the error, B needs one behaviour, C is only offered."""
    if context.invoked_subcommand is not None:
        return
    console = Console(highlight=False)
    for rule in all_rules():
        console.print(Text(f"  {rule.kind:<8} {rule.tier}  {rule.name:<26} {rule.message}"), soft_wrap=True)


@rules.command()
@click.argument("name")
def show(name: str) -> None:
    """Explain one kind of repair with an example."""
    found = next((rule for rule in all_rules() if rule.name == name), None)
    if found is None:
        raise BadInput(f"There is no rule {name!r}. `goldseam rules` lists them.")
    click.echo(f"{found.name} ({found.kind}, tier {found.tier})\n{found.message}\n")
    click.echo("before:\n" + _indented(found.before) + "\nafter:\n" + _indented(found.after))


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.rstrip().splitlines())
