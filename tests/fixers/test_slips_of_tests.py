"""What a message says of a test that is wrong itself, and the change that a person would make."""

import dataclasses

import pytest

from fixers.model import Failure, FailureKind
from fixers.project import Project
from fixers.slips_of_tests import mended
from tests.fixers.codemods.conftest import DictInstalled


@dataclasses.dataclass(frozen=True)
class Case:
    name: str
    message: str
    before: str
    after: str
    path: str = "tests/test_a.py"
    files: dict[str, str] = dataclasses.field(default_factory=dict)


FIXTURE = "import pytest\n\n\n@pytest.fixture\ndef question_bank():\n    return 1\n"
LOOK_UP = "('bank', <Function test_a>)".replace("<Function", "<SubRequest 'x' for <Function")
CASES = (
    Case(
        "renamed-fixture",
        LOOK_UP,
        "def test_a(bank):\n    assert bank.bank\n",
        "def test_a(question_bank):\n    assert question_bank.bank\n",
        files={"tests/conftest.py": FIXTURE},
    ),
    Case(
        "two-fixtures-are-called-alike",
        LOOK_UP,
        "def test_a(bank):\n    assert bank\n",
        "def test_a(bank):\n    assert bank\n",
        files={"tests/conftest.py": FIXTURE + FIXTURE.replace("question_bank", "bank_account")},
    ),
    Case(
        "fixture-of-another-folder",
        LOOK_UP,
        "def test_a(bank):\n    assert bank\n",
        "def test_a(bank):\n    assert bank\n",
        files={"tests/unit/conftest.py": FIXTURE},
    ),
    Case(
        "wide-scope",
        "ScopeMismatch: You tried to access the function scoped fixture tmp_path with a session scoped request object.",
        "import pytest\n\n\n@pytest.fixture(scope='session')\ndef home(tmp_path):\n    return tmp_path / 'a'\n",
        "import pytest\n\n\n@pytest.fixture(scope='session')\ndef home(tmp_path_factory):\n"
        "    return tmp_path_factory.mktemp(\"home\") / 'a'\n",
        path="tests/conftest.py",
    ),
    Case(
        "called-fixture",
        'Fixture "value" called directly. Fixtures are not meant to be called directly',
        "def test_a():\n    assert value().x == 1\n\n\ndef helper():\n    return value()\n",
        "def test_a(value):\n    assert value.x == 1\n\n\ndef helper():\n    return value()\n",
    ),
    Case(
        "parametrized",
        "tests/test_a.py::test_a: in \"parametrize\" the number of names (1):\n  ('x',)",
        "@pytest.mark.parametrize('x', [(1, 2), (3, 4)])\ndef test_a(x, y):\n    assert x < y\n",
        "@pytest.mark.parametrize('x, y', [(1, 2), (3, 4)])\ndef test_a(x, y):\n    assert x < y\n",
    ),
    Case(
        "parametrized-otherwise",
        "tests/test_a.py::test_a: in \"parametrize\" the number of names (1):\n  ('x',)",
        "@pytest.mark.parametrize('x', [(1, 2, 3), (3, 4)])\ndef test_a(x, y):\n    assert x < y\n",
        "@pytest.mark.parametrize('x', [(1, 2, 3), (3, 4)])\ndef test_a(x, y):\n    assert x < y\n",
    ),
    Case(
        "plain-fixture",
        "'async_generator' object has no attribute 'join'",
        "import pytest\n\n\n@pytest.fixture\nasync def room():\n    yield 1\n",
        "import pytest_asyncio\n\n\n@pytest_asyncio.fixture\nasync def room():\n    yield 1\n",
    ),
    Case(
        "moved-target",
        "<module 'pkg.a' from '/x/pkg/a.py'> does not have the attribute 'get'",
        "@patch('pkg.a.get')\ndef test_a(get):\n    get.assert_called_once_with()\n",
        "@patch('pkg.b.get')\ndef test_a(get):\n    get.assert_called_once_with()\n",
        files={
            "pkg/a.py": "from pkg import b\n\n\ndef f():\n    return b.get()\n",
            "pkg/b.py": "def get():\n    pass\n",
        },
    ),
    Case(
        "moved-target-is-nowhere",
        "<module 'pkg.a' from '/x/pkg/a.py'> does not have the attribute 'get'",
        "@patch('pkg.a.get')\ndef test_a(get):\n    pass\n",
        "@patch('pkg.a.get')\ndef test_a(get):\n    pass\n",
        files={"pkg/a.py": "def f():\n    return 1\n"},
    ),
    Case(
        "misspelled",
        "'called_once_with' is not a valid assertion. Use a spec for the mock if it is meant to be an attribute.",
        "def test_a(m):\n    m.called_once_with(1)\n",
        "def test_a(m):\n    m.assert_called_once_with(1)\n",
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_test_is_brought_in_order(case: Case) -> None:
    project = Project({case.path: case.before, **case.files})
    failure = Failure(kind=FailureKind.TEST, test_ids=(f"{case.path}::test_a",), message=case.message)
    found = mended(failure, project, DictInstalled(exported={"pytest_asyncio": frozenset({"fixture"})}))
    assert found.get(case.path, case.before) == case.after
