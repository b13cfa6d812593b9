"""`python -m benchmarks.impossible`: list the cases, or check that each keeps its promises in the sandbox."""

from __future__ import annotations

from benchmarks.impossible import PROJECTS
from benchmarks.impossible.check import faults
from benchmarks.set_command import command

if __name__ == "__main__":
    command(PROJECTS, faults)()
