"""The environments that the small projects share: real libraries behind a breaking release, real interpreters."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.cases import NoCase
from benchmarks.environment import NotInstalled, run_uv
from tasks.environment.interpreters import InterpreterFacts, installed_interpreters

PYTHONS = "GOLDSEAM_BENCH_PYTHONS"
"""Environment variable: directories, separated as in PATH, that hold interpreters called python3.8, python3.9, …"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """An interpreter by its minor version, and what is installed beside it."""

    python: str
    packages: tuple[str, ...]


SHARED: Mapping[str, Wanted] = {
    "py38": Wanted("3.8", ("pytest==8.3.5",)),
    "py39": Wanted("3.9", ("pytest==8.4.2",)),
    "py310": Wanted("3.10", ("pytest==8.4.2", "tomli==2.3.0")),
    "py311": Wanted("3.11", ("pytest==8.4.2",)),
    "py312": Wanted("3.12", ("pytest==8.4.2",)),
    "py313": Wanted("3.13", ("pytest==8.4.2",)),
    "pytest9": Wanted("3.12", ("pytest==9.0.2",)),
    "asyncio": Wanted("3.12", ("pytest==8.4.2", "pytest-asyncio==1.2.0")),
    "pydantic2": Wanted("3.11", ("pytest==8.4.2", "pydantic==2.12.5", "pydantic-settings==2.12.0")),
    "numpy2": Wanted("3.12", ("pytest==8.4.2", "numpy==2.4.0", "scipy==1.16.3", "networkx==3.6.1")),
    "pandas2": Wanted("3.11", ("pytest==8.4.2", "pandas==2.2.3", "numpy==1.26.4")),
    "pandas3": Wanted("3.12", ("pytest==8.4.2", "pandas==3.0.0", "numpy==2.4.0")),
    "sqlalchemy2": Wanted("3.11", ("pytest==8.4.2", "sqlalchemy==2.0.45")),
    "django42": Wanted("3.11", ("pytest==8.4.2", "django==4.2.27")),
    "django52": Wanted("3.12", ("pytest==8.4.2", "django==5.2.9")),
    "flask3": Wanted("3.12", ("pytest==8.4.2", "flask==3.1.2", "werkzeug==3.1.4", "jinja2==3.1.6", "click==8.2.1")),
    "clients": Wanted(
        "3.12", ("pytest==8.4.2", "httpx==0.28.1", "aiohttp==3.13.2", "requests==2.32.5", "urllib3==2.6.2")
    ),
    "formats": Wanted(
        "3.12",
        (
            "pytest==8.4.2",
            "attrs==25.4.0",
            "marshmallow==4.1.1",
            "pyyaml==6.0.3",
            "pyjwt==2.10.1",
            "pillow==12.0.0",
            "packaging==25.0",
            "itsdangerous==2.2.0",
            "importlib-metadata==8.7.0",
        ),
    ),
    "lint": Wanted(
        "3.11",
        ("pytest==8.4.2", "ruff==0.14.9", "black==25.12.0", "isort==7.0.0", "flake8==7.3.0", "pyupgrade==3.21.2"),
    ),
    "science": Wanted(
        "3.12",
        (
            "pytest==8.4.2",
            "numpy==2.5.5",
            "scipy==1.18.1",
            "scikit-learn==1.9.1",
            "matplotlib==3.11.2",
            "networkx==3.7",
        ),
    ),
    "services": Wanted(
        "3.12",
        (
            "pytest==8.4.2",
            "fastapi==0.165.0",
            "starlette==1.10.0",
            "httpx==0.28.1",
            "jsonschema==4.26.0",
            "redis==8.1.0",
            "celery==5.7.0",
            "cryptography==50.0.2",
            "openpyxl==3.1.5",
            "beautifulsoup4==4.15.0",
            "lxml==6.1.3",
            "tornado==6.6.1",
        ),
    ),
    "texts": Wanted(
        "3.12",
        (
            "pytest==8.4.2",
            "pyparsing==3.3.3",
            "arrow==1.4.0",
            "mistune==3.4.0",
            "markdown==3.11.3",
            "docutils==0.23",
            "babel==2.19.0",
            "faker==40.63.0",
            "wtforms==3.3.2",
        ),
    ),
    "stores": Wanted(
        "3.12",
        (
            "pytest==8.4.2",
            "polars==2.1.0",
            "shapely==2.2.0",
            "peewee==4.5.3",
            "websockets==17.4",
            "pyarrow==26.0.1",
            "protobuf==7.36.2",
        ),
    ),
    "django6": Wanted("3.12", ("pytest==8.4.2", "django==6.1.3", "djangorestframework==3.18.3", "django-filter==26.2")),
    "webstack": Wanted(
        "3.12",
        (
            "pytest==8.4.2",
            "flask==3.1.3",
            "flask-sqlalchemy==3.1.1",
            "flask-login==0.6.3",
            "alembic==1.20.1",
            "pymongo==4.20.1",
            "mongomock==4.3.0",
            "tinydb==4.9.0",
        ),
    ),
    "everyday": Wanted(
        "3.13",
        (
            "pytest==8.4.2",
            "pendulum==3.3.0",
            "cachetools==8.0.2",
            "more-itertools==11.2.1",
            "python-json-logger==4.2.0",
            "semver==3.1.2",
            "tenacity==9.2.1",
            "markupsafe==3.0.4",
            "tzlocal==5.4.5",
            "humanize==4.17.0",
            "deepdiff==9.1.0",
            "sortedcontainers==2.4.0",
            "toolz==1.2.0",
        ),
    ),
    "testing": Wanted(
        "3.12",
        (
            "pytest==8.4.2",
            "pytest-mock==3.17.0",
            "freezegun==1.5.5",
            "responses==0.26.3",
            "requests-mock==1.12.1",
            "factory-boy==3.3.3",
            "hypothesis==6.170.17",
            "pytest-asyncio==1.5.0",
            "anyio==4.16.0",
            "trio==0.35.0",
        ),
    ),
    "plots": Wanted(
        "3.11",
        (
            "pytest==8.4.2",
            "bokeh==3.9.2",
            "plotly==7.1.0",
            "altair==6.3.0",
            "xarray==2026.9.0",
            "statsmodels==0.15.0",
            "sympy==1.14.0",
            "seaborn==0.13.2",
        ),
    ),
    "types": Wanted("3.12", ("pytest==8.4.2", "mypy==1.19.1", "types-requests==2.32.4.20250913", "requests==2.32.5")),
}


def shared(name: str, cache: Path) -> Path:
    """Return the interpreter of a shared environment, made by uv and kept below `cache`.

    NoCase when its interpreter is not on this machine or its packages cannot be installed.
    """
    wanted = SHARED[name]
    key = hashlib.sha256(json.dumps([wanted.python, *wanted.packages]).encode()).hexdigest()[:12]
    home = cache / "environments" / f"shared-{name}-{key}"
    python = home / "bin" / "python"
    if not (home / "done").exists():
        base = interpreter(wanted.python)
        shutil.rmtree(home, ignore_errors=True)
        try:
            run_uv(["venv", "-q", "--python", str(base), str(home)])
            run_uv(["pip", "install", "-q", "--python", str(python), "--only-binary", ":all:", *wanted.packages])
        except NotInstalled as error:
            raise NoCase(str(error)) from error
        (home / "done").touch()
    return python


def interpreter(minor: str) -> Path:
    """Return an interpreter of a minor version; NoCase when this machine has none."""
    for directory in filter(None, os.environ.get(PYTHONS, "").split(os.pathsep)):
        named = Path(directory) / f"python{minor}"
        if os.access(named, os.X_OK):
            return named
    fitting = [facts for facts in _installed() if facts.version.startswith(f"{minor}.")]
    if not fitting:
        raise NoCase(f"This machine has no CPython {minor}; name its directory in {PYTHONS}.")
    return fitting[-1].python


def _installed() -> Iterable[InterpreterFacts]:
    return [facts for facts in installed_interpreters(os.environ) if facts.implementation == "CPython"]
