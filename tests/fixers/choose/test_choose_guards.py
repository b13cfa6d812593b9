"""A guard at two places of one block is one repair, and the earlier one is meant; a guard of something else is not."""

import pytest

from fixers.choose.guards import comes_later
from fixers.hunt import Plausible
from fixers.model import Suspect
from fixers.project import Project
from fixers.search.generate import mutations
from fixers.search.template import Insert

TABLE = '''"""A table."""


class Table:
    def insert(self, row):
        number = self.next()
        {between}
        self.rows[number] = row
        return number

    def update(self, row):
        if not isinstance(row, dict):
            raise TypeError("no dictionary")
        self.rows.update(row)
'''
GUARD = "if not isinstance(row, dict):\n            raise TypeError("


def guards(between: str) -> dict[int, Plausible]:
    project = Project({"table.py": TABLE.replace("{between}", between)})
    suspects = [
        Suspect(path="table.py", function="Table.insert", line=n, end_line=n, score=1, reasons=()) for n in range(6, 10)
    ]
    found = (m for m in mutations(project, suspects) if m.made and isinstance(m.made[1].change, Insert))
    guarding = (m for m in found if m.module.count(GUARD) > 1 and not m.made[1].change.after)
    return {m.line: Plausible(m, m.swap) for m in guarding}


@pytest.mark.parametrize(
    ("between", "alike"),
    [
        ("self.count += 1", True),
        ("row = dict(row)", False),
        ("row.sort()", False),
        ("if self.closed: return None", False),
    ],
)
def test_the_same_guard_further_down_is_the_same_repair(between, alike):
    found = guards(between)
    assert comes_later(found[8], found[6]) is alike
    assert not comes_later(found[6], found[8])
    assert not comes_later(found[6], found[6])
