"""`goldseam doctor`: what is missing or unsafe on this machine, and the command that mends it."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator

import click
from rich.console import Console
from rich.text import Text

from app.config import Settings, receiving_settings
from app.doctor.finding import DoctorReport, Finding
from app.doctor.machine import look_at_data, look_at_machine


@click.command()
@click.option("--server", is_flag=True, help="Look at what `goldseam up` needs as well; so when an App is configured.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def doctor(*, server: bool, as_json: bool) -> None:
    """Look at this machine; exit code 1 when something that is needed is missing."""
    config = receiving_settings()
    whole = server or not config.has_no_app
    findings = tuple(_look(config, whole=whole))
    report = DoctorReport.of(findings, _shown(config) if whole else {})
    if as_json:
        print(report.model_dump_json(indent=2))
    else:
        _tell(report)
    sys.exit(0 if report.healthy else 1)


def _look(config: Settings, *, whole: bool) -> Iterator[Finding]:
    yield from look_at_machine()
    if not whole:
        return
    # The server's imports cost a laptop's doctor a second.
    from app.doctor.github import look_at_github  # noqa: PLC0415
    from app.doctor.server import look_at_credentials, look_at_database, look_at_redis  # noqa: PLC0415

    yield from look_at_data(config)
    yield from look_at_credentials(config)
    yield from look_at_database(config)
    yield from look_at_redis(config)
    yield from look_at_github(config)


def _tell(report: DoctorReport) -> None:
    console = Console(highlight=False)
    for finding in report.findings:
        console.print(Text(f"  {finding.mark:<7} {finding.name}: {finding.detail}"), soft_wrap=True)
        if not finding.ok and finding.mend:
            console.print(Text(f"          mend it:  {finding.mend}"), soft_wrap=True)
    if report.configuration:
        console.print("\n  Configuration in force:")
        for name, value in report.configuration.items():
            console.print(Text(f"    {name} = {value}"), soft_wrap=True)


def _shown(config: Settings) -> dict[str, str]:
    return {f"GOLDSEAM_{name.upper()}": _masked(str(value)) for name, value in config.model_dump().items()}


def _masked(value: str) -> str:
    """Hide a password that stands within an address."""
    return re.sub(r"(?<=://)([^/@:]*):[^/@]+@", r"\1:********@", value)
