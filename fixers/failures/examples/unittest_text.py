"""What `python -m unittest -b` prints."""

from __future__ import annotations

from fixers.failures.base import Example
from fixers.failures.examples.expected import at, outside
from fixers.model import Failure, FailureKind, Raised

EXAMPLES: tuple[Example, ...] = (
    Example(
        name="3.8",
        raw=(
            "EEFEF\n"
            "Stdout:\n"
            "hello stdout\n"
            "EuE\n"
            "======================================================================\n"
            "ERROR: test_err (tests.test_u.T)\n"
            "----------------------------------------------------------------------\n"
            "Traceback (most recent call last):\n"
            '  File "/home/runner/work/billing/billing/tests/test_u.py", line 16, in test_err\n'
            '    {}["k"]\n'
            "KeyError: 'k'\n"
            "\n"
            "The above exception was the direct cause of the following exception:\n"
            "\n"
            "Traceback (most recent call last):\n"
            '  File "/home/runner/work/billing/billing/tests/test_u.py", line 18, in test_err\n'
            '    raise ValueError("bad\\nsecond line") from e\n'
            "ValueError: bad\n"
            "second line\n"
            "\n"
            "======================================================================\n"
            "ERROR: setUpClass (tests.test_u.U)\n"
            "----------------------------------------------------------------------\n"
            "Traceback (most recent call last):\n"
            '  File "/home/runner/work/billing/billing/tests/test_u.py", line 30, in setUpClass\n'
            '    raise RuntimeError("class setup")\n'
            "RuntimeError: class setup\n"
            "\n"
            "======================================================================\n"
            "FAIL: test_eq (tests.test_u.T)\n"
            "Doc line of the test.\n"
            "----------------------------------------------------------------------\n"
            "Traceback (most recent call last):\n"
            '  File "/home/runner/work/billing/billing/tests/test_u.py", line 5, in test_eq\n'
            '    self.assertEqual({"a": 1}, {"a": 2})\n'
            "AssertionError: {'a': 1} != {'a': 2}\n"
            "- {'a': 1}\n"
            "?       ^\n"
            "\n"
            "+ {'a': 2}\n"
            "?       ^\n"
            "\n"
            "\n"
            "======================================================================\n"
            "FAIL: test_sub (tests.test_u.T) [msg here] (i=0)\n"
            "----------------------------------------------------------------------\n"
            "Traceback (most recent call last):\n"
            '  File "/home/runner/work/billing/billing/tests/test_u.py", line 9, in test_sub\n'
            "    self.assertEqual(i, 1)\n"
            "AssertionError: 0 != 1\n"
            "\n"
            "======================================================================\n"
            "FAIL: test_sub2 (tests.test_u.T) (i=0)\n"
            "----------------------------------------------------------------------\n"
            "Traceback (most recent call last):\n"
            '  File "/home/runner/work/billing/billing/tests/test_u.py", line 13, in test_sub2\n'
            "    self.assertEqual(i, 1)\n"
            "AssertionError: 0 != 1\n"
            "\n"
            "----------------------------------------------------------------------\n"
            "Ran 8 tests in 0.001s\n"
            "\n"
            "FAILED (failures=5, errors=5, unexpected successes=1)\n"
        ),
        failures=(
            Failure(
                kind=FailureKind.TEST,
                test_ids=("tests/test_u.py::T::test_err",),
                exception="ValueError",
                message="bad\nsecond line",
                frames=(at("tests/test_u.py", 18, "test_err", 'raise ValueError("bad\\nsecond line") from e'),),
                causes=(
                    Raised(type="KeyError", message="'k'", frames=(at("tests/test_u.py", 16, "test_err", '{}["k"]'),)),
                ),
                tool="unittest",
            ),
            Failure(
                kind=FailureKind.SETUP,
                test_ids=("tests/test_u.py::U",),
                exception="RuntimeError",
                message="class setup",
                frames=(at("tests/test_u.py", 30, "setUpClass", 'raise RuntimeError("class setup")'),),
                tool="unittest",
            ),
            Failure(
                kind=FailureKind.TEST,
                test_ids=("tests/test_u.py::T::test_eq",),
                exception="AssertionError",
                message="{'a': 1} != {'a': 2}\n- {'a': 1}\n?       ^\n\n+ {'a': 2}\n?       ^",
                frames=(at("tests/test_u.py", 5, "test_eq", 'self.assertEqual({"a": 1}, {"a": 2})'),),
                tool="unittest",
            ),
            Failure(
                kind=FailureKind.TEST,
                test_ids=("tests/test_u.py::T::test_sub",),
                exception="AssertionError",
                message="0 != 1",
                frames=(at("tests/test_u.py", 9, "test_sub", "self.assertEqual(i, 1)"),),
                tool="unittest",
            ),
            Failure(
                kind=FailureKind.TEST,
                test_ids=("tests/test_u.py::T::test_sub2",),
                exception="AssertionError",
                message="0 != 1",
                frames=(at("tests/test_u.py", 13, "test_sub2", "self.assertEqual(i, 1)"),),
                tool="unittest",
            ),
        ),
    ),
    Example(
        name="3.13",
        raw=(
            "EEFEF\n"
            "Stdout:\n"
            "hello stdout\n"
            "EFFFuE\n"
            "======================================================================\n"
            "ERROR: tests.test_imp (unittest.loader._FailedTest.tests.test_imp)\n"
            "----------------------------------------------------------------------\n"
            "ImportError: Failed to import test module: tests.test_imp\n"
            "Traceback (most recent call last):\n"
            '  File "/opt/hostedtoolcache/Python/3.13.0/x64/lib/python3.13/unittest/loader.py", line 39'
            "6, in _find_test_path\n"
            "    module = self._get_module_from_name(name)\n"
            '  File "/opt/hostedtoolcache/Python/3.13.0/x64/lib/python3.13/unittest/loader.py", line 33'
            "9, in _get_module_from_name\n"
            "    __import__(name)\n"
            "    ~~~~~~~~~~^^^^^^\n"
            '  File "/home/runner/work/billing/billing/tests/test_imp.py", line 1, in <module>\n'
            "    import nowhere_at_all\n"
            "ModuleNotFoundError: No module named 'nowhere_at_all'\n"
            "\n"
            "\n"
            "======================================================================\n"
            "ERROR: setUpModule (tests.test_mod)\n"
            "----------------------------------------------------------------------\n"
            "Traceback (most recent call last):\n"
            '  File "/home/runner/work/billing/billing/tests/test_mod.py", line 2, in setUpModule\n'
            '    raise RuntimeError("mod")\n'
            "RuntimeError: mod\n"
            "\n"
            "======================================================================\n"
            "ERROR: test_setup (tests.test_u.T.test_setup)\n"
            "----------------------------------------------------------------------\n"
            "Traceback (most recent call last):\n"
            '  File "/home/runner/work/billing/billing/tests/test_u.py", line 23, in setUp\n'
            '    if "setup" in self.id(): raise OSError(2, "gone")\n'
            "                             ^^^^^^^^^^^^^^^^^^^^^^^^\n"
            "FileNotFoundError: [Errno 2] gone\n"
            "\n"
            "======================================================================\n"
            "FAIL: test_out (tests.test_u.T.test_out)\n"
            "----------------------------------------------------------------------\n"
            "Traceback (most recent call last):\n"
            '  File "/home/runner/work/billing/billing/tests/test_u.py", line 21, in test_out\n'
            '    self.fail("no")\n'
            "    ~~~~~~~~~^^^^^^\n"
            "AssertionError: no\n"
            "\n"
            "Stdout:\n"
            "hello stdout\n"
            "\n"
            "======================================================================\n"
            "FAIL: test_sub2 (tests.test_u.T.test_sub2) (i=0)\n"
            "----------------------------------------------------------------------\n"
            "Traceback (most recent call last):\n"
            '  File "/home/runner/work/billing/billing/tests/test_u.py", line 13, in test_sub2\n'
            "    self.assertEqual(i, 1)\n"
            "    ~~~~~~~~~~~~~~~~^^^^^^\n"
            "AssertionError: 0 != 1\n"
            "\n"
            "======================================================================\n"
            "UNEXPECTED SUCCESS: test_unexpected (tests.test_u.T.test_unexpected)\n"
            "----------------------------------------------------------------------\n"
            "Ran 8 tests in 0.002s\n"
            "\n"
            "FAILED (failures=5, errors=5, unexpected successes=1)\n"
        ),
        failures=(
            Failure(
                kind=FailureKind.COLLECTION,
                test_ids=("tests/test_imp.py",),
                exception="ModuleNotFoundError",
                message="No module named 'nowhere_at_all'",
                frames=(
                    outside(
                        "/opt/hostedtoolcache/Python/3.13.0/x64/lib/python3.13/unittest/loader.py",
                        396,
                        "_find_test_path",
                        "module = self._get_module_from_name(name)",
                    ),
                    outside(
                        "/opt/hostedtoolcache/Python/3.13.0/x64/lib/python3.13/unittest/loader.py",
                        339,
                        "_get_module_from_name",
                        "__import__(name)",
                    ),
                    at("tests/test_imp.py", 1, "<module>", "import nowhere_at_all"),
                ),
                tool="unittest",
            ),
            Failure(
                kind=FailureKind.SETUP,
                test_ids=("tests/test_mod.py",),
                exception="RuntimeError",
                message="mod",
                frames=(at("tests/test_mod.py", 2, "setUpModule", 'raise RuntimeError("mod")'),),
                tool="unittest",
            ),
            Failure(
                kind=FailureKind.TEST,
                test_ids=("tests/test_u.py::T::test_setup",),
                exception="FileNotFoundError",
                message="[Errno 2] gone",
                frames=(at("tests/test_u.py", 23, "setUp", 'if "setup" in self.id(): raise OSError(2, "gone")'),),
                tool="unittest",
            ),
            Failure(
                kind=FailureKind.TEST,
                test_ids=("tests/test_u.py::T::test_out",),
                exception="AssertionError",
                message="no",
                frames=(at("tests/test_u.py", 21, "test_out", 'self.fail("no")'),),
                tool="unittest",
            ),
            Failure(
                kind=FailureKind.TEST,
                test_ids=("tests/test_u.py::T::test_sub2",),
                exception="AssertionError",
                message="0 != 1",
                frames=(at("tests/test_u.py", 13, "test_sub2", "self.assertEqual(i, 1)"),),
                tool="unittest",
            ),
            Failure(
                kind=FailureKind.TEST,
                test_ids=("tests/test_u.py::T::test_unexpected",),
                message="unexpected success",
                tool="unittest",
            ),
        ),
    ),
)
