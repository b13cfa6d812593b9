"""What pytest 9.2 prints of other runs: on CI, in parallel, on narrow terminals, for other phases."""

from __future__ import annotations

from fixers.failures.base import Example
from fixers.failures.examples.expected import at
from fixers.model import Failure, FailureKind, Raised

EXAMPLES: tuple[Example, ...] = (
    Example(
        name="short, quiet, on CI",
        raw=(
            "FFF                                                                      [100%]\n"
            "=================================== FAILURES ===================================\n"
            "__________________________ test_odd[a - b::c[d] \\xe9] __________________________\n"
            "tests/test_fees.py:7: in test_odd\n"
            '    assert late_fee(days, "EUR") == 3\n'
            "E   AssertionError: assert 2 == 3\n"
            "E    +  where 2 = late_fee(1, 'EUR')\n"
            "_____________________________ TestFee.test_unknown _____________________________\n"
            "src/billing/fees.py:10: in late_fee\n"
            "    return days * rate(currency)\n"
            "                  ^^^^^^^^^^^^^^\n"
            "src/billing/fees.py:5: in rate\n"
            "    return RATES[currency]\n"
            "           ^^^^^^^^^^^^^^^\n"
            "E   KeyError: 'XYZ'\n"
            "\n"
            "The above exception was the direct cause of the following exception:\n"
            "tests/test_fees.py:13: in test_unknown\n"
            '    late_fee(1, "XYZ")\n'
            "src/billing/fees.py:12: in late_fee\n"
            '    raise ValueError(f"no rate for {currency!r}") from error\n'
            "E   ValueError: no rate for 'XYZ'\n"
            "----------------------------- Captured stdout call -----------------------------\n"
            "____ test_fake ____\n"
            "__________________________________ test_rates __________________________________\n"
            "tests/test_fees.py:17: in test_rates\n"
            '    assert [rate(c) for c in ("USD",)] == [1]\n'
            "           ^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
            "tests/test_fees.py:17: in <listcomp>\n"
            '    assert [rate(c) for c in ("USD",)] == [1]\n'
            "            ^^^^^^^\n"
            "src/billing/fees.py:5: in rate\n"
            "    return RATES[currency]\n"
            "           ^^^^^^^^^^^^^^^\n"
            "E   KeyError: 'USD'\n"
            "=========================== short test summary info ============================\n"
            "FAILED tests/test_fees.py::test_odd[a - b::c[d] \\xe9] - AssertionError: assert 2 == 3\n"
            " +  where 2 = late_fee(1, 'EUR')\n"
            "FAILED tests/test_fees.py::TestFee::test_unknown - ValueError: no rate for 'XYZ'\n"
            "FAILED tests/test_fees.py::test_rates - KeyError: 'USD'\n"
            "3 failed in 0.70s\n"
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
                    at("tests/test_fees.py", 17, "<listcomp>", 'assert [rate(c) for c in ("USD",)] == [1]'),
                    at("src/billing/fees.py", 5, "rate", "return RATES[currency]"),
                ),
                tool="pytest",
            ),
        ),
    ),
    Example(
        name="two workers, verbose, no summary",
        raw=(
            "============================= test session starts ==============================\n"
            "rootdir: /home/runner/work/billing/billing\n"
            "created: 2/2 workers\n"
            "2 workers [3 items]\n"
            "\n"
            "FFF                                                                      [100%]\n"
            "=================================== FAILURES ===================================\n"
            "_____________________________ TestFee.test_unknown _____________________________\n"
            "[gw1] linux -- Python 3.11.7 /opt/hostedtoolcache/Python/3.11.7/x64/bin/python\n"
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
            "self = <test_fees.TestFee object at 0x7f560b2c98d0>\n"
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
        ),
        failures=(
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
        ),
    ),
    Example(
        name="no",
        raw=(
            "============================= test session starts ==============================\n"
            "rootdir: /home/runner/work/billing/billing\n"
            "collected 3 items\n"
            "\n"
            "tests/test_fees.py FFF                                                   [100%]\n"
            "\n"
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
                message="asser...",
                tool="pytest",
            ),
            Failure(
                kind=FailureKind.TEST,
                test_ids=("tests/test_fees.py::TestFee::test_unknown",),
                exception="ValueError",
                message="no rate for 'XYZ'",
                tool="pytest",
            ),
            Failure(
                kind=FailureKind.TEST,
                test_ids=("tests/test_fees.py::test_rates",),
                exception="KeyError",
                message="'USD'",
                tool="pytest",
            ),
        ),
    ),
    Example(
        name="narrow",
        raw=(
            "========= test session starts ==========\n"
            "rootdir: /home/runner/work/billing/billing\n"
            "collected 3 items\n"
            "\n"
            "tests/test_fees.py FFF           [100%]\n"
            "\n"
            "=============== FAILURES ===============\n"
            "_________ TestFee.test_unknown _________\n"
            "src/billing/fees.py:10: in late_fee\n"
            "    return days * rate(currency)\n"
            "                  ^^^^^^^^^^^^^^\n"
            "src/billing/fees.py:5: in rate\n"
            "    return RATES[currency]\n"
            "           ^^^^^^^^^^^^^^^\n"
            "E   KeyError: 'XYZ'\n"
            "\n"
            "The above exception was the direct cause of the following exception:\n"
            "tests/test_fees.py:13: in test_unknown\n"
            '    late_fee(1, "XYZ")\n'
            "src/billing/fees.py:12: in late_fee\n"
            '    raise ValueError(f"no rate for {currency!r}") from error\n'
            "E   ValueError: no rate for 'XYZ'\n"
            "--------- Captured stdout call ---------\n"
            "======= short test summary info ========\n"
            "FAILED tests/test_fees.py::test_odd[a - b::c[d] \\xe9]\n"
            "FAILED tests/test_fees.py::TestFee::test_unknown\n"
            "FAILED tests/test_fees.py::test_rates\n"
            "========== 3 failed in 0.64s ===========\n"
        ),
        failures=(
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
                kind=FailureKind.TEST, test_ids=("tests/test_fees.py::test_odd[a - b::c[d] \\xe9]",), tool="pytest"
            ),
            Failure(kind=FailureKind.TEST, test_ids=("tests/test_fees.py::test_rates",), tool="pytest"),
        ),
    ),
)
