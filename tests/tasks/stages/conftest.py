"""A worker's desk on each database."""

from __future__ import annotations

from pathlib import Path

import pytest
from stages_fakes import Desk, make_desk

from tasks.store.database import Store


@pytest.fixture
def desk(sqlite_store: Store, tmp_path: Path) -> Desk:
    return make_desk(sqlite_store, tmp_path)


@pytest.fixture
def either_desk(store: Store, tmp_path: Path) -> Desk:
    return make_desk(store, tmp_path)
