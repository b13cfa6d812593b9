"""JUnit XML of pytest, unittest-xml-reporting, Surefire, jest-junit, Playwright and gotestsum."""

from __future__ import annotations

from fixers.failures.base import Example
from fixers.failures.examples.expected import at
from fixers.model import Failure, FailureKind, Raised

EXAMPLES: tuple[Example, ...] = (
    Example(
        name="pytest xunit2",
        raw=(
            '<?xml version="1.0" encoding="utf-8"?><testsuites name="pytest tests"><testsuite name="pyt'
            'est" errors="3" failures="6" skipped="0" tests="11" time="0.053" timestamp="2026-11-22T18:'
            '17:27.782254+00:00" hostname="vm"><testcase classname="tests.test_fees.TestFee" name="test'
            '_unknown" time="0.000"><failure message="ValueError: no rate for \'XYZ\'">days = 1, currency'
            " = 'XYZ'\n"
            "\n"
            "    def late_fee(days, currency):\n"
            "        try:\n"
            "&gt;           return days * rate(currency)\n"
            "                          ^^^^^^^^^^^^^^\n"
            "\n"
            "src/billing/fees.py:10: \n"
            "_ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ \n"
            "\n"
            "currency = 'XYZ'\n"
            "\n"
            "    def rate(currency):\n"
            "&gt;       return RATES[currency]\n"
            "               ^^^^^^^^^^^^^^^\n"
            "E       KeyError: 'XYZ'\n"
            "\n"
            "src/billing/fees.py:5: KeyError\n"
            "\n"
            "The above exception was the direct cause of the following exception:\n"
            "\n"
            "self = &lt;test_fees.TestFee object at 0x7fcce70e4a90&gt;\n"
            "\n"
            "    def test_unknown(self):\n"
            '        print("____ test_fake ____")\n'
            '&gt;       late_fee(1, "XYZ")\n'
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
            '&gt;           raise ValueError(f"no rate for {currency!r}") from error\n'
            "E           ValueError: no rate for 'XYZ'\n"
            "\n"
            'src/billing/fees.py:12: ValueError</failure></testcase><testcase classname="tests.test_pha'
            'ses" name="test_setup" time="0.000"><error message="failed on setup with &quot;OSError: [E'
            'rrno 5] no database&quot;">@pytest.fixture\n'
            "    def database():\n"
            '&gt;       raise OSError(5, "no database")\n'
            "E       OSError: [Errno 5] no database\n"
            "\n"
            'tests/test_phases.py:6: OSError</error></testcase><testcase classname="tests.test_phases" '
            'name="test_teardown" time="0.000"><error message="failed on teardown with &quot;RuntimeErr'
            'or: left open&quot;">@pytest.fixture\n'
            "    def closing():\n"
            "        yield\n"
            '&gt;       raise RuntimeError("left open")\n'
            "E       RuntimeError: left open\n"
            "\n"
            'tests/test_phases.py:12: RuntimeError</error></testcase><testcase classname="tests.test_ph'
            'ases" name="test_parts" time="0.003"><failure message="assert 1 != 1">subtests = &lt;_pyte'
            "st.subtests.Subtests object at 0x7fcce6e2c790&gt;\n"
            "\n"
            "    def test_parts(subtests):\n"
            "        for i in range(3):\n"
            '            with subtests.test(msg="part", i=i):\n'
            "&gt;               assert i != 1\n"
            "E               assert 1 != 1\n"
            "\n"
            'tests/test_phases.py:26: AssertionError</failure><failure message="contains 1 failed subte'
            'st">contains 1 failed subtest</failure></testcase></testsuite></testsuites>'
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
                kind=FailureKind.TEST,
                test_ids=("tests/test_phases.py::test_parts",),
                exception="AssertionError",
                message="assert 1 != 1",
                frames=(at("tests/test_phases.py", 26, "test_parts", "assert i != 1"),),
                tool="pytest",
            ),
        ),
    ),
    Example(
        name="unittest-xml-reporting",
        raw=(
            '<testsuite name="tests.test_fees.FeeTest-20261122174800" tests="1" failures="1">\n'
            '<testcase classname="tests.test_fees.FeeTest" name="test_late"><failure type="AssertionErr'
            'or" message="2 != 3"><![CDATA[Traceback (most recent call last):\n'
            '  File "/home/runner/work/billing/billing/tests/test_fees.py", line 7, in test_late\n'
            "    self.assertEqual(late_fee(1), 3)\n"
            "AssertionError: 2 != 3\n"
            "]]></failure></testcase></testsuite>\n"
        ),
        failures=(
            Failure(
                kind=FailureKind.TEST,
                test_ids=("tests/test_fees.py::FeeTest::test_late",),
                exception="AssertionError",
                message="2 != 3",
                frames=(at("tests/test_fees.py", 7, "test_late", "self.assertEqual(late_fee(1), 3)"),),
                tool="junit",
            ),
        ),
    ),
    Example(
        name="surefire, flaky and rerun",
        raw=(
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            '<testsuite name="org.example.FeeTest" time="1,234.5" tests="3" errors="1" failures="1">\n'
            '  <properties><property name="java.version" value="21"/></properties>\n'
            '  <testcase name="late" classname="org.example.FeeTest" time="1,204.1">\n'
            '    <failure message="expected: &lt;2&gt; but was: &lt;3&gt;" type="org.opentest4j.Asserti'
            'onFailedError"><![CDATA[org.opentest4j.AssertionFailedError: expected: <2> but was: <3>\n'
            "\tat org.example.FeeTest.late(FeeTest.java:12)\n"
            "]]></failure>\n"
            '    <rerunFailure message="again" type="org.opentest4j.AssertionFailedError"><stackTrace>a'
            "gain</stackTrace></rerunFailure>\n"
            "  </testcase>\n"
            '  <testcase name="passedInTheEnd" classname="org.example.FeeTest" time="0.1">\n'
            '    <flakyFailure message="once" type="java.lang.Error"><stackTrace>once</stackTrace></fla'
            "kyFailure>\n"
            "  </testcase>\n"
            "</testsuite>\n"
        ),
        failures=(
            Failure(
                kind=FailureKind.TEST,
                test_ids=("org.example.FeeTest::late",),
                exception="org.opentest4j.AssertionFailedError",
                message="expected: <2> but was: <3>",
                tool="junit",
            ),
        ),
    ),
    Example(
        name="jest-junit, illegal characters",
        raw=(
            '<testsuites name="jest tests" tests="1" failures="1">\n'
            '  <testsuite name="fees" tests="1" failures="1">\n'
            '    <testcase classname="fees adds late fee" name="fees adds late fee" time="0.005">\n'
            "      <failure>Error: expect(received).toBe(expected)\x1b[31m\n"
            "    at Object.toBe (src/fees.test.js:4:17)&#x1b;[0m</failure>\n"
            "    </testcase>\n"
            "  </testsuite>\n"
            "</testsuites>\n"
        ),
        failures=(
            Failure(
                kind=FailureKind.TEST,
                test_ids=("fees adds late fee::fees adds late fee",),
                exception="Error",
                message="expect(received).toBe(expected)",
                tool="junit",
            ),
        ),
    ),
    Example(
        name="playwright, nested",
        raw=(
            '<testsuites><testsuite name="outer"><testsuite name="inner" file="web/fees.spec.ts">\n'
            '<testcase name="pays &#8250; late" classname="fees.spec.ts" file="web/fees.spec.ts"><failu'
            're message="fees.spec.ts:3:5 pays" type="FAILURE">Error: timed out</failure></testcase>\n'
            "</testsuite></testsuite></testsuites>\n"
        ),
        failures=(
            Failure(
                kind=FailureKind.TEST,
                test_ids=("web/fees.spec.ts::pays \u203a late",),
                exception="FAILURE",
                message="fees.spec.ts:3:5 pays",
                tool="junit",
            ),
        ),
    ),
    Example(
        name="gotestsum",
        raw=(
            '<testsuites tests="1" failures="1"><testsuite name="example.org/fees" tests="1" failures="'
            '1">\n'
            '<testcase classname="example.org/fees" name="TestLate/EUR" time="0.000000"><failure messag'
            'e="Failed" type="">=== RUN   TestLate/EUR\n'
            "    fees_test.go:8: got 3, want 2\n"
            "--- FAIL: TestLate/EUR (0.00s)\n"
            "</failure></testcase></testsuite></testsuites>\n"
        ),
        failures=(
            Failure(
                kind=FailureKind.TEST,
                test_ids=("example.org/fees::TestLate/EUR",),
                exception="Failed",
                message="=== RUN   TestLate/EUR",
                tool="junit",
            ),
        ),
    ),
    Example(
        name="pytest xunit1, cut in the middle",
        raw=(
            '<?xml version="1.0" encoding="utf-8"?><testsuites name="pytest tests"><testsuite name="pyt'
            'est" errors="0" failures="3" skipped="0" tests="3" time="0.047" timestamp="2026-11-22T18:1'
            '7:28.833212+00:00" hostname="vm"><testcase classname="tests.test_fees" name="test_odd[a - '
            'b::c[d] \\xe9]" file="tests/test_fees.py" line="4" time="0.001"><failure message="Assertion'
            "Error: assert 2 == 3&#10; +  where 2 = late_fee(1, 'EUR')\">days = 1\n"
            "\n"
            '    @pytest.mark.parametrize("days", [1], ids=["a - b::c[d] \xe9"])\n'
            "    def test_odd(days):\n"
            '&gt;       assert late_fee(days, "EUR") == 3\n'
            "E       AssertionError: assert 2 == 3\n"
            "E        +  where 2 = late_fee(1, 'EUR')\n"
            "\n"
            'tests/test_fees.py:7: AssertionError</failure></testcase><testcase classname="tests.test_f'
            'ees.TestFee" name="test_unknown" file="tests/test_fees.py" line="10" time="0.000"><failure'
            " message=\"ValueError: no rate for 'XYZ'\">days = 1, currency = 'XYZ'\n"
            "\n"
            "    def late_fee(days, currency):\n"
            "        try:\n"
            "&gt;         "
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
        ),
    ),
)
