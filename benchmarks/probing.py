"""What counting statements costs: a suite without, with probes, and with `sys.monitoring`, in processor seconds.

python -m benchmarks.probing TREE --python 3.11/bin/python --python 3.12/bin/python -- tests
"""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from benchmarks.spent import Timed
from fixers.runner.suite import run_suite
from fixers.runner.target import Target
from tasks.prepare import Wishes, prepare
from tasks.sandbox.choose import sandbox

WAYS = ("none", "probes", "monitoring")


@click.command()
@click.argument("tree", type=click.Path(path_type=Path, exists=True))
@click.argument("tests", nargs=-1)
@click.option("--python", "pythons", multiple=True, required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--repeats", default=3, show_default=True, help="The least of so many runs counts.")
def main(*, tree: Path, tests: tuple[str, ...], pythons: tuple[Path, ...], repeats: int) -> None:
    """Run the tests of TREE in each environment and print what each way of counting adds."""
    for python in pythons:
        command = tuple(shlex.split(f"python -m pytest {shlex.join(tests)}"))
        wishes = Wishes(python=python.absolute(), test_command=command)
        request = prepare(tree.absolute(), mount=str(tree.absolute()), cache=tree / "unused", wishes=wishes)
        alone = 0.0
        for way in WAYS:
            seconds, used = measured(request.target, way, repeats)
            if used == way:
                alone = alone or seconds
                click.echo(
                    f"{tree.name}, CPython {request.target.python_version}, {way}: "
                    f"{seconds:.2f} s, {seconds / alone:.2f} times"
                )


def measured(target: Target, way: str, repeats: int) -> tuple[float, str]:
    """Return the least processor time of a run, and which way it counted."""
    spent, used = [], "none"
    for _ in range(repeats):
        timed = Timed(sandbox())
        if way == "none":
            run_suite(target, timed)
        else:
            run = run_suite(target, timed, spectrum_for=("none",), collector="probes" if way == "probes" else None)
            used = run.spectrum.get("collector", "")
        spent.append(timed.spent.cpu)
    return min(spent), used


if __name__ == "__main__":
    main()
