"""`python -m benchmarks.impossible`: list the cases, or check that each keeps its promises in the sandbox."""

from __future__ import annotations

from benchmarks.impossible import named, project_of
from benchmarks.impossible.check import faults
from benchmarks.set_command import command

if __name__ == "__main__":
    command(named, project_of, faults)()
