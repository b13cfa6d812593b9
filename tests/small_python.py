"""An interpreter as a small project has it: pytest is installed, and nothing else."""

from __future__ import annotations

import shutil
import sys
import venv
from importlib.metadata import distribution
from pathlib import Path

PACKAGES = ("pytest", "pluggy", "iniconfig", "packaging", "pygments")
"""pytest and what it cannot be imported without."""


def make_small_python(home: Path) -> Path:
    """Make an environment and return its interpreter, which starts pytest in half the time that ours takes.

    Ours has plug-ins, which every run of a target's tests would load.
    """
    venv.create(home, symlinks=True)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    packages = home / "lib" / version / "site-packages"
    for name in PACKAGES:
        found = distribution(name)
        tops = {Path(file).parts[0] for file in found.files or () if ".." not in file.parts}
        for top in tops - {"__pycache__"}:
            source, to = Path(str(found.locate_file(top))), packages / top
            if source.is_dir():
                shutil.copytree(source, to, dirs_exist_ok=True)
            else:
                shutil.copy2(source, to)
    return home / "bin" / "python"
