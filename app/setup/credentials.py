"""The App's credentials on disk: for this account alone, whole or not at all.

Three files, so that each process reads only what it needs: who the App is (no
secret), its private key (the broker), its webhook secret (the web process).
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from tasks.errors import BadInput
from tasks.github.registration import Registered

_NAME = "app.json"
_KEY = "private-key.pem"
_SECRET = "webhook-secret"  # noqa: S105 - the name of a file


class StoredApp(BaseModel):
    """Who the App is."""

    model_config = ConfigDict(frozen=True)

    schema_version: Literal["1.0"] = "1.0"
    id: int
    slug: str
    html_url: str
    github_url: str
    """Of the GitHub it was created at."""


def key_file(folder: Path) -> Path:
    """Return where the private key of a stored App is."""
    return folder / _KEY


def stored_app(folder: Path, github_url: str) -> StoredApp | None:
    """Return the App that the set-up page stored, or None; BadInput when it belongs to another GitHub."""
    try:
        raw = (folder / _NAME).read_bytes()
    except FileNotFoundError:
        return None
    try:
        app = StoredApp.model_validate_json(raw)
    except ValidationError:
        raise BadInput(f"{folder / _NAME} cannot be read. Move {folder} away to create the App anew.") from None
    if app.github_url.rstrip("/") != github_url.rstrip("/"):
        raise BadInput(
            f"The App in {folder} belongs to {app.github_url}, and GOLDSEAM_GITHUB_URL is {github_url}. "
            "Set it to the former, or use another GOLDSEAM_DATA_DIR."
        )
    return app


def stored_secret(folder: Path) -> str:
    """Return the webhook secret of a stored App; BadInput when it cannot be read."""
    try:
        return (folder / _SECRET).read_text()
    except OSError as error:
        raise BadInput(f"{folder / _SECRET} cannot be read: {error.strerror}.") from None


def store(folder: Path, registered: Registered, github_url: str) -> StoredApp:
    """Store a new App's credentials, the name last: what was cut off before that is no App yet."""
    app = StoredApp(
        id=registered.id, slug=registered.slug, html_url=registered.html_url, github_url=github_url.rstrip("/")
    )
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)
    for name, text in (
        (_KEY, registered.private_key),
        (_SECRET, registered.webhook_secret),
        (_NAME, app.model_dump_json(indent=2) + "\n"),
    ):
        _write(folder / name, text)
    return app


def _write(path: Path, text: str) -> None:
    """Write a file that nobody else could ever read; on disk when this returns."""
    draft = path.with_suffix(path.suffix + ".new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(descriptor)
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
