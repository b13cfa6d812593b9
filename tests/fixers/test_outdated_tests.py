"""Tests that use what the installed pytest no longer has: a change of them is offered, never made."""

import pytest

from fixers.codemods.reworks.pytest_tests import (
    asserted_results,
    mock_assertions,
    nose_methods,
    parametrized,
    unmarked_fixtures,
)
from fixers.codemods.workfile import Workfile
from fixers.engine import attempt
from fixers.model import Reason
from fixers.patch import touched
from fixers.project import Project

pytestmark = pytest.mark.usefixtures("repeated_less")
CODE = "def half(x):\n    if x % 2:\n        raise ValueError('odd')\n    return x // 2\n"
OUTDATED = (
    "import pytest\nfrom code_ import half\n\n\ndef test_odd():\n"
    "    with pytest.raises(ValueError, message='odd'):\n        half(3)\n    pytest.skip(msg='half done')\n\n\n"
    "def test_even():\n    assert half(4) == 2\n"
)
WRONG = "from code_ import half\n\n\ndef test_odd():\n    assert half(4) == 'two'\n"


FORMS = {
    "nose": (
        nose_methods,
        "class TestA:\n    def setup(s):\n        pass\n\n\nclass B(T):\n    def setup(self):\n        pass\n",
        "class TestA:\n    def setup_method(s):\n        pass\n\n\nclass B(T):\n    def setup(self):\n        pass\n",
    ),
    "mark": (
        unmarked_fixtures,
        "import pytest\n\n\n@pytest.mark.slow\n@pytest.fixture\ndef f():\n    pass\n",
        "import pytest\n\n\n@pytest.fixture\ndef f():\n    pass\n",
    ),
    "result": (
        asserted_results,
        "def test_a():\n    return f() == 1\n\n\ndef g():\n    return f() == 1\n",
        "def test_a():\n    assert f() == 1\n\n\ndef g():\n    return f() == 1\n",
    ),
    "mock": (
        mock_assertions,
        "assert m.called_once_with(1)\nm.called_once()\nassert m.called\nassert m.count_once(1)\n",
        "m.assert_called_once_with(1)\nm.assert_called_once()\nassert m.called\nassert m.count_once(1)\n",
    ),
    "yield": (
        parametrized,
        "import pytest\n\n\ndef test_a():\n    for x, y in XS:\n        yield check, x, y\n",
        'import pytest\n\n\n@pytest.mark.parametrize("x, y", XS)\ndef test_a(x, y):\n    check(x, y)\n',
    ),
}


@pytest.mark.parametrize(("rework", "before", "after"), FORMS.values(), ids=FORMS)
def test_forms_that_pytest_took_once_are_written_as_it_takes_them(rework, before, after):
    work = Workfile.of(Project({"tests/test_a.py": before}), "tests/test_a.py", before)
    rework(work)
    assert work.edits.text() == after


def test_what_would_bring_them_up_to_date_is_offered(make_request, sandbox):
    trace = attempt(make_request({"code_.py": CODE, "tests/test_half.py": OUTDATED}), sandbox)
    assert (trace.status, trace.reason, trace.patch) == ("declined", Reason.NO_CANDIDATE, "")
    assert not trace.alternatives
    (offer,) = trace.offers
    assert offer.kind == "tests"
    assert touched(offer.patch) == ("tests/test_half.py",)
    assert "+    with pytest.raises(ValueError, match='odd'):" in offer.patch
    assert "+    pytest.skip(reason='half done')" in offer.patch
    assert "The code is not at fault" in trace.sentence


def test_a_test_that_asserts_otherwise_is_left_alone(make_request, sandbox):
    trace = attempt(make_request({"code_.py": CODE, "tests/test_half.py": WRONG}), sandbox)
    assert trace.status == "declined"
    assert not trace.offers


def test_one_outdated_test_beside_one_that_asserts_otherwise_is_left_alone(make_request, sandbox):
    files = {"code_.py": CODE, "tests/test_half.py": OUTDATED, "tests/test_wrong.py": WRONG}
    trace = attempt(make_request(files), sandbox)
    assert trace.status == "declined"
    assert not trace.offers
