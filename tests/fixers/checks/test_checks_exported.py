"""What `__all__` gives out, as far as a patch may not take it away."""

import pytest

from fixers.checks.integrity import integrity_gates
from fixers.model import FileEdit

_BODY = "\n\n\nclass Store:\n    pass\n"


@pytest.mark.parametrize(
    ("before", "passes"),
    [
        ('__all__ = ["Cache"]', True),
        ('__all__ = ["Cache"]\nCache = 1', False),
        ('__all__ = ["json"]\nimport json', False),
    ],
    ids=["never bound", "bound", "imported"],
)
def test_only_what_was_there_can_be_lost(before: str, passes: bool) -> None:
    after = f'__all__ = ["Store"]{before[before.index("]") + 1 :]}{_BODY}'
    gates = integrity_gates([FileEdit("pkg/mod.py", before + _BODY, after)], test_literals=())
    assert all(gate.passed for gate in gates) is passes
