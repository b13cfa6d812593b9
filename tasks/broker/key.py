"""Read the App's private key, if nobody else can."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from tasks.errors import BadInput

_MOST_BYTES = 1 << 16


def read_key(path: Path) -> str:
    """Return the PEM text; BadInput when others can read the file, or when it holds no usable key."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        raise BadInput(
            f"The App's private key {path} cannot be opened: {os.strerror(error.errno or 0)}. "
            "Set GOLDSEAM_PRIVATE_KEY_FILE to the file that GitHub gave you."
        ) from None
    with os.fdopen(descriptor, "rb") as file:
        # Asked of the open file, so that it cannot be exchanged between the look and the reading.
        mode = stat.S_IMODE(os.fstat(descriptor).st_mode)
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise BadInput(
                f"The App's private key {path} can be read by others (mode {mode:04o}), "
                f"and whoever has it can write to every repository. Run: chmod 600 {path}"
            )
        raw = file.read(_MOST_BYTES)
    try:
        load_pem_private_key(raw, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise BadInput(f"{path} holds no private key in PEM. Download one from the App's settings page.") from None
    return raw.decode("ascii")
