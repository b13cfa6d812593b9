"""What a commit changed, and what was changed lately, as a mirror tells it."""

import shutil

from tasks.workspace.history import Past, past_of


def test_the_lines_that_a_commit_changed_and_the_age_of_files(origin, mirror) -> None:
    origin.commit({"old.py": "a = 1\n", "m.py": "a = 1\nb = 2\nc = 3\nd = 4\n", "gone.py": "x = 1\n"})
    origin.commit({"sub/n e w.py": "n = 1\n", "note.txt": "no code"})
    (origin.path / "gone.py").unlink()
    sha = origin.commit({"m.py": "a = 1\nb = 20\nd = 4\ne = 5\n", "fresh.py": "f = 1\ng = 2\n"})
    mirror.fetch(sha)
    past = past_of(mirror, sha)
    assert past.changed == {"m.py": {2, 4}, "fresh.py": {1, 2}}
    assert past.ages == {"m.py": 0, "fresh.py": 0, "gone.py": 0, "sub/n e w.py": 1, "old.py": 2}


def test_a_deleted_line_speaks_for_those_around_it(origin, mirror) -> None:
    origin.commit({"m.py": "a = 1\nb = 2\nc = 3\n"})
    sha = origin.commit({"m.py": "a = 1\nc = 3\n"})
    mirror.fetch(sha)
    assert past_of(mirror, sha).changed == {"m.py": {1, 2}}


def test_the_first_commit_has_no_push(origin, mirror) -> None:
    sha = origin.commit({"m.py": "a = 1\n"})
    mirror.fetch(sha)
    assert past_of(mirror, sha) == Past(ages={"m.py": 0})


def test_an_origin_that_is_gone_costs_the_facts_and_not_the_attempt(origin, mirror) -> None:
    origin.commit({"m.py": "a = 1\n"})
    sha = origin.commit({"m.py": "a = 2\n"})
    mirror.fetch(sha)
    shutil.rmtree(origin.path)
    assert past_of(mirror, sha) == Past()
