"""`python -m benchmarks.marks TREE…`: how many functions of published packages bear a mark that a slip often leaves.

The choice among repairs that pass every test leans on such marks being rare in code that is right.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from fixers.choose.marks import LOOKS
from fixers.localize.syntax import functions_of, tree_of
from fixers.project import read_project

_ASIDE = ("docs/", "examples/", "build/", "benchmark")


@click.command()
@click.argument("trees", nargs=-1, required=True, type=click.Path(exists=True, file_okay=False, path_type=Path))
def main(trees: tuple[Path, ...]) -> None:
    """Count functions, and those that bear each mark, in source TREES; tests and documentation are left out."""
    functions, marked = 0, Counter[str]()
    for tree in trees:
        project = read_project(tree, (".",))
        for path in (path for path in project.repairable() if not path.startswith(_ASIDE)):
            for function in functions_of(tree_of(project, path)).values():
                functions += 1
                marked.update(look.__name__ for look in LOOKS if any(True for _ in look(function)))
    click.echo(f"{functions:,} functions of {len(trees)} trees")
    for name, count in marked.most_common():
        click.echo(f"{count:>6}  {name.replace('_', ' ')}")


if __name__ == "__main__":
    main()
