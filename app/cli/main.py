"""The `goldseam` command: one verb a file, our errors in one line, anything else a traceback."""

from __future__ import annotations

import sys

import click

from app.cli.demo import demo
from app.cli.doctor import doctor
from app.cli.fix import fix
from app.cli.govern import ledger, resume, stop
from app.cli.rules import rules
from app.cli.serve import beat, broker, up, web, worker
from app.cli.verify import verify
from fixers.runner.sandbox import SandboxError
from tasks.errors import EnvironmentFailed, GoldseamError

USAGE, ENVIRONMENT, INTERNAL = 2, 3, 4


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="goldseam", message="goldseam %(version)s")
def cli() -> None:
    """Take a red CI run to a proven, reviewable repair."""


for _verb in (fix, verify, demo, doctor, rules, up, web, worker, broker, beat, stop, resume, ledger):
    cli.add_command(_verb)


def main() -> None:
    """Run the command line and exit with its code."""
    try:
        code = cli.main(standalone_mode=False)
    except click.exceptions.Exit as end:
        code = end.exit_code
    except click.ClickException as error:
        error.show()
        code = USAGE
    except (click.Abort, KeyboardInterrupt):
        code = 130
    except (EnvironmentFailed, SandboxError) as error:
        code = _say(error, ENVIRONMENT)
    except GoldseamError as error:
        code = _say(error, USAGE)
    except OSError as error:
        code = _say(error, INTERNAL)
    sys.exit(code if isinstance(code, int) else 0)


def _say(error: Exception, code: int) -> int:
    print(f"goldseam: {error}", file=sys.stderr)
    tail = getattr(error, "tail", "")
    if tail:
        print(tail.rstrip(), file=sys.stderr)
    return code


if __name__ == "__main__":
    main()
