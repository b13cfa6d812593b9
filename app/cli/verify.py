"""`goldseam verify`: run somebody's evidence again and say whether it holds."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import requests
from pydantic import ValidationError
from rich.console import Console
from rich.text import Text

from app.cli.fix import cache_directory
from app.schemas import VerifyReport
from fixers.evidence import Evidence
from fixers.reprove import Judgement, reprove
from tasks.errors import BadInput
from tasks.prepare import Wishes, exported, local_policy, prepare, split_command
from tasks.sandbox.choose import sandbox as choose_sandbox

_LARGEST = 64 << 20


@click.command()
@click.argument("bundle")
@click.option("--repo", type=click.Path(path_type=Path), default=Path(), help="The checkout the proof was made for.")
@click.option("--python", "python", type=click.Path(path_type=Path), help="Interpreter of an environment that stands.")
@click.option("--test-command", help="Where the project's own cannot be found.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
@click.option("--trust-target", is_flag=True, help="Run the target's code without a sandbox.")
def verify(
    bundle: str, repo: Path, python: Path | None, test_command: str | None, as_json: bool, trust_target: bool
) -> None:
    """Run the proof in BUNDLE again on the checkout --repo, which must not hold the patch yet.

    Exit codes: 0 the proof holds, 1 it does not, 2 the bundle cannot be read, 3 the
    environment could not be made to run.
    """
    evidence = read_bundle(bundle)
    checkout = repo.resolve()
    if not checkout.is_dir():
        raise BadInput(f"{repo} is not a directory. Give the checkout the proof was made for with --repo.")
    policy = local_policy(checkout)
    wishes = Wishes(
        python=python.absolute() if python else None,  # not resolved: a venv is found by its link
        python_version=policy.python,
        test_command=split_command(test_command) if test_command else policy.test_command,
        setup=policy.setup,
        trusted=trust_target,
    )
    with exported(checkout) as tree:
        request = prepare(tree, mount=str(checkout), cache=cache_directory() / "environments", wishes=wishes)
        sandbox = choose_sandbox(trust_target=trust_target)
        judgement = reprove(evidence, request.target, request.project, request.digest, sandbox)
    if as_json:
        click.echo(VerifyReport.of(judgement).model_dump_json(indent=2))
    else:
        _show(judgement)
    sys.exit(0 if judgement.holds else 1)


def read_bundle(place: str) -> Evidence:
    """Read an evidence bundle from a file or an http(s) address; BadInput says the first thing that is wrong."""
    try:
        return Evidence.model_validate_json(_bytes_of(place))
    except FileNotFoundError:
        raise BadInput(f"{place} does not exist. Give the evidence file that `goldseam fix` wrote.") from None
    except requests.RequestException as error:
        raise BadInput(f"{place} cannot be fetched: {type(error).__name__}. Save the file and give its path.") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the document"
        raise BadInput(f"{place} is no evidence bundle: {where}: {first['msg']}.") from None


def _bytes_of(place: str) -> bytes:
    if not place.startswith(("http://", "https://")):
        return Path(place).read_bytes()
    with requests.get(place, timeout=30, stream=True) as answer:
        answer.raise_for_status()
        data = b""
        for chunk in answer.iter_content(1 << 16):
            data += chunk
            if len(data) > _LARGEST:
                raise BadInput(f"{place} is larger than {_LARGEST >> 20} MiB, so it is no evidence bundle.")
    return data


def _show(judgement: Judgement) -> None:
    console = Console(highlight=False)
    for gate in judgement.gates:
        console.print(Text(f"  {'holds' if gate.passed else 'FALLS':<6} {gate.name}: {gate.detail}"), soft_wrap=True)
    for difference in judgement.differences[:10]:
        console.print(Text(f"  note   {difference}"), soft_wrap=True)
    console.print(f"\n  The proof {'holds' if judgement.holds else 'does not hold'}.")
