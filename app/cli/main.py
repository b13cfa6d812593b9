"""The `goldseam` command: one verb a file, our errors in one line, anything else a traceback."""

from __future__ import annotations

import sys
import traceback
from importlib import import_module
from types import MappingProxyType

import click

from app.cli.ending import document, ending_of

VERBS = MappingProxyType(
    {
        "fix": "fix",
        "verify": "verify",
        "demo": "demo",
        "doctor": "doctor",
        "rules": "rules",
        "up": "serve",
        "web": "serve",
        "worker": "serve",
        "broker": "serve",
        "beat": "serve",
        "proxy": "serve",
        "stop": "govern",
        "resume": "govern",
        "ledger": "govern",
        "action": "action",
    }
)
"""Verb to its module; a module is imported when its verb is used, because the engine's imports cost a second."""


class Verbs(click.Group):
    """The verbs, loaded when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the verbs in the order in which a person meets them."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - same
        """Import a verb's module and return its command; None when there is no such verb."""
        if cmd_name not in VERBS:
            return None
        command = getattr(import_module(f"app.cli.{VERBS[cmd_name]}"), cmd_name)
        return command if isinstance(command, click.Command) else None


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="goldseam", message="goldseam %(version)s")
def cli() -> None:
    """Take a red CI run to a proven, reviewable repair."""


def main() -> None:
    """Run the command line and exit with its code; with `--json` there is one document whatever happens."""
    try:
        code = cli.main(standalone_mode=False)
    except click.exceptions.Exit as end:
        code = end.exit_code
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the door: what nobody caught is told here
        code = _tell(error)
    sys.exit(code if isinstance(code, int) else 0)


def _tell(error: Exception | KeyboardInterrupt) -> int:
    ending = ending_of(error)
    if ending.unforeseen:
        traceback.print_exception(error)
    if isinstance(error, click.UsageError):
        error.show()
    else:
        print(f"goldseam: {ending.sentence}", file=sys.stderr)
    if ending.tail:
        print(ending.tail, file=sys.stderr)
    verb = next((word for word in sys.argv[1:] if not word.startswith("-")), "")
    if "--json" in sys.argv and verb in {"fix", "verify"}:
        print(document(verb, ending))
    return ending.code


if __name__ == "__main__":
    main()
