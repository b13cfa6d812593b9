"""A web application of the pages alone, over a real store."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pages_fill import Fill
from sqlalchemy import event

from app.pages.routes import pages
from tasks.stop import StopSwitch
from tasks.store.database import Store, open_store, upgrade


@pytest.fixture(scope="session")
def pages_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a migrated database file to copy."""
    path = tmp_path_factory.mktemp("pages") / "goldseam.db"
    store = open_store(f"sqlite:///{path}")
    upgrade(store.engine)
    store.engine.dispose()
    return path


@pytest.fixture
def store(pages_model: Path, tmp_path: Path) -> Iterator[Store]:
    shutil.copy(pages_model, tmp_path / "goldseam.db")
    opened = open_store(f"sqlite:///{tmp_path / 'goldseam.db'}")
    event.listen(opened.engine, "connect", lambda raw, _: raw.execute("PRAGMA synchronous=OFF").close())
    yield opened
    opened.engine.dispose()


@pytest.fixture
def read_only(store: Store, tmp_path: Path) -> Iterator[Store]:
    """Open the same database once more, so that any write raises."""
    opened = open_store(f"sqlite:///{tmp_path / 'goldseam.db'}")
    event.listen(opened.engine, "connect", lambda raw, _: raw.execute("PRAGMA query_only=ON").close())
    yield opened
    opened.engine.dispose()


@pytest.fixture
def switch(store: Store, tmp_path: Path) -> StopSwitch:
    return StopSwitch((tmp_path / "STOP",), store)


@pytest.fixture
def fill(store: Store, switch: StopSwitch) -> Fill:
    return Fill(store, switch)


@pytest.fixture
def browser(read_only: Store, tmp_path: Path) -> FlaskClient:
    """Return a client; every request of every test runs on a connection that cannot write."""
    app = Flask("pages-alone", template_folder=None, static_folder=None)
    app.register_blueprint(pages(read_only, StopSwitch((tmp_path / "STOP",), read_only)))
    return app.test_client()
