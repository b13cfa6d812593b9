"""Calls that Python 2 knew, and pytest's and unittest's own that went."""

from __future__ import annotations

from fixers.codemods.reworks.pytest_tests import (
    asserted_results,
    mock_assertions,
    nose_methods,
    parametrized,
    unmarked_fixtures,
)
from fixers.codemods.shapes import Keyword, Reach, Rework, Rule, Shape
from fixers.model import Tier

_DICT = "builtins.dict collections.OrderedDict collections.defaultdict collections.Counter"
_ITERATOR = (
    r"'(?:generator|enumerate|zip|map|filter|\w*iterator|_csv\.reader|_io\.\w+|[\w.]*islice|[\w.]*chain)' object"
)
_METHODS = (
    "capitalize expandtabs find index lower lstrip replace rfind rstrip split splitlines strip swapcase upper zfill"
)

NAMES = {
    "unicode": "str",
    "basestring": "str",
    "xrange": "range",
    "long": "int",
    "raw_input": "input",
    "unichr": "chr",
}
"""Builtins by another name now."""

IMPORTED = {"reduce": "functools", "intern": "sys", "reload": "importlib", "izip_longest": "itertools"}
"""Builtins that moved into a module."""

ATTRIBUTES = {
    "func_closure": "__closure__",
    "func_code": "__code__",
    "func_defaults": "__defaults__",
    "func_dict": "__dict__",
    "func_doc": "__doc__",
    "func_globals": "__globals__",
    "func_name": "__name__",
    "im_func": "__func__",
    "im_self": "__self__",
}
"""Attributes of functions and methods by another name now."""

SHAPES: tuple[Rule, ...] = (
    *(Shape(f"$d.{old}{name}s()", f"$d.{name}s()", "", _DICT) for old in ("iter", "view")
      for name in ("item", "key", "value")),
    Shape("$d.has_key($k)", "$k in $d", "", _DICT),
    Shape("$i.next()", "next($i)", "", message=rf"{_ITERATOR} has no attribute 'next'", reach=Reach.LINE),
    Shape("string.join($x)", '" ".join($x)', ""),
    Shape("string.join($x, $s)", "$s.join($x)", ""),
    Shape("string.joinfields($x, $s)", "$s.join($x)", ""),
    *(Shape(f"string.{name}($x, $*a)", f"$x.{name}($*a)", "") for name in _METHODS.split()),
    *(Shape(f'$b.encode("{codec}")', "$b.hex()", "", message=r"'bytes' object has no attribute 'encode'")
      for codec in ("hex", "hex_codec")),
    *(Shape(f'$x.decode("{codec}")', "bytes.fromhex($x)", "", message=r"'str' object has no attribute 'decode'")
      for codec in ("hex", "hex_codec")),
    Shape('$x.encode("base64")', "base64.encodebytes($x)", "", message=r"'bytes' object has no attribute 'encode'"),
    Shape('$x.decode("base64")', "base64.b64decode($x)", "", message=r"'str' object has no attribute 'decode'"),
    Shape("string.atoi($*a)", "int($*a)", ""),
    Shape("string.atol($*a)", "int($*a)", ""),
    Shape("string.atof($x)", "float($x)", ""),
    Shape("$x.sort(cmp=$f)", "$x.sort(key=functools.cmp_to_key($f))", "", reach=Reach.LINE,
          message=r"'cmp' is an invalid keyword argument|sort\(\) takes no positional arguments"),
    Shape("$x.sort($f)", "$x.sort(key=functools.cmp_to_key($f))", "", reach=Reach.LINE,
          message=r"sort\(\) takes no positional arguments"),
    Shape("sorted($x, cmp=$f, $**k)", "sorted($x, key=functools.cmp_to_key($f), $**k)", "", reach=Reach.LINE,
          message=r"'cmp' is an invalid keyword argument|unexpected keyword argument 'cmp'"),
    Shape("sorted($x, $f)", "sorted($x, key=functools.cmp_to_key($f))", "", reach=Reach.LINE,
          message=r"sorted expected 1 argument, got 2"),
)  # fmt: skip

TESTING: tuple[Rule, ...] = (
    Shape("pytest.skip($r)", "pytest.skip($r, allow_module_level=True)", "pytest 3.0", reach=Reach.LINE,
          message=r"pytest\.skip outside of a test will skip the entire module"),
    Shape("$s.assertQuerysetEqual($*a)", "$s.assertQuerySetEqual($*a)", "django 4.2",
          message=r"has no attribute 'assertQuerysetEqual'|assertQuerysetEqual\(\) is deprecated"),
    Shape("$s.assertFormsetError($*a)", "$s.assertFormSetError($*a)", "django 4.2",
          message=r"has no attribute 'assertFormsetError'|assertFormsetError\(\) is deprecated"),
    Rework("pytest", "pytest 8.0", r"'Test\w*' object has no attribute '\w+'|name '\w+' is not defined|"
           r"nose (?:tests|support)", nose_methods),
    Rework("pytest", "pytest 7.4", r"[Mm]arks (?:applied to|cannot be applied to) fixtures", unmarked_fixtures),
    Rework("pytest", "pytest 7.2", r"[Ee]xpected None, but (?:the test|\S+) returned|returned <class|"
           r"Test functions should return None", asserted_results),
    Rework("pytest", "pytest 4.0", r"[Yy]ield tests were removed|"
           r"'yield' keyword is allowed in fixtures, but not in tests", parametrized),
    Rework("unittest", "", r"'\w*' is not a valid assertion|has no attribute '(?:assert_)?called_\w+'|"
           r"is not a valid assertion\. Use a spec", mock_assertions),
    Shape("pytest.yield_fixture($*a)", "pytest.fixture($*a)", "pytest 6.2"),
    Shape("$r.getfuncargvalue($n)", "$r.getfixturevalue($n)", "pytest 4.0",
          message=r"has no attribute 'getfuncargvalue'"),
    Shape("$i.get_marker($n)", "$i.get_closest_marker($n)", "pytest 4.0", message=r"has no attribute 'get_marker'"),
    *(Keyword(f"pytest.{name}", "msg", "reason", "pytest 8.0",
              message=rf"\b{name}\(\) got an unexpected keyword argument 'msg'|argument 'msg'|pass reason instead")
      for name in ("skip", "fail", "exit")),
    Keyword("pytest.raises", "message", "match", "pytest 5.0",
            message=r"[Uu]nexpected keyword arguments? passed to pytest\.raises: message|keyword argument 'message'"),
    Shape("$s.assertDictContainsSubset($a, $b)", "$s.assertEqual($b, {**$b, **$a})", "",
          message=r"has no attribute 'assertDictContainsSubset'"),
    Shape("pytest.warns(None)", "warnings.catch_warnings(record=True)", "pytest 8.0", tier=Tier.B,
          message=r"exceptions must be derived from Warning, not <class 'NoneType'>"),
    Shape("unittest.makeSuite($c)", "unittest.defaultTestLoader.loadTestsFromTestCase($c)", ""),
    Shape("unittest.findTestCases($m)", "unittest.defaultTestLoader.loadTestsFromModule($m)", ""),
    Shape("unittest.getTestCaseNames($c, $p)", "unittest.defaultTestLoader.getTestCaseNames($c)", "", tier=Tier.B),
)  # fmt: skip
