"""Imports that nothing uses say what may be missing; only modules that compute are looked into."""

from fixers.search.standard_members import callables_of


def test_functions_of_a_module_that_computes():
    assert {"category", "normalize"} <= set(callables_of("unicodedata"))
    assert callables_of("html") == ("escape", "unescape")


def test_other_modules_are_not_imported():
    assert callables_of("antigravity") == ()
    assert callables_of("goldseam_no_such_module") == ()
