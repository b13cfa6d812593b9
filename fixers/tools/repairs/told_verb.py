"""Docstrings that tell what a function does where the linter wants them to ask for it."""

from __future__ import annotations

import re
from typing import ClassVar

from fixers.tools.repairs.base import Case, Example, FindingRepair
from fixers.tools.repairs.lines import from_the_end, split

_FIRST = re.compile(r"(?P<start>\s*(?:[rR]?(?:\"\"\"|'''|\"|'))?\s*)(?P<word>[A-Z][a-z]+)(?=\s)")
_SAYS = 'First line of docstring should be in imperative mood: "Returns one."'
_WRITTEN = (
    "Add Append Apply Assert Build Calculate Call Check Clean Clear Close Collect Compare Compute Configure Connect "
    "Convert Copy Count Create Decode Define Delete Determine Display Download Encode Ensure Execute Extract Fetch "
    "Filter Find Format Generate Get Handle Implement Import Initialize Insert Install Iterate Join List Load Log "
    "Make Merge Move Open Parse Perform Prepare Print Process Provide Raise Read Receive Record Register Remove "
    "Render Replace Represent Reset Resolve Retrieve Return Run Save Select Send Set Show Sort Split Start Stop "
    "Store Sum Test Transform Update Upload Use Validate Verify Wait Wrap Write Yield "
)
_VERBS = frozenset(_WRITTEN.split())
_SAME = {"Catches": "Catch", "Fetches": "Fetch", "Matches": "Match", "Searches": "Search", "Processes": "Process",
         "Passes": "Pass", "Applies": "Apply", "Copies": "Copy", "Verifies": "Verify", "Tries": "Try",
         "Returning": "Return", "Getting": "Get", "Creating": "Create", "Does": "Do", "Initializes": "Initialize",
         "Initialises": "Initialise", "Normalizes": "Normalize", "Pushes": "Push", "Flushes": "Flush"}  # fmt: skip


class ToldVerb(FindingRepair):
    """Write the verb that begins a docstring as one asks for it: `Return`, not `Returns`; only verbs that are known."""

    NAME = "told-verb"
    NUMBER = 1
    PRIOR = 0.97
    MESSAGE = "a docstring tells what is done, and does not ask for it"
    CODES = frozenset({"D401"})
    VALID: ClassVar[tuple[Example, ...]] = (
        Example('def f():\n    """Whales here."""\n', 'def f():\n    """Whales here."""\n', "D401", _SAYS, 2, 5),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example('def f():\n    """Returns one."""\n', 'def f():\n    """Return one."""\n', "D401", _SAYS, 2, 5),
        Example('def f():\n    """\n    Fetches one.\n    """\n', 'def f():\n    """\n    Fetch one.\n    """\n',
                "D401", _SAYS, 2, 5),
    )  # fmt: skip

    def mend(self, case: Case) -> str:
        """Mend the first word of each docstring."""
        lines = split(case.text)
        for _, index in from_the_end(case.findings, lines):
            for at in (index, index + 1):
                first = _FIRST.match(lines[at]) if at < len(lines) else None
                if first:
                    word = _SAME.get(first["word"], "")
                    word = word or (first["word"][:-1] if first["word"][:-1] in _VERBS else "")
                    lines[at] = first["start"] + (word or first["word"]) + lines[at][first.end() :]
                    break
        return "".join(lines)
