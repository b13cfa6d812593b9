"""The script inside old and new interpreters, and the class that asks it."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from fixers.codemods.introspect import Answer, Ask, Kind, LiveInstalled, Question, answers
from fixers.codemods.signatures import of_printed

VERSIONS = {"3.8": (3, 8), "3.13": (3, 13)}


@pytest.fixture(params=VERSIONS)
def live(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    interpreter: Callable[[str], Path],
    ask_inside: Callable[[Path, Path], Ask],
) -> tuple[str, LiveInstalled]:
    python = interpreter(request.param)
    (tmp_path / "noisy.py").write_text("print('{\"answers\": [[]]}')\nimport sys\nsys.exit(3)\n")
    (tmp_path / "shapes.py").write_text(
        "print('hello')\n__all__ = ['lazy']\n\n\ndef area(w, /, h, *, unit='cm', **more):\n    return w\n\n\n"
        "class Box:\n    def __init__(self, side, deep=object()):\n        pass\n\n"
        "    def fill(self, *things):\n        pass\n"
    )
    return request.param, LiveInstalled(ask_inside(python, tmp_path))


def test_tells_what_an_interpreter_has(live: tuple[str, LiveInstalled]) -> None:
    version, installed = live
    assert installed.python_version == VERSIONS[version]
    assert ("getargspec" in (installed.names("inspect") or ())) is (version == "3.8")
    assert (installed.names("imp") is None) is (version == "3.13")
    assert "upper" in (installed.names("builtins.str") or ())
    assert "append" in (installed.names("collections.deque") or ())
    assert installed.names("no_such_module") is None
    assert installed.names("collections.no_such_thing") is None
    assert installed.version("no-such-distribution") is None


def test_tells_parameters_and_survives_what_modules_do(live: tuple[str, LiveInstalled]) -> None:
    _, installed = live
    assert installed.names("noisy") is None
    assert {"area", "Box", "lazy"} <= (installed.names("shapes") or set())
    assert installed.parameters("shapes", "area") == ("w", "/", "h", "*", "unit='cm'", "**more")
    assert installed.parameters("shapes", "Box") == ("side", "deep=...")
    assert installed.parameters("shapes", "Box.fill") == ("self", "*things")
    assert installed.parameters("shapes", "nothing") is None


def test_asks_once_for_each_fact() -> None:
    asked: list[Question] = []

    def ask(questions: Sequence[Question]) -> Sequence[Answer]:
        asked.extend(questions)
        return [("a", "b") if question.kind is Kind.NAMES else None for question in questions]

    installed = LiveInstalled(ask)
    installed.prepare([Question(Kind.NAMES, "x"), Question(Kind.NAMES, "y"), Question(Kind.NAMES, "x")])
    assert installed.names("x") == installed.names("y") == {"a", "b"}
    assert installed.version("x") is None
    assert installed.version("x") is None
    assert asked == [Question(Kind.NAMES, "x"), Question(Kind.NAMES, "y"), Question(Kind.VERSION, "x")]


@pytest.mark.parametrize(
    "report",
    [
        b"",
        b"\xff\n",
        b"[]\n",
        b'{"answers": []}\n',
        b'{"answers": [1]}\n',
        b'{"answers": "x"}\n',
        b'{"answers": [{}]}\n',
    ],
)
def test_hostile_reports_answer_nothing(report: bytes) -> None:
    assert answers(report, [Question(Kind.NAMES, "x")]) == (None,)


def test_unknown_interpreter_version_falls_back() -> None:
    installed = LiveInstalled(lambda questions: [None for _ in questions], fallback_python=(3, 9))
    assert installed.python_version == (3, 9)


@pytest.mark.parametrize(
    ("printed", "keywords", "required"),
    [
        pytest.param(("a", "b=1"), ("a", "b"), {"a"}, id="plain"),
        pytest.param(("a", "/", "b: int = 2", "*", "c"), ("b", "c"), {"a", "c"}, id="all-kinds"),
        pytest.param(("self", "x", "*rest", "y=None"), ("x", "y"), {"x"}, id="method"),
    ],
)
def test_reads_printed_signatures(printed: tuple[str, ...], keywords: tuple[str, ...], required: set[str]) -> None:
    signature = of_printed(printed)
    assert signature.keywords == keywords
    assert signature.required == required


def test_finds_where_a_package_keeps_a_name(
    tmp_path: Path, interpreter: Callable[[str], Path], ask_inside: Callable[[Path, Path], Ask]
) -> None:
    files = {
        "shop/__init__.py": "",
        "shop/signal/__init__.py": "from shop.signal._fade import *\n",
        "shop/signal/_fade.py": "__all__ = ['fade']\n\n\ndef fade(x):\n    return x\n",
        "shop/forms.py": "class Field:\n    'One field.'\n\n    def __init__(self, width):\n        ':param width: of it'\n",  # noqa: E501
        "shop/db.py": "try:\n    import nothing_here\nexcept ImportError:\n    class Field:\n        pass\n",
        "shop/shortcuts.py": "from collections import OrderedDict\nfrom shop.forms import Widget\n",
        "shop/broken.py": "raise SystemExit\nspoiled = 1\n",
        "shop/tests/test_it.py": "def helper():\n    pass\n",
    }
    files["shop/forms.py"] += "\n\nclass Widget:\n    pass\n"
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    installed = LiveInstalled(ask_inside(interpreter("3.8"), tmp_path))
    assert installed.homes("shop", "fade") == ("shop.signal.fade",)
    assert installed.homes("shop", "Field") == ("shop.db.Field", "shop.forms.Field")
    assert installed.homes("shop", "Widget") == ("shop.forms.Widget",)
    assert installed.homes("shop", "OrderedDict") == ("collections.OrderedDict",)
    for absent in ("helper", "spoiled", "nothing_here"):
        assert installed.homes("shop", absent) == ()
    assert installed.homes("no_such_package", "fade") == ()
    assert installed.documentation("shop.forms", "Field") == "One field.\n\n:param width: of it"
    assert installed.documentation("shop.forms", "nothing") == ""
    told = ".. versionchanged:: 3.0\n        Renamed to ``Query``\n        from ``Ask``."
    (tmp_path / "shop/query.py").write_text(f'class Query:\n    """Asks.\n\n    {told}\n\n    Not Ask.\n    """\n')
    assert installed.told("shop", "Ask") == (f"shop.query.Query\t{' '.join(told.split())}",)
    assert installed.told("shop", "As") == ()
