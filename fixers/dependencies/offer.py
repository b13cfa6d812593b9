"""What is said and offered when a module is missing: never done by itself, because it decides what is installed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from fixers.dependencies.manifest import addition, declared
from fixers.dependencies.missing import Missing
from fixers.model import Declined, Offer, Reason
from fixers.patch import unified


def declined_missing(missing: Sequence[Missing], tree: Path) -> Declined:
    """Return why nothing is repaired, with the edit of the manifest that a person may make."""
    first = missing[0]
    where = f" (imported at {first.place})" if first.place else ""
    others = f"; {len(missing) - 1} other modules are missing as well" if len(missing) > 1 else ""
    return Declined(
        Reason.ENVIRONMENT_FAILED,
        f"The module {first.module}{where} is neither in the project nor installed{others}. "
        "No repair of the code is made for a package that is not there.",
        "Take the offer that fits, or give an environment that has it: --python, or `setup` in .github/goldseam.yml.",
        tuple(_offer(one, tree) for one in missing[:5]),
    )


def _offer(missing: Missing, tree: Path) -> Offer:
    name = missing.distribution
    stated = declared(tree, name)
    if stated is not None:
        return Offer(
            kind="dependency",
            title=f"{name} is stated in {stated.where}, which was not installed here.",
            text=f"pip install {stated.install}",
        )
    sure = "" if missing.known else f" (taken to be called like the module: look it up before you install {name})"
    edit = addition(tree, name, for_tests=missing.only_tests)
    used = "tests need" if missing.only_tests else "the code needs"
    return Offer(
        kind="dependency",
        title=f"State {name}, which {used} for `import {missing.module}`{sure}.",
        text=f"pip install {name}",
        patch=unified([edit]) if edit is not None else "",
    )
