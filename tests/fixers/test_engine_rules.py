"""Small real projects that codemods repair, from the failing run to the proof."""

import pytest
from sampled_cases import sampled

from fixers.engine import attempt

pytestmark = pytest.mark.usefixtures("repeated_less")
MERGE = {
    "till.py": '''"""Prices."""

RATES = {"food": 7, "other": 19}


<<<<<<< HEAD
def gross(price, kind="other"):
    return round(price * (1 + RATES[kind] / 100), 2)
=======
def gross(price):
    return price * 1.19
>>>>>>> feature/simple
''',
    "test_till.py": "from till import gross\n\n\ndef test_it():\n    assert gross(100, 'food') == 107\n",
}
UNCLOSED = {
    "till.py": "def gross(price):\n    return round(price * 1.19, 2\n\n\ndef net(price):\n    return price / 1.19\n",
    "test_till.py": "from till import gross\n\n\ndef test_it():\n    assert gross(100) == 119\n",
}
SHAPES = "class Circle:\n    sides = 0\n\n\nclass Square:\n    sides = 4\n"
EXPORT = {
    "geo/__init__.py": 'from geo.shapes import Circle\n\n__all__ = ["Circle"]\n',
    "geo/shapes.py": SHAPES,
    "test_geo.py": "import geo\n\n\ndef test_it():\n    assert geo.Circle.sides < geo.Square.sides\n",
}
OLD_PATH = {
    "geo/__init__.py": "",
    "geo/shapes.py": SHAPES,
    "geo/flat.py": "SIDES = 4\n",
    "test_geo.py": "from geo.flat import SIDES, Square\n\n\ndef test_it():\n    assert Square.sides == SIDES\n",
}
SUBMODULE = {
    "geo/__init__.py": "",
    "geo/shapes.py": SHAPES,
    "app.py": "import geo\n\n\ndef sides():\n    return geo.shapes.Square.sides\n",
    "test_app.py": "import app\n\n\ndef test_it():\n    assert app.sides() == 4\n",
}
CIRCLE = {
    "shop/__init__.py": "",
    "shop/orders.py": (
        "from shop.customers import Customer\n\n\nclass Order(dict):\n    pass\n\n\n"
        "def new() -> Order:\n    return Order(of=Customer('nobody'))\n"
    ),
    "shop/customers.py": (
        "from shop.orders import Order\n\n\nclass Customer(str):\n    def order(self):\n        return Order(of=self)\n"
    ),
    "test_shop.py": "from shop.orders import new\n\n\ndef test_it():\n    assert new()['of'].order()['of']\n",
}
CONVERSION = {
    "report.py": "def line(name, count):\n    return name + ': ' + count\n",
    "test_report.py": "from report import line\n\n\ndef test_it():\n    assert line('a', 1) == 'a: 1'\n",
}
KEY = {
    "load.py": "import json\n\n\ndef port(text):\n    data = json.loads(text)\n    return data['prot']\n",
    "test_load.py": 'from load import port\n\n\ndef test_it():\n    assert port(\'{"host": 1, "port": 80}\') == 80\n',
}
CASES = {
    "a merge left its markers": (MERGE, "codemod:merge-conflict", "-<<<<<<< HEAD\n"),
    "a bracket is missing": (UNCLOSED, "codemod:syntax-slip", "+    return round(price * 1.19, 2)\n"),
    "a package lost an export": (EXPORT, "codemod:missing-export", '+__all__ = ["Circle", "Square"]\n'),
    "tests know an old path": (OLD_PATH, "codemod:moved-symbol", "+from geo.shapes import Square as Square\n"),
    "modules import each other": (CIRCLE, "codemod:circular-import", "+        from shop.orders import Order\n"),
    "a number meets a text": (CONVERSION, "codemod:mismatched-types", "+    return name + ': ' + str(count)\n"),
    "a key is misspelled": (KEY, "codemod:missing-key", "+    return data['port']\n"),
    "a submodule is not loaded": (SUBMODULE, "codemod:unimported-submodule", "+import geo.shapes\n"),
}


SAMPLE = {"a merge left its markers", "modules import each other", "a key is misspelled"}
"""A file that does not parse, an edit in two places, a value that was seen; each rule alone is tested elsewhere."""


@pytest.mark.parametrize(("files", "fixer", "line"), sampled(CASES, SAMPLE))
def test_the_rule_repairs_it(make_request, sandbox, files, fixer, line):
    trace = attempt(make_request(files, budget_candidates=300), sandbox)
    assert trace.status == "fixed", trace.sentence
    assert trace.fixer == fixer
    assert line in trace.patch
