"""`goldseam doctor`: what is missing or unsafe on this machine, and the command that mends it."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import click
from rich.console import Console
from rich.text import Text

from app.config import Settings, settings
from tasks.broker.key import read_key
from tasks.errors import GoldseamError
from tasks.sandbox.choose import probe


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    name: str
    ok: bool
    detail: str
    mend: str = ""
    required: bool = True


@click.command()
@click.option("--server", is_flag=True, help="Look at what `goldseam up` needs as well.")
def doctor(*, server: bool) -> None:
    """Look at this machine; exit code 1 when something that is needed is missing."""
    config = settings()
    findings = [*_machine(), *(_server(config) if server else ())]
    console = Console(highlight=False)
    for finding in findings:
        mark = "ok     " if finding.ok else ("MISSING" if finding.required else "weaker ")
        console.print(Text(f"  {mark} {finding.name}: {finding.detail}"), soft_wrap=True)
        if not finding.ok and finding.mend:
            console.print(Text(f"          mend it:  {finding.mend}"), soft_wrap=True)
    if server:
        console.print("\n  Configuration in force:")
        for name, value in config.model_dump().items():
            console.print(Text(f"    GOLDSEAM_{name.upper()} = {_masked(str(value))}"), soft_wrap=True)
    sys.exit(0 if all(f.ok or not f.required for f in findings) else 1)


def _masked(value: str) -> str:
    """Hide a password that stands within an address."""
    return re.sub(r"(?<=://)([^/@:]*):[^/@]+@", r"\1:********@", value)


def _machine() -> Iterator[Finding]:
    for layer in probe():
        yield Finding(layer.name, layer.ok, layer.detail, layer.mend, layer.required)
    for name, package in (("git", "git"),):
        found = shutil.which(name)
        yield Finding(name, found is not None, found or "not found", f"apt-get install {package}")
    python = sys.version_info
    yield Finding("Python", python >= (3, 11), ".".join(map(str, python[:3])), "apt-get install python3.11")
    free = shutil.disk_usage("/tmp").free >> 30  # noqa: S108 - the place where trees are laid out
    yield Finding("disk", free >= 2, f"{free} GiB free for temporary files", "free some space under /tmp")


def _server(config: Settings) -> Iterator[Finding]:
    yield Finding("GOLDSEAM_APP_ID", config.app_id is not None, str(config.app_id), "set it to the App's id")
    secret = bool(config.webhook_secret.get_secret_value())
    yield Finding("GOLDSEAM_WEBHOOK_SECRET", secret, "set" if secret else "not set", "set it as in the App's settings")
    if config.private_key_file is None:
        yield Finding("GOLDSEAM_PRIVATE_KEY_FILE", ok=False, detail="not set", mend="set it to the App's key file")
        return
    try:
        read_key(config.private_key_file)
    except GoldseamError as error:
        yield Finding("GOLDSEAM_PRIVATE_KEY_FILE", ok=False, detail=str(error))
    else:
        yield Finding("GOLDSEAM_PRIVATE_KEY_FILE", ok=True, detail=f"{config.private_key_file}, readable by us alone")
