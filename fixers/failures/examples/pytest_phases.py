"""What pytest 9.2 prints when something breaks before, after or beside the test's own call."""

from __future__ import annotations

from fixers.failures.base import Example
from fixers.failures.examples.expected import at, outside
from fixers.model import Failure, FailureKind

EXAMPLES: tuple[Example, ...] = (
    Example(
        name="setup, teardown, sub-tests, pytrace off",
        raw=(
            "============================= test session starts ==============================\n"
            "rootdir: /home/runner/work/billing/billing\n"
            "collected 5 items\n"
            "\n"
            "tests/test_phases.py E.EuFFE                                             [100%]\n"
            "\n"
            "==================================== ERRORS ====================================\n"
            "_________________________ ERROR at setup of test_setup _________________________\n"
            "tests/test_phases.py:6: in database\n"
            '    raise OSError(5, "no database")\n'
            "E   OSError: [Errno 5] no database\n"
            "______________________ ERROR at teardown of test_teardown ______________________\n"
            "tests/test_phases.py:12: in closing\n"
            '    raise RuntimeError("left open")\n'
            "E   RuntimeError: left open\n"
            "________________________ ERROR at setup of test_missing ________________________\n"
            "file /home/runner/work/billing/billing/tests/test_phases.py, line 33\n"
            "  def test_missing(nothing):\n"
            "E       fixture 'nothing' not found\n"
            ">       available fixtures: closing, database, tmp_path\n"
            ">       use 'pytest --fixtures [testpath]' for help on them.\n"
            "\n"
            "/home/runner/work/billing/billing/tests/test_phases.py:33\n"
            "=================================== FAILURES ===================================\n"
            "___________________________ test_parts [part] (i=1) ____________________________\n"
            "tests/test_phases.py:26: in test_parts\n"
            "    assert i != 1\n"
            "E   assert 1 != 1\n"
            "__________________________________ test_parts __________________________________\n"
            "contains 1 failed subtest\n"
            "__________________________________ test_told ___________________________________\n"
            "told to\n"
            "=========================== short test summary info ============================\n"
            "SUBFAILED[part] (i=1) tests/test_phases.py::test_parts - assert 1 != 1\n"
            "FAILED tests/test_phases.py::test_parts - contains 1 failed subtest\n"
            "FAILED tests/test_phases.py::test_told - Failed: told to\n"
            "ERROR tests/test_phases.py::test_setup - OSError: [Errno 5] no database\n"
            "ERROR tests/test_phases.py::test_teardown - RuntimeError: left open\n"
            "ERROR tests/test_phases.py::test_missing\n"
            "==================== 3 failed, 1 passed, 3 errors in 0.63s =====================\n"
        ),
        failures=(
            Failure(
                kind=FailureKind.SETUP,
                test_ids=("tests/test_phases.py::test_setup",),
                exception="OSError",
                message="[Errno 5] no database",
                frames=(at("tests/test_phases.py", 6, "database", 'raise OSError(5, "no database")'),),
                tool="pytest",
            ),
            Failure(
                kind=FailureKind.TEARDOWN,
                test_ids=("tests/test_phases.py::test_teardown",),
                exception="RuntimeError",
                message="left open",
                frames=(at("tests/test_phases.py", 12, "closing", 'raise RuntimeError("left open")'),),
                tool="pytest",
            ),
            Failure(
                kind=FailureKind.SETUP,
                test_ids=("tests/test_phases.py::test_missing",),
                exception="FixtureLookupError",
                message="fixture 'nothing' not found",
                tool="pytest",
            ),
            Failure(
                kind=FailureKind.TEST,
                test_ids=("tests/test_phases.py::test_parts",),
                exception="AssertionError",
                message="assert 1 != 1",
                frames=(at("tests/test_phases.py", 26, "test_parts", "assert i != 1"),),
                tool="pytest",
            ),
            Failure(
                kind=FailureKind.TEST,
                test_ids=("tests/test_phases.py::test_told",),
                exception="Failed",
                message="told to",
                tool="pytest",
            ),
        ),
    ),
    Example(
        name="collection",
        raw=(
            "============================= test session starts ==============================\n"
            "rootdir: /home/runner/work/billing/billing\n"
            "collected 0 items / 2 errors\n"
            "\n"
            "==================================== ERRORS ====================================\n"
            "____________________ ERROR collecting tests/test_import.py _____________________\n"
            "ImportError while importing test module '/home/runner/work/billing/billing/tests/test_impo"
            "rt.py'.\n"
            "Hint: make sure your test modules/packages have valid Python names.\n"
            "Traceback:\n"
            "/opt/hostedtoolcache/Python/3.11.7/x64/lib/python3.11/importlib/__init__.py:126: in import"
            "_module\n"
            "    return _bootstrap._gcd_import(name[level:], package, level)\n"
            "           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
            "tests/test_import.py:1: in <module>\n"
            "    import billing.nowhere\n"
            "E   ModuleNotFoundError: No module named 'billing.nowhere'\n"
            "____________________ ERROR collecting tests/test_syntax.py _____________________\n"
            "/opt/hostedtoolcache/Python/3.11.7/x64/lib/python3.11/site-packages/_pytest/python.py:528:"
            " in importtestmodule\n"
            "    mod = import_path(\n"
            'E     File "/home/runner/work/billing/billing/tests/test_syntax.py", line 1\n'
            "E       def broken(:\n"
            "E                  ^\n"
            "E   SyntaxError: invalid syntax\n"
            "=========================== short test summary info ============================\n"
            "ERROR tests/test_import.py\n"
            "ERROR tests/test_syntax.py\n"
            "!!!!!!!!!!!!!!!!!!! Interrupted: 2 errors during collection !!!!!!!!!!!!!!!!!!!!\n"
            "============================== 2 errors in 0.90s ===============================\n"
        ),
        failures=(
            Failure(
                kind=FailureKind.COLLECTION,
                test_ids=("tests/test_import.py",),
                exception="ModuleNotFoundError",
                message="No module named 'billing.nowhere'",
                frames=(
                    outside(
                        "/opt/hostedtoolcache/Python/3.11.7/x64/lib/python3.11/importlib/__init__.py",
                        126,
                        "import_module",
                        "return _bootstrap._gcd_import(name[level:], package, level)",
                    ),
                    at("tests/test_import.py", 1, "<module>", "import billing.nowhere"),
                ),
                tool="pytest",
            ),
            Failure(
                kind=FailureKind.COLLECTION,
                test_ids=("tests/test_syntax.py",),
                exception="SyntaxError",
                message="invalid syntax",
                frames=(
                    outside(
                        "/opt/hostedtoolcache/Python/3.11.7/x64/lib/python3.11/site-packages/_pytest/python.py",
                        528,
                        "importtestmodule",
                        "mod = import_path(",
                    ),
                    at("tests/test_syntax.py", 1, "<module>", "def broken(:"),
                ),
                tool="pytest",
            ),
        ),
    ),
    Example(
        name="conftest",
        raw=(
            "ImportError while loading conftest '/home/runner/work/billing/billing/bad/conftest.py'.\n"
            "bad/conftest.py:1: in <module>\n"
            "    import nowhere\n"
            "E   ModuleNotFoundError: No module named 'nowhere'\n"
        ),
        failures=(
            Failure(
                kind=FailureKind.COLLECTION,
                test_ids=("bad/conftest.py",),
                exception="ModuleNotFoundError",
                message="No module named 'nowhere'",
                frames=(at("bad/conftest.py", 1, "<module>", "import nowhere"),),
                tool="pytest",
            ),
        ),
    ),
    Example(
        name="no such test",
        raw=(
            "============================= test session starts ==============================\n"
            "rootdir: /home/runner/work/billing/billing\n"
            "collected 0 items\n"
            "\n"
            "============================ no tests ran in 0.75s =============================\n"
            "ERROR: not found: /home/runner/work/billing/billing/tests/test_fees.py::test_none\n"
            "(no match in any of [<Module test_fees.py>])\n"
            "\n"
        ),
        failures=(
            Failure(
                kind=FailureKind.COLLECTION,
                exception="UsageError",
                message="not found: /home/runner/work/billing/billing/tests/test_fees.py::test_none",
                tool="pytest",
            ),
        ),
    ),
    Example(
        name="progress lines only",
        raw=(
            "============================= test session starts ==============================\n"
            "rootdir: /home/runner/work/billing/billing\n"
            "collecting ... collected 3 items\n"
            "\n"
            "tests/test_fees.py::test_odd[a - b::c[d] \\xe9] FAILED                    [ 33%]\n"
            "tests/test_fees.py::TestFee::test_unknown FAILED                         [ 66%]\n"
            "tests/test_fees.py::test_rates FAILED                                    [100%]\n"
            "\n"
            "============================== 3 failed in 0.66s ===============================\n"
        ),
        failures=(
            Failure(
                kind=FailureKind.TEST, test_ids=("tests/test_fees.py::test_odd[a - b::c[d] \\xe9]",), tool="pytest"
            ),
            Failure(kind=FailureKind.TEST, test_ids=("tests/test_fees.py::TestFee::test_unknown",), tool="pytest"),
            Failure(kind=FailureKind.TEST, test_ids=("tests/test_fees.py::test_rates",), tool="pytest"),
        ),
    ),
    Example(
        name="crashed worker",
        raw=(
            "============================= test session starts ==============================\n"
            "rootdir: /home/runner/work/billing/billing\n"
            "created: 1/1 worker\n"
            "1 worker [1 item]\n"
            "\n"
            "[gw0] node down: Not properly terminated\n"
            "F\n"
            "replacing crashed worker gw0\n"
            "                                                                         [100%]\n"
            "=================================== FAILURES ===================================\n"
            "______________________________ tests/test_die.py _______________________________\n"
            "[gw0] linux -- Python 3.11.7 /opt/hostedtoolcache/Python/3.11.7/x64/bin/python\n"
            "worker 'gw0' crashed while running 'tests/test_die.py::test_x'\n"
            "=========================== short test summary info ============================\n"
            "FAILED tests/test_die.py::test_x - worker 'gw0' crashed while running 'tests/...\n"
            "============================== 1 failed in 2.33s ===============================\n"
        ),
        failures=(
            Failure(
                kind=FailureKind.TEST,
                test_ids=("tests/test_die.py::test_x",),
                message="worker 'gw0' crashed while running 'tests/...",
                tool="pytest",
            ),
        ),
    ),
    Example(
        name="doctest",
        raw=(
            "============================= test session starts ==============================\n"
            "rootdir: /home/runner/work/billing/billing\n"
            "collected 1 item\n"
            "\n"
            "src/billing/doc.py F                                                     [100%]\n"
            "\n"
            "=================================== FAILURES ===================================\n"
            "___________________________ [doctest] billing.doc.f ____________________________\n"
            "002 \n"
            "003     >>> 1 + 1\n"
            "Expected:\n"
            "    3\n"
            "Got:\n"
            "    2\n"
            "\n"
            "/home/runner/work/billing/billing/src/billing/doc.py:3: DocTestFailure\n"
            "=========================== short test summary info ============================\n"
            "FAILED src/billing/doc.py::billing.doc.f\n"
            "============================== 1 failed in 0.64s ===============================\n"
        ),
        failures=(
            Failure(
                kind=FailureKind.TEST,
                test_ids=("src/billing/doc.py::billing.doc.f",),
                exception="DocTestFailure",
                frames=(at("src/billing/doc.py", 3),),
                tool="pytest",
            ),
        ),
    ),
)
