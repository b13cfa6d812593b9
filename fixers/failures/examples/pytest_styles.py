"""One run of pytest 9.2 in its `--tb` styles; its own frames shortened."""

from __future__ import annotations

from fixers.failures.base import Example
from fixers.failures.examples.expected import at, outside
from fixers.model import Failure, FailureKind, Raised

EXAMPLES: tuple[Example, ...] = (
    Example(
        name="long",
        raw=(
            "============================= test session starts ==============================\n"
            "rootdir: /home/runner/work/billing/billing\n"
            "collected 3 items\n"
            "\n"
            "tests/test_fees.py FFF                                                   [100%]\n"
            "\n"
            "=================================== FAILURES ===================================\n"
            "__________________________ test_odd[a - b::c[d] \\xe9] __________________________\n"
            "\n"
            "days = 1\n"
            "\n"
            '    @pytest.mark.parametrize("days", [1], ids=["a - b::c[d] \xe9"])\n'
            "    def test_odd(days):\n"
            '>       assert late_fee(days, "EUR") == 3\n'
            "E       AssertionError: assert 2 == 3\n"
            "E        +  where 2 = late_fee(1, 'EUR')\n"
            "\n"
            "tests/test_fees.py:7: AssertionError\n"
            "_____________________________ TestFee.test_unknown _____________________________\n"
            "\n"
            "days = 1, currency = 'XYZ'\n"
            "\n"
            "    def late_fee(days, currency):\n"
            "        try:\n"
            ">           return days * rate(currency)\n"
            "                          ^^^^^^^^^^^^^^\n"
            "\n"
            "src/billing/fees.py:10: \n"
            "_ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ \n"
            "\n"
            "currency = 'XYZ'\n"
            "\n"
            "    def rate(currency):\n"
            ">       return RATES[currency]\n"
            "               ^^^^^^^^^^^^^^^\n"
            "E       KeyError: 'XYZ'\n"
            "\n"
            "src/billing/fees.py:5: KeyError\n"
            "\n"
            "The above exception was the direct cause of the following exception:\n"
            "\n"
            "self = <test_fees.TestFee object at 0x7fda93f75e90>\n"
            "\n"
            "    def test_unknown(self):\n"
            '        print("____ test_fake ____")\n'
            '>       late_fee(1, "XYZ")\n'
            "\n"
            "tests/test_fees.py:13: \n"
            "_ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ \n"
            "\n"
            "days = 1, currency = 'XYZ'\n"
            "\n"
            "    def late_fee(days, currency):\n"
            "        try:\n"
            "            return days * rate(currency)\n"
            "        except KeyError as error:\n"
            '>           raise ValueError(f"no rate for {currency!r}") from error\n'
            "E           ValueError: no rate for 'XYZ'\n"
            "\n"
            "src/billing/fees.py:12: ValueError\n"
            "----------------------------- Captured stdout call -----------------------------\n"
            "____ test_fake ____\n"
            "__________________________________ test_rates __________________________________\n"
            "\n"
            "    def test_rates():\n"
            '>       assert [rate(c) for c in ("USD",)] == [1]\n'
            "               ^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
            "\n"
            "tests/test_fees.py:17: \n"
            "_ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ \n"
            "\n"
            ".0 = <tuple_iterator object at 0x7fda938d9780>\n"
            "\n"
            '>   assert [rate(c) for c in ("USD",)] == [1]\n'
            "            ^^^^^^^\n"
            "\n"
            "tests/test_fees.py:17: \n"
            "_ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ \n"
            "\n"
            "currency = 'USD'\n"
            "\n"
            "    def rate(currency):\n"
            ">       return RATES[currency]\n"
            "               ^^^^^^^^^^^^^^^\n"
            "E       KeyError: 'USD'\n"
            "\n"
            "src/billing/fees.py:5: KeyError\n"
            "=========================== short test summary info ============================\n"
            "FAILED tests/test_fees.py::test_odd[a - b::c[d] \\xe9] - AssertionError: asser...\n"
            "FAILED tests/test_fees.py::TestFee::test_unknown - ValueError: no rate for 'XYZ'\n"
            "FAILED tests/test_fees.py::test_rates - KeyError: 'USD'\n"
            "============================== 3 failed in 0.83s ===============================\n"
        ),
        failures=(
            Failure(
                kind=FailureKind.TEST,
                test_ids=("tests/test_fees.py::test_odd[a - b::c[d] \\xe9]",),
                exception="AssertionError",
                message="assert 2 == 3\n +  where 2 = late_fee(1, 'EUR')",
                frames=(at("tests/test_fees.py", 7, "test_odd", 'assert late_fee(days, "EUR") == 3'),),
                tool="pytest",
            ),
            Failure(
                kind=FailureKind.TEST,
                test_ids=("tests/test_fees.py::TestFee::test_unknown",),
                exception="ValueError",
                message="no rate for 'XYZ'",
                frames=(
                    at("tests/test_fees.py", 13, "test_unknown", 'late_fee(1, "XYZ")'),
                    at(
                        "src/billing/fees.py",
                        12,
                        "late_fee",
                        'raise ValueError(f"no rate for {currency!r}") from error',
                    ),
                ),
                causes=(
                    Raised(
                        type="KeyError",
                        message="'XYZ'",
                        frames=(
                            at("src/billing/fees.py", 10, "late_fee", "return days * rate(currency)"),
                            at("src/billing/fees.py", 5, "rate", "return RATES[currency]"),
                        ),
                    ),
                ),
                tool="pytest",
            ),
            Failure(
                kind=FailureKind.TEST,
                test_ids=("tests/test_fees.py::test_rates",),
                exception="KeyError",
                message="'USD'",
                frames=(
                    at("tests/test_fees.py", 17, "test_rates", 'assert [rate(c) for c in ("USD",)] == [1]'),
                    at("tests/test_fees.py", 17, "", 'assert [rate(c) for c in ("USD",)] == [1]'),
                    at("src/billing/fees.py", 5, "rate", "return RATES[currency]"),
                ),
                tool="pytest",
            ),
        ),
    ),
    Example(
        name="line",
        raw=(
            "============================= test session starts ==============================\n"
            "rootdir: /home/runner/work/billing/billing\n"
            "collected 3 items\n"
            "\n"
            "tests/test_fees.py FFF                                                   [100%]\n"
            "\n"
            "=================================== FAILURES ===================================\n"
            "E   AssertionError: assert 2 == 3\n"
            "     +  where 2 = late_fee(1, 'EUR')\n"
            "/home/runner/work/billing/billing/tests/test_fees.py:7: AssertionError: assert 2 == 3\n"
            "E   KeyError: 'XYZ'\n"
            "\n"
            "The above exception was the direct cause of the following exception:\n"
            "E   ValueError: no rate for 'XYZ'\n"
            "----------------------------- Captured stdout call -----------------------------\n"
            "____ test_fake ____\n"
            "/home/runner/work/billing/billing/src/billing/fees.py:12: ValueError: no rate for 'XYZ'\n"
            "E   KeyError: 'USD'\n"
            "/home/runner/work/billing/billing/src/billing/fees.py:5: KeyError: 'USD'\n"
            "=========================== short test summary info ============================\n"
            "FAILED tests/test_fees.py::test_odd[a - b::c[d] \\xe9] - AssertionError: asser...\n"
            "FAILED tests/test_fees.py::TestFee::test_unknown - ValueError: no rate for 'XYZ'\n"
            "FAILED tests/test_fees.py::test_rates - KeyError: 'USD'\n"
            "============================== 3 failed in 0.74s ===============================\n"
        ),
        failures=(
            Failure(
                kind=FailureKind.TEST,
                test_ids=("tests/test_fees.py::test_odd[a - b::c[d] \\xe9]",),
                exception="AssertionError",
                message="assert 2 == 3",
                frames=(at("tests/test_fees.py", 7),),
                tool="pytest",
            ),
            Failure(
                kind=FailureKind.TEST,
                test_ids=("tests/test_fees.py::TestFee::test_unknown",),
                exception="ValueError",
                message="no rate for 'XYZ'",
                frames=(at("src/billing/fees.py", 12),),
                tool="pytest",
            ),
            Failure(
                kind=FailureKind.TEST,
                test_ids=("tests/test_fees.py::test_rates",),
                exception="KeyError",
                message="'USD'",
                frames=(at("src/billing/fees.py", 5),),
                tool="pytest",
            ),
        ),
    ),
    Example(
        name="native",
        raw=(
            "============================= test session starts ==============================\n"
            "rootdir: /home/runner/work/billing/billing\n"
            "collected 3 items\n"
            "\n"
            "tests/test_fees.py FFF                                                   [100%]\n"
            "\n"
            "=================================== FAILURES ===================================\n"
            "__________________________ test_odd[a - b::c[d] \\xe9] __________________________\n"
            "Traceback (most recent call last):\n"
            '  File "/opt/hostedtoolcache/Python/3.11.7/x64/lib/python3.11/site-packages/_pytest/runner'
            '.py", line 361, in from_call\n'
            "    result: TResult | None = func()\n"
            '  File "/home/runner/work/billing/billing/tests/test_fees.py", line 7, in test_odd\n'
            '    assert late_fee(days, "EUR") == 3\n'
            "AssertionError: assert 2 == 3\n"
            " +  where 2 = late_fee(1, 'EUR')\n"
            "_____________________________ TestFee.test_unknown _____________________________\n"
            "Traceback (most recent call last):\n"
            '  File "/home/runner/work/billing/billing/src/billing/fees.py", line 10, in late_fee\n'
            "    return days * rate(currency)\n"
            "                  ^^^^^^^^^^^^^^\n"
            '  File "/home/runner/work/billing/billing/src/billing/fees.py", line 5, in rate\n'
            "    return RATES[currency]\n"
            "           ~~~~~^^^^^^^^^^\n"
            "KeyError: 'XYZ'\n"
            "\n"
            "The above exception was the direct cause of the following exception:\n"
            "\n"
            "Traceback (most recent call last):\n"
            '  File "/opt/hostedtoolcache/Python/3.11.7/x64/lib/python3.11/site-packages/_pytest/runner'
            '.py", line 361, in from_call\n'
            "    result: TResult | None = func()\n"
            '  File "/home/runner/work/billing/billing/tests/test_fees.py", line 13, in test_unknown\n'
            '    late_fee(1, "XYZ")\n'
            '  File "/home/runner/work/billing/billing/src/billing/fees.py", line 12, in late_fee\n'
            '    raise ValueError(f"no rate for {currency!r}") from error\n'
            "ValueError: no rate for 'XYZ'\n"
            "----------------------------- Captured stdout call -----------------------------\n"
            "=========================== short test summary info ============================\n"
            "FAILED tests/test_fees.py::test_odd[a - b::c[d] \\xe9] - AssertionError: asser...\n"
            "FAILED tests/test_fees.py::TestFee::test_unknown - ValueError: no rate for 'XYZ'\n"
            "============================== 3 failed in 0.67s ===============================\n"
        ),
        failures=(
            Failure(
                kind=FailureKind.TEST,
                test_ids=("tests/test_fees.py::test_odd[a - b::c[d] \\xe9]",),
                exception="AssertionError",
                message="assert 2 == 3\n +  where 2 = late_fee(1, 'EUR')",
                frames=(
                    outside(
                        "/opt/hostedtoolcache/Python/3.11.7/x64/lib/python3.11/site-packages/_pytest/runner.py",
                        361,
                        "from_call",
                        "result: TResult | None = func()",
                    ),
                    at("tests/test_fees.py", 7, "test_odd", 'assert late_fee(days, "EUR") == 3'),
                ),
                tool="pytest",
            ),
            Failure(
                kind=FailureKind.TEST,
                test_ids=("tests/test_fees.py::TestFee::test_unknown",),
                exception="ValueError",
                message="no rate for 'XYZ'",
                frames=(
                    outside(
                        "/opt/hostedtoolcache/Python/3.11.7/x64/lib/python3.11/site-packages/_pytest/runner.py",
                        361,
                        "from_call",
                        "result: TResult | None = func()",
                    ),
                    at("tests/test_fees.py", 13, "test_unknown", 'late_fee(1, "XYZ")'),
                    at(
                        "src/billing/fees.py",
                        12,
                        "late_fee",
                        'raise ValueError(f"no rate for {currency!r}") from error',
                    ),
                ),
                causes=(
                    Raised(
                        type="KeyError",
                        message="'XYZ'",
                        frames=(
                            at("src/billing/fees.py", 10, "late_fee", "return days * rate(currency)"),
                            at("src/billing/fees.py", 5, "rate", "return RATES[currency]"),
                        ),
                    ),
                ),
                tool="pytest",
            ),
        ),
    ),
)
