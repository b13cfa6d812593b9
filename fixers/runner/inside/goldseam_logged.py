"""Exceptions that something logged while a test ran, instead of letting the test fail with them.

A web framework answers 500 for what a view raises: the test sees the answer, and only the log has the cause.
Runs in the target's interpreter (CPython 3.8 and newer, pytest 6 and newer).
"""

LAST = 3


def errors(item, when):
    """Return the last exceptions that were logged in a phase of a test; none where pytest keeps no log."""
    try:
        from _pytest.logging import caplog_records_key

        kept = item.stash if hasattr(item, "stash") else item._store  # noqa: SLF001 - its name before pytest 7
        records = kept.get(caplog_records_key, {}).get(when, [])
    except (ImportError, AttributeError):
        return []
    logged = [record.exc_info[1] for record in records if record.exc_info]
    return [error for error in logged if error is not None][-LAST:]
