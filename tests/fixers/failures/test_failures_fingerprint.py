"""What a fingerprint is blind to, what it sees, and that one fault has one in every form."""

from __future__ import annotations

import pytest

from fixers.failures import fingerprint, read_junit, read_log, read_traceback, run_fingerprint, signature
from fixers.failures.examples.expected import at, outside
from fixers.failures.signature import shape
from fixers.model import Failure, FailureKind, Frame, Raised

TEST = at("tests/test_fees.py", 13, "test_late", "late_fee(1)")
CODE = at("src/billing/fees.py", 12, "late_fee", "raise ValueError")
LIBRARY = outside("/usr/lib/python3.11/json/decoder.py", 355, "raw_decode")


def failure(
    *frames: Frame,
    exception: str = "ValueError",
    message: str = "no rate for 'EUR'",
    test: str = "tests/test_fees.py::test_late",
    causes: tuple[Raised, ...] = (),
    kind: FailureKind = FailureKind.TEST,
) -> Failure:
    ids = (test,) if test else ()
    return Failure(kind=kind, test_ids=ids, exception=exception, message=message, frames=frames, causes=causes)


SAME = {
    "line numbers": (failure(TEST, CODE), failure(TEST, at("src/billing/fees.py", 99, "late_fee"))),
    "module of the exception": (failure(CODE, exception="billing.errors.NoRate"), failure(CODE, exception="NoRate")),
    "the way into the function": (
        failure(TEST, CODE),
        failure(at("src/billing/web.py", 4, "view"), CODE, test="", kind=FailureKind.CRASH),
    ),
    "another test of the same function": (failure(TEST, CODE), failure(TEST, CODE, test="tests/test_fees.py::test_b")),
    "data of the run, in project code": (failure(CODE), failure(CODE, message="no rate for 'USD'")),
    "a library below": (failure(TEST, CODE, LIBRARY), failure(TEST, CODE)),
    "path of a library": (failure(LIBRARY, test=""), failure(outside("C:\\Lib\\json.py", 1, "raw_decode"), test="")),
    "comprehension, which 3.12 does not show": (
        failure(CODE, at("src/billing/fees.py", 12, "<listcomp>")),
        failure(CODE),
    ),
    "qualified name of the function": (
        failure(CODE),
        failure(at("src/billing/fees.py", 12, "Fees.late_fee")),
    ),
    "further lines of the message": (failure(TEST), failure(TEST, message="no rate for 'EUR'\n  +where 1\n")),
    "temporary path in a test": (
        failure(TEST, message="no '/tmp/pytest-of-root/pytest-3/test_a0/x.json'"),
        failure(TEST, message="no '/tmp/pytest-of-ci/pytest-17/test_a1/x.json'"),
    ),
    "causes": (failure(CODE), failure(CODE, causes=(Raised(type="KeyError", message="'x'"),))),
}
OTHER = {
    "exception": (failure(CODE), failure(CODE, exception="KeyError")),
    "function": (failure(CODE), failure(at("src/billing/fees.py", 12, "early_fee"))),
    "file": (failure(CODE), failure(at("src/billing/rates.py", 12, "late_fee"))),
    "message template": (failure(CODE), failure(CODE, message="unknown currency 'EUR'")),
    "missing name": (
        failure(CODE, exception="NameError", message="name 'a' is not defined"),
        failure(CODE, exception="NameError", message="name 'b' is not defined"),
    ),
    "error number": (
        failure(CODE, exception="OSError", message="[Errno 2] x"),
        failure(CODE, exception="OSError", message="[Errno 13] x"),
    ),
    "test, when only it is known": (failure(TEST), failure(TEST, test="tests/test_fees.py::test_early")),
    "parameter, when only the test is known": (
        failure(TEST, test="tests/test_fees.py::test_late[a]"),
        failure(TEST, test="tests/test_fees.py::test_late[b]"),
    ),
    "values of an assertion in a test": (
        failure(TEST, exception="AssertionError", message="assert 1 == 2"),
        failure(TEST, exception="AssertionError", message="assert 1 == 3"),
    ),
    "members of a group": (
        failure(CODE, exception="ExceptionGroup", causes=(Raised(type="KeyError", message=""),)),
        failure(CODE, exception="ExceptionGroup", causes=(Raised(type="OSError", message=""),)),
    ),
    "rule of a linter": (failure(at("a.py", 1), test="", exception="F401"), failure(at("a.py", 1), test="")),
    "file of a linter": (failure(at("a.py", 1), test=""), failure(at("b.py", 1), test="")),
}


@pytest.mark.parametrize("name", SAME)
def test_fingerprint_is_blind_to(name: str) -> None:
    one, two = SAME[name]
    assert one != two
    assert fingerprint(one) == fingerprint(two)


@pytest.mark.parametrize("name", OTHER)
def test_fingerprint_sees_another(name: str) -> None:
    one, two = OTHER[name]
    assert fingerprint(one) != fingerprint(two)


def test_repository_and_base_are_part_of_the_name() -> None:
    names = {fingerprint(failure(CODE), repository=r, base=b) for r in ("acme/a", "acme/b") for b in ("main", "next")}
    assert len(names) == 4
    assert all(len(name) == 64 and int(name, 16) for name in names)


def test_run_fingerprint_is_free_of_order_and_repeats() -> None:
    one, two = failure(CODE), failure(TEST)
    assert run_fingerprint([one, two]) == run_fingerprint([two, one, two])
    assert run_fingerprint([one]) != run_fingerprint([one, two])
    assert run_fingerprint([one]) != run_fingerprint([one], repository="acme/a")


VOLATILE = {
    "address": ("<Fees object at 0x7fefcbb91f10>", "<Fees object at 0x55d0c0ffee00>"),
    "time": ("at 2026-11-22 17:48:53.900952+00:00", "at 2027-01-01 00:00:00+00:00"),
    "clock": ("at 17:48:53", "at 09:00:01.5"),
    "epoch": ("expired at 1795000000.25", "expired at 1795000999"),
    "duration": ("took 0.53s", "took 12.04s"),
    "time-out": ("Timeout (>1.0s) from pytest-timeout.", "Timeout (>60.0s) from pytest-timeout."),
    "uuid": ("no 3f2b1c4d-1111-4222-8333-444455556666", "no 00000000-aaaa-4bbb-8ccc-dddddddddddd"),
    "digest": ("blob deadbeefcafe1234", "blob 0123456789abcdef"),
    "port": ("connect to 127.0.0.1:41234", "connect to 127.0.0.1:80"),
    "port of a tuple": ("bind ('127.0.0.1', 41234)", "bind ('127.0.0.1', 80)"),
    "seed": ("failed with seed=123", "failed with seed=4"),
    "line": ("invalid syntax (x.py, line 3)", "invalid syntax (x.py, line 12)"),
    "temporary path": ("no file '/tmp/tmpab12/x'", "no file '/tmp/tmp99zz/y'"),
    "workspace": ("no file '/home/runner/work/a/a/data/x.json'", "no file '/app/data/x.json'"),
    "thread": ("in Thread-3", "in Thread-12"),
    "order of a set": ("{'b', 'a'} is odd", "{'a', 'b'} is odd"),
}


@pytest.mark.parametrize("name", VOLATILE)
def test_signature_leaves_out(name: str) -> None:
    one, two = VOLATILE[name]
    assert signature("E", one) == signature("E", two)


@pytest.mark.parametrize(
    ("one", "two"),
    [("assert 5 == 4", "assert 6 == 4"), ("'x'", "'y'"), ("file a.json", "file b.json"), ("1.5 apples", "2.5 apples")],
)
def test_signature_keeps_values(one: str, two: str) -> None:
    assert signature("E", one) != signature("E", two)


def test_shape_keeps_the_names_of_attributes() -> None:
    message = "'NoneType' object has no attribute 'rate'"
    assert shape("AttributeError", message) == f"AttributeError: {message}"
    assert shape("billing.NoRate", "no rate for 'EUR' in 2 tables") == "NoRate: no rate for <value> in <n> tables"


PRODUCTION = """Traceback (most recent call last):
  File "/srv/app/releases/42/src/billing/web.py", line 31, in view
    return late_fee(days, form["currency"])
  File "/srv/app/releases/42/src/billing/fees.py", line 112, in late_fee
    raise ValueError(f"no rate for {currency!r}") from error
ValueError: no rate for 'CHF'
"""
LONG = f"""{"=" * 35} FAILURES {"=" * 35}
{"_" * 35} test_late {"_" * 34}

    def test_late():
>       late_fee(1, "XYZ")

tests/test_fees.py:13:
{"_ " * 40}

    def late_fee(days, currency):
        try:
            return days * rate(currency)
        except KeyError as error:
>           raise ValueError(f"no rate for {{currency!r}}") from error
E           ValueError: no rate for 'XYZ'

src/billing/fees.py:12: ValueError
{"=" * 27} short test summary info {"=" * 28}
FAILED tests/test_fees.py::test_late - ValueError: no rate for 'XYZ'
{"=" * 30} 1 failed in 0.12s {"=" * 31}
"""
JUNIT = """<testsuites name="pytest tests"><testsuite name="pytest">
<testcase classname="tests.test_fees" name="test_late">
<failure message="ValueError: no rate for 'XYZ'">tests/test_fees.py:13: in test_late
    late_fee(1, "XYZ")
src/billing/fees.py:12: in late_fee
    raise ValueError(f"no rate for {currency!r}") from error
E   ValueError: no rate for 'XYZ'</failure></testcase></testsuite></testsuites>
"""
FILES = ("src/billing/fees.py", "src/billing/web.py", "tests/test_fees.py")


def test_a_crash_has_one_fingerprint_in_production_in_a_log_and_in_junit() -> None:
    (production,) = read_traceback(PRODUCTION, project_files=FILES)
    (log,) = read_log([LONG.encode()], project_files=FILES).failures
    (junit,) = read_junit(JUNIT.encode(), project_files=FILES)
    assert production.test_ids == ()
    assert log.test_ids == junit.test_ids == ("tests/test_fees.py::test_late",)
    assert len({fingerprint(seen, repository="acme/a", base="main") for seen in (production, log, junit)}) == 1
