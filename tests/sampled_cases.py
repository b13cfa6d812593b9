"""A matrix of which `make test` runs a sample and `make test-matrix` the rest."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import pytest


def sampled(cases: Mapping[str, Any], sample: Collection[str]) -> list[Any]:
    """Return one parameter set a case, under its name; those outside the sample are marked as the matrix's bulk."""
    unknown = set(sample) - cases.keys()
    if unknown or not sample:
        raise ValueError(f"the sample is empty or names what is no case: {sorted(unknown)}")
    return [
        pytest.param(*_values(case), marks=() if name in sample else pytest.mark.matrix, id=name)
        for name, case in cases.items()
    ]


def _values(case: Any) -> tuple[Any, ...]:
    return case if isinstance(case, tuple) else (case,)
