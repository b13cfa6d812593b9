"""Everything around the servers that are struck; made once."""

from collections.abc import Iterator

import pytest
from faults_rig import Bench, bench


@pytest.fixture(scope="session")
def shared() -> Iterator[Bench]:
    with bench() as made:
        yield made
