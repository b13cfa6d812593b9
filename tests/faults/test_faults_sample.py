"""A sample of the fault matrix at even distances; `make faults` runs all of it."""

import pytest
from faults_cells import Cell, run, sample

pytestmark = pytest.mark.timeout(600)


def test_the_sample_has_every_point_and_every_fault():
    cells = sample()
    assert len({cell.point for cell in cells}) == 16
    assert len({cell.fault for cell in cells}) == 7
    assert {cell.seed for cell in cells} == {0, 1, 2}


@pytest.mark.parametrize("cell", sample(), ids=str)
def test_after_a_fault_nothing_is_lost_and_nothing_repeated(cell: Cell, shared):
    assert run(cell, shared).why == ""
