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
from fixers.tools.reproduce import ToolRequest
from tasks.errors import BadInput
from tasks.prepare import Wishes, exported, local_policy, prepare, split_command
from tasks.report.neutral import visible
from tasks.sandbox.choose import sandbox as choose_sandbox

_LARGEST = 64 << 20
_SECONDS = 30
"""Of silence, not of the whole transfer."""
# In our words, for what a server says of itself is a stranger's text. The first that fits is told.
_CAUSES = (
    (requests.Timeout, f"the server says nothing for {_SECONDS} seconds"),
    (requests.exceptions.SSLError, "the server's certificate cannot be verified"),
    (requests.ConnectionError, "no connection to the server"),
    (requests.exceptions.ChunkedEncodingError, "the server broke off"),
    (requests.exceptions.InvalidURL, "it is no address"),
)


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
        tool=ToolRequest(evidence.tool.tool, evidence.tool.arguments) if evidence.tool is not None else None,
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
    except requests.RequestException as error:
        raise BadInput(f"{place} cannot be fetched: {_why(error)}. Save the file and give its path.") from None
    except FileNotFoundError:
        raise BadInput(f"{place} does not exist. Give the evidence file that `goldseam fix` wrote.") from None
    except OSError as error:
        raise BadInput(f"{place} cannot be read: {error.strerror}. Give the evidence file.") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the document"
        raise BadInput(f"{place} is no evidence bundle: {visible(where)}: {visible(first['msg'])}.") from None


def _bytes_of(place: str) -> bytes:
    if not place.lower().startswith(("http://", "https://")):
        return Path(place).read_bytes()
    data = bytearray()
    with requests.get(place, timeout=_SECONDS, stream=True) as answer:
        answer.raise_for_status()
        for chunk in answer.iter_content(1 << 16):
            data += chunk
            if len(data) > _LARGEST:
                raise BadInput(f"{place} is larger than {_LARGEST >> 20} MiB, so it is no evidence bundle.")
    return bytes(data)


def _why(error: requests.RequestException) -> str:
    if isinstance(error, requests.HTTPError) and error.response is not None:
        return f"the server answers {error.response.status_code}"
    return next((cause for kind, cause in _CAUSES if isinstance(error, kind)), type(error).__name__)


def _show(judgement: Judgement) -> None:
    """Print gates and notes; both name what stands in the bundle, and that must not steer the terminal."""
    console = Console(highlight=False)
    for gate in judgement.gates:
        line = f"  {'holds' if gate.passed else 'FALLS':<6} {gate.name}: {gate.detail}"
        console.print(Text(visible(line)), soft_wrap=True)
    for difference in judgement.differences[:10]:
        console.print(Text(visible(f"  note   {difference}")), soft_wrap=True)
    console.print(f"\n  The proof {'holds' if judgement.holds else 'does not hold'}.")
