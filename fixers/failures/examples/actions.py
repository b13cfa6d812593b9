"""Job logs of GitHub Actions: what the API serves, and what `gh run view --log` prints."""

from __future__ import annotations

from fixers.failures.base import Example
from fixers.failures.examples.expected import at, finding
from fixers.model import Failure, FailureKind, Raised

EXAMPLES: tuple[Example, ...] = (
    Example(
        name="a job with a failing step",
        raw=(
            "\ufeff2026-11-22T17:48:03.1234567Z ##[group]Run actions/checkout@v5\n"
            "2026-11-22T17:48:03.1234568Z with:\n"
            "2026-11-22T17:48:03.1234569Z   fetch-depth: 1\n"
            "2026-11-22T17:48:03.1234570Z ##[endgroup]\n"
            "2026-11-22T17:48:03.1234571Z Syncing repository: acme/billing\n"
            "2026-11-22T17:48:03.1234572Z ##[group]Getting Git version info\n"
            "2026-11-22T17:48:03.1234573Z git version 2.51.0\n"
            "2026-11-22T17:48:03.1234574Z ##[endgroup]\n"
            "2026-11-22T17:48:03.1234575Z ##[group]Run pip install -e .\n"
            "2026-11-22T17:48:03.1234576Z \x1b[36;1mpip install -e .\x1b[0m\n"
            "2026-11-22T17:48:04.1234577Z shell: /usr/bin/bash -e {0}\n"
            "2026-11-22T17:48:04.1234578Z ##[endgroup]\n"
            "2026-11-22T17:48:04.1234579Z Traceback (most recent call last):\n"
            '2026-11-22T17:48:04.1234580Z   File "src/billing/setup_hook.py", line 1, in hook\n'
            "2026-11-22T17:48:04.1234581Z     pass\n"
            "2026-11-22T17:48:04.1234582Z ImportError: a warning of a step that passed\n"
            "2026-11-22T17:48:04.1234583Z ##[group]Run echo 'FAILED tests/test_a.py::test_b - no'\n"
            "2026-11-22T17:48:04.1234584Z \x1b[36;1mecho 'FAILED tests/test_a.py::test_b - no'\x1b[0m\n"
            "2026-11-22T17:48:04.1234585Z \x1b[36;1mpython -m pytest -q --tb=short\x1b[0m\n"
            "2026-11-22T17:48:04.1234586Z shell: /usr/bin/bash -e {0}\n"
            "2026-11-22T17:48:05.1234587Z env:\n"
            "2026-11-22T17:48:05.1234588Z   CI: true\n"
            "2026-11-22T17:48:05.1234589Z   TOKEN: ***\n"
            "2026-11-22T17:48:05.1234590Z ##[endgroup]\n"
            "2026-11-22T17:48:05.1234591Z ##[group]Run fixtures\n"
            "2026-11-22T17:48:05.1234592Z a program's own group, no step\n"
            "2026-11-22T17:48:05.1234593Z ##[endgroup]\n"
            "2026-11-22T17:48:05.1234594Z FFF                                                          "
            "            [100%]\n"
            "2026-11-22T17:48:05.1234595Z =================================== FAILURES ================"
            "===================\n"
            "2026-11-22T17:48:05.1234596Z __________________________ test_odd[a - b::c[d] \\xe9] _______"
            "___________________\n"
            "2026-11-22T17:48:06.1234597Z tests/test_fees.py:7: in test_odd\n"
            '2026-11-22T17:48:06.1234598Z     assert late_fee(days, "EUR") == 3\n'
            "2026-11-22T17:48:06.1234599Z \x1b[31mE   AssertionError: assert 2 == 3\x1b[0m\n"
            "2026-11-22T17:48:06.1234600Z \x1b[31mE    +  where 2 = late_fee(1, 'EUR')\x1b[0m\n"
            "2026-11-22T17:48:06.1234601Z _____________________________ TestFee.test_unknown __________"
            "___________________\n"
            "2026-11-22T17:48:06.1234602Z src/billing/fees.py:10: in late_fee\n"
            "2026-11-22T17:48:06.1234603Z     return days * rate(currency)\n"
            "2026-11-22T17:48:06.1234604Z                   ^^^^^^^^^^^^^^\n"
            "2026-11-22T17:48:06.1234605Z src/billing/fees.py:5: in rate\n"
            "2026-11-22T17:48:06.1234606Z     return RATES[currency]\n"
            "2026-11-22T17:48:07.1234607Z            ^^^^^^^^^^^^^^^\n"
            "2026-11-22T17:48:07.1234608Z \x1b[31mE   KeyError: 'XYZ'\x1b[0m\n"
            "2026-11-22T17:48:07.1234609Z \n"
            "2026-11-22T17:48:07.1234610Z The above exception was the direct cause of the following exc"
            "eption:\n"
            "2026-11-22T17:48:07.1234611Z tests/test_fees.py:13: in test_unknown\n"
            '2026-11-22T17:48:07.1234612Z     late_fee(1, "XYZ")\n'
            "2026-11-22T17:48:07.1234613Z src/billing/fees.py:12: in late_fee\n"
            '2026-11-22T17:48:07.1234614Z     raise ValueError(f"no rate for {currency!r}") from error\n'
            "2026-11-22T17:48:07.1234615Z \x1b[31mE   ValueError: no rate for 'XYZ'\x1b[0m\n"
            "2026-11-22T17:48:07.1234616Z ----------------------------- Captured stdout call ----------"
            "-------------------\n"
            "2026-11-22T17:48:08.1234617Z ____ test_fake ____\n"
            "2026-11-22T17:48:08.1234618Z __________________________________ test_rates _______________"
            "___________________\n"
            "2026-11-22T17:48:08.1234619Z tests/test_fees.py:17: in test_rates\n"
            '2026-11-22T17:48:08.1234620Z     assert [rate(c) for c in ("USD",)] == [1]\n'
            "2026-11-22T17:48:08.1234621Z            ^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
            "2026-11-22T17:48:08.1234622Z tests/test_fees.py:17: in <listcomp>\n"
            '2026-11-22T17:48:08.1234623Z     assert [rate(c) for c in ("USD",)] == [1]\n'
            "2026-11-22T17:48:08.1234624Z             ^^^^^^^\n"
            "2026-11-22T17:48:08.1234625Z src/billing/fees.py:5: in rate\n"
            "2026-11-22T17:48:08.1234626Z     return RATES[currency]\n"
            "2026-11-22T17:48:09.1234627Z            ^^^^^^^^^^^^^^^\n"
            "2026-11-22T17:48:09.1234628Z \x1b[31mE   KeyError: 'USD'\x1b[0m\n"
            "2026-11-22T17:48:09.1234629Z =========================== short test summary info ========="
            "===================\n"
            "2026-11-22T17:48:09.1234630Z FAILED tests/test_fees.py::test_odd[a - b::c[d] \\xe9] - Asser"
            "tionError: assert 2 == 3\n"
            "2026-11-22T17:48:09.1234631:  +  where 2 = late_fee(1, 'EUR')\n"
            "2026-11-22T17:48:09.1234632Z FAILED tests/test_fees.py::TestFee::test_unknown - ValueError"
            ": no rate for 'XYZ'\n"
            "2026-11-22T17:48:09.1234633Z FAILED tests/test_fees.py::test_rates - KeyError: 'USD'\n"
            "2026-11-22T17:48:09.1234634Z 3 failed in 0.70s\n"
            "2026-11-22T17:48:09.1234635Z ##[error]Process completed with exit code 1.\n"
            "2026-11-22T17:48:09.1234636Z Post job cleanup.\n"
            "2026-11-22T17:48:10.1234637Z [command]/usr/bin/git version\n"
            "2026-11-22T17:48:10.1234638Z ##[warning]Unable to delete\n"
            "2026-11-22T17:48:10.1234639Z src/late.py:1:1: F401 'os' imported but unused\n"
        ),
        failures=(
            Failure(
                kind=FailureKind.TEST,
                test_ids=("tests/test_fees.py::test_odd[a - b::c[d] \\xe9]",),
                exception="AssertionError",
                message="assert 2 == 3\n +  where 2 = late_fee(1, 'EUR')",
                frames=(at("tests/test_fees.py", 7, "test_odd", 'assert late_fee(days, "EUR") == 3'),),
                command="echo 'FAILED tests/test_a.py::test_b - no'\npython -m pytest -q --tb=short",
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
                command="echo 'FAILED tests/test_a.py::test_b - no'\npython -m pytest -q --tb=short",
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
                command="echo 'FAILED tests/test_a.py::test_b - no'\npython -m pytest -q --tb=short",
                tool="pytest",
            ),
        ),
    ),
    Example(
        name="gh run view --log, two jobs",
        raw=(
            "test (3.11)\tRun tests\t2026-11-22T17:48:03.1234567Z ##[group]Run ruff check\n"
            "test (3.11)\tRun tests\t2026-11-22T17:48:03.1234568Z [36;1mruff check[0m\n"
            "test (3.11)\tRun tests\t2026-11-22T17:48:03.1234569Z shell: /usr/bin/bash -e {0}\n"
            "test (3.11)\tRun tests\t2026-11-22T17:48:03.1234570Z ##[endgroup]\n"
            "test (3.11)\tRun tests\t2026-11-22T17:48:03.1234571Z ##[error]src/billing/fees.py:1:8: F401 "
            "`os` imported but unused\n"
            "test (3.11)\tRun tests\t2026-11-22T17:48:03.1234572Z ##[error]Process completed with exit co"
            "de 1.\n"
            "lint\tRun mypy\t2026-11-22T17:48:03.1234567Z ##[group]Run mypy src\n"
            "lint\tRun mypy\t2026-11-22T17:48:03.1234568Z \x1b[36;1mmypy src\x1b[0m\n"
            "lint\tRun mypy\t2026-11-22T17:48:03.1234569Z shell: /usr/bin/bash -e {0}\n"
            "lint\tRun mypy\t2026-11-22T17:48:03.1234570Z ##[endgroup]\n"
            'lint\tRun mypy\t2026-11-22T17:48:03.1234571Z src/billing/fees.py:4: error: Name "x" is not d'
            "efined  [name-defined]\n"
            "lint\tRun mypy\t2026-11-22T17:48:03.1234572Z ##[error]Process completed with exit code 1.\n"
            "lint\tRun mypy\t2026-11-22T17:48:03.1234573Z Post job cleanup.\n"
        ),
        failures=(
            finding("ruff", "F401", "`os` imported but unused", "src/billing/fees.py", 1).model_copy(
                update={"command": "ruff check"}
            ),
            Failure(
                kind=FailureKind.TYPE_CHECK,
                exception="name-defined",
                message='Name "x" is not defined',
                frames=(at("src/billing/fees.py", 4),),
                command="mypy src",
                tool="mypy",
            ),
        ),
    ),
)
