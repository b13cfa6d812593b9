"""The runner's environment files: one value each, whatever the value says."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from pathlib import Path


def append_values(file: Path, values: Mapping[str, str]) -> None:
    """Append outputs, or variables, for the runner to read when the step ends.

    Each value stands between delimiters that were drawn for it alone, so that none can end
    early and go on as another name.
    """
    with file.open("a", encoding="utf-8", newline="\n") as stream:
        for name, value in values.items():
            stream.write(_entry(name, value.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")))


def _entry(name: str, value: str) -> str:
    delimiter = f"goldseam_{secrets.token_hex(16)}"
    return f"{name}<<{delimiter}\n{value}\n{delimiter}\n"
