"""Calls of other libraries that the installed release takes in another form."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.conversion import conversions
from fixers.codemods.tables.model_shapes import RULES as MODELS
from fixers.codemods.tables.service_shapes import RULES as SERVICES
from fixers.codemods.tables.tool_shapes import RULES as TOOLS
from fixers.model import Candidate, Tier

_SELECT = "Column expression, FROM clause, or other columns clause element expected. Did you mean to say select(…)?"
_SA = {"sqlalchemy": frozenset({"select", "text"})}
_PYDANTIC = {
    "pydantic": frozenset({"BaseModel", "ConfigDict", "Field", "field_validator", "model_validator", "validator"}),
    "pydantic.BaseModel": frozenset({"model_dump", "dict"}),
}
_V2 = {"pydantic": "2.14.4"}
_CONFIG = "Support for class-based `config` is deprecated, use ConfigDict instead. Deprecated in Pydantic V2.0."
_VALIDATOR = (
    "Pydantic V1 style `@validator` validators are deprecated. You should migrate to Pydantic V2 style "
    "`@field_validator` validators, see the migration guide for more details."
)
_DICT = "The `dict` method is deprecated; use `model_dump` instead. Deprecated in Pydantic V2.0 to be removed in V3.0."

_APP = "from flask import Flask\n\napp = Flask(__name__)\n\n\n"
_ORDERS = (
    "from sqlalchemy.orm import joinedload, relationship\n\n\n"
    "class Order(Base):\n    lines = relationship('Line')\n\n\n"
    "class Line(Base):\n    article = relationship('Article')\n\n\n"
)


class ReshapedApi(Codemod):
    """Write a call, a decorator or a class of a library as the installed release takes it.

    Knows pydantic 2, SQLAlchemy 2, Django to 6, Flask, marshmallow, httpx, urllib3, PyJWT, PyYAML, redis and what
    took the place of `pkg_resources`. Every use in the project that its form proves is rewritten with the one
    that failed; when that is not enough, everything the library no longer takes.
    """

    NAME = "reshaped-api"
    NUMBER = 26
    TIER = Tier.A
    PRIOR = 0.92
    MESSAGE = "the installed release of a library takes this in another form"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # the release before the change is installed: something else is wrong
            before="import yaml\n\n\ndef f(x):\n    return yaml.load(x)\n",
            after="import yaml\n\n\ndef f(x):\n    return yaml.load(x)\n",
            exception="TypeError",
            message="load() missing 1 required positional argument: 'Loader'",
            line=5,
            names={"yaml": frozenset({"safe_load", "load"})},
            versions={"pyyaml": "5.4"},
        ),
        Rewrite(  # a model whose validator looks at the field: that needs a person
            before=(
                "from pydantic import BaseModel, validator\n\n\nclass M(BaseModel):\n    a: int\n\n"
                "    @validator('a')\n    def check(cls, v, field):\n        return v or field.default\n"
            ),
            after=(
                "from pydantic import BaseModel, validator\n\n\nclass M(BaseModel):\n    a: int\n\n"
                "    @validator('a')\n    def check(cls, v, field):\n        return v or field.default\n"
            ),
            exception="pydantic.warnings.PydanticDeprecatedSince20",
            message=_VALIDATOR,
            line=7,
            names=_PYDANTIC,
            versions=_V2,
        ),
        Rewrite(  # no model of pydantic, whatever its inner class is called
            before="import pydantic\n\n\nclass M:\n    class Config:\n        orm_mode = True\n",
            after="import pydantic\n\n\nclass M:\n    class Config:\n        orm_mode = True\n",
            exception="pydantic.warnings.PydanticDeprecatedSince20",
            message=_CONFIG,
            line=4,
            names=_PYDANTIC,
            versions=_V2,
        ),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # a relationship, and one behind it
            before=_ORDERS + "def f(s):\n    q = s.query(Order)\n    return q.options(joinedload('lines.article'))\n",
            after=_ORDERS
            + "def f(s):\n    q = s.query(Order)\n"
            + "    return q.options(joinedload(Order.lines).joinedload(Line.article))\n",
            exception="sqlalchemy.exc.ArgumentError",
            message="Strings are not accepted for attribute names in loader options; please use class-bound attributes",
            line=14,
            versions={"sqlalchemy": "2.0.51"},
        ),
        Rewrite(
            before=_APP + "@app.before_first_request\ndef warm():\n    fill()\n",
            after=_APP + "def warm():\n    fill()\n\n\nwith app.app_context():\n    warm()\n",
            exception="AttributeError",
            message="'Flask' object has no attribute 'before_first_request'",
            line=6,
            versions={"flask": "3.1.2"},
        ),
        Rewrite(
            before="from itsdangerous import TimedJSONWebSignatureSerializer as S\n\n\ndef f(k, u):\n"
            "    return S(k, 60).dumps(u).decode()\n\n\ndef g(k, t):\n    s = S(k)\n    return s.loads(t)\n",
            after="from itsdangerous import URLSafeTimedSerializer\n\n\ndef f(k, u):\n"
            "    return URLSafeTimedSerializer(k).dumps(u)\n\n\ndef g(k, t):\n    s = URLSafeTimedSerializer(k)\n"
            "    return s.loads(t, max_age=60)\n",
            exception="ImportError",
            message="cannot import name 'TimedJSONWebSignatureSerializer' from 'itsdangerous'",
            line=1,
            names={"itsdangerous": frozenset({"URLSafeTimedSerializer"})},
            versions={"itsdangerous": "2.2.0"},
        ),
        Rewrite(
            before=(
                "from flask import Flask\nfrom flask.json import JSONEncoder\n\n\nclass Sets(JSONEncoder):\n"
                "    def default(self, x):\n        return sorted(x)\n\n\n"
                "app = Flask(__name__)\napp.json_encoder = Sets\n"
            ),
            after=(
                "from flask import Flask\nfrom flask.json.provider import DefaultJSONProvider\n\n\n"
                "class Sets(DefaultJSONProvider):\n"
                "    def default(self, x):\n        return sorted(x)\n\n\napp = Flask(__name__)\napp.json = Sets(app)\n"
            ),
            exception="ImportError",
            message="cannot import name 'JSONEncoder' from 'flask.json' (/v/flask/json/__init__.py)",
            line=2,
            names={"flask.json.provider": frozenset({"DefaultJSONProvider"})},
            versions={"flask": "3.1.2"},
        ),
        Rewrite(
            before="import sqlalchemy as sa\n\n\ndef f(t):\n    return sa.select([t.c.a, t.c.b])  # both\n",
            after="import sqlalchemy as sa\n\n\ndef f(t):\n    return sa.select(t.c.a, t.c.b)  # both\n",
            exception="sqlalchemy.exc.ArgumentError",
            message=_SELECT,
            line=5,
            names=_SA,
            versions={"sqlalchemy": "2.1.9"},
        ),
        Rewrite(
            before="from sqlalchemy import create_engine\n\n\ndef f(c):\n    return c.execute('select 1').scalar()\n",
            after=(
                "from sqlalchemy import create_engine, text\n\n\n"
                "def f(c):\n    return c.execute(text('select 1')).scalar()\n"
            ),
            exception="sqlalchemy.exc.ObjectNotExecutableError",
            message="Not an executable object: 'select 1'",
            line=5,
            names=_SA,
            versions={"sqlalchemy": "2.1.9"},
        ),
        Rewrite(
            before=(
                "from pydantic import BaseModel\n\n\nclass M(BaseModel):\n    a: int\n\n"
                "    class Config:\n        orm_mode = True\n        extra = 'forbid'\n"
            ),
            after=(
                "from pydantic import BaseModel, ConfigDict\n\n\nclass M(BaseModel):\n    a: int\n\n"
                "    model_config = ConfigDict(from_attributes=True, extra='forbid')\n"
            ),
            exception="pydantic.warnings.PydanticDeprecatedSince20",
            message=_CONFIG,
            line=4,
            names=_PYDANTIC,
            versions=_V2,
        ),
        Rewrite(
            before=(
                "from pydantic import BaseModel, validator\n\n\nclass M(BaseModel):\n    a: int\n    b: int\n\n"
                "    @validator('b', pre=True)\n    def check(cls, v, values):\n        return v or values['a']\n"
            ),
            after=(
                "from pydantic import BaseModel, field_validator\n\n\nclass M(BaseModel):\n    a: int\n    b: int\n\n"
                "    @field_validator('b', mode=\"before\")\n    @classmethod\n"
                "    def check(cls, v, info):\n        return v or info.data['a']\n"
            ),
            exception="pydantic.warnings.PydanticDeprecatedSince20",
            message=_VALIDATOR,
            line=8,
            names=_PYDANTIC,
            versions=_V2,
        ),
        Rewrite(
            before=(
                "from pydantic import BaseModel\n\n\nclass M(BaseModel):\n    a: int\n\n\n"
                "def f(m):\n    return m.dict(exclude_none=True)\n\n\ndef g(m):\n    return m.dict()\n"
            ),
            after=(
                "from pydantic import BaseModel\n\n\nclass M(BaseModel):\n    a: int\n\n\n"
                "def f(m):\n    return m.model_dump(exclude_none=True)\n\n\ndef g(m):\n    return m.model_dump()\n"
            ),
            exception="pydantic.warnings.PydanticDeprecatedSince20",
            message=_DICT,
            line=9,
            names=_PYDANTIC,
            versions=_V2,
        ),
        Rewrite(
            before=(
                "from pkg_resources import get_distribution, iter_entry_points\n\n"
                "VERSION = get_distribution('pkg').version\nFOUND = list(iter_entry_points('pkg.plugins'))\n"
            ),
            after=(
                "import importlib.metadata\n\nVERSION = importlib.metadata.version('pkg')\n"
                "FOUND = list(importlib.metadata.entry_points(group='pkg.plugins'))\n"
            ),
            exception="ModuleNotFoundError",
            message="No module named 'pkg_resources'",
            line=1,
            names={"importlib.metadata": frozenset({"version", "entry_points"})},
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Offer what the tables know of the failures, then of the whole library."""
        yield from conversions(self, scene, (*MODELS, *SERVICES, *TOOLS))
