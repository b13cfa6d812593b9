"""A repository's own way: subjects, sign-offs, templates, and who owns a file."""

from __future__ import annotations

import pytest

from tasks.github.protocol import Account
from tasks.report.codeowners import Owners, owners_of
from tasks.report.habits import Habits, habits_of, kept, trailers

SIGNED = "Add a fee\n\nSigned-off-by: Kim Li <kim@example.test>"


@pytest.mark.parametrize(
    ("messages", "title"),
    [
        pytest.param(["feat: a", "fix(api)!: b", "Merge pull request #1 from o/x"], "fix: fee in a.py", id="most"),
        pytest.param(["feat: a", "Add b"], "Fix fee in a.py", id="half"),
        pytest.param(["Add a", "Drop b"], "Fix fee in a.py", id="imperative"),
        pytest.param(["add a", "drop b", "Add c"], "fix fee in a.py", id="small-letters"),
        pytest.param(["search: Let it count.", "docs: Say it.", "Grow"], "Fix fee in a.py", id="areas-are-no-types"),
        pytest.param([], "Fix fee in a.py", id="no-history"),
        pytest.param(["fix: a", "", "Merge branch 'x'"], "fix: fee in a.py", id="only-merges-beside-it"),
    ],
)
def test_the_title_follows_the_history(messages: list[str], title: str) -> None:
    assert habits_of(messages).title("fix: fee in a.py") == title


@pytest.mark.parametrize(
    ("messages", "asks", "signed"),
    [
        pytest.param([SIGNED, SIGNED, "Fix"], False, True, id="most"),
        pytest.param([SIGNED, "Fix"], False, False, id="half"),
        pytest.param(["Fix"], True, True, id="asked-for"),
        pytest.param(["Talk of Signed-off-by: lines"], False, False, id="only-named"),
    ],
)
def test_a_sign_off_is_added_where_it_is_usual(messages: list[str], asks: bool, signed: bool) -> None:
    habits = habits_of(messages, asks_for_sign_off=asks)
    found = trailers(habits, Account("goldseam[bot]", 77), None, "github.com")
    said = "Signed-off-by: goldseam[bot] <77+goldseam[bot]@users.noreply.github.com>"
    assert found == ((said,) if signed else ())


def test_whoever_helped_is_named_before_the_sign_off() -> None:
    found = trailers(Habits(signed=True), Account("goldseam[bot]", 77), Account("kim", 9), "ghe.example")
    assert found == (
        "Co-authored-by: kim <9+kim@users.noreply.ghe.example>",
        "Signed-off-by: goldseam[bot] <77+goldseam[bot]@users.noreply.ghe.example>",
    )


TEMPLATE = """\
<!-- Thanks! Fill in everything. -->
# What and why

Closes #12 for @kim, see https://evil.example
- [ ] Tests <!-- goldseam:box=retry -->
- [x] ![](https://evil.example/x.png)
1. One


<!-- never closed
"""


def test_the_template_keeps_its_shape_and_reaches_nobody() -> None:
    shown = kept(TEMPLATE)
    assert shown.splitlines()[0] == "# What and why"
    assert "- [ ] Tests" in shown
    assert "1. One" in shown
    assert "<!--" not in shown
    for reaching in ("#12", "@kim", "://", "![]"):
        assert reaching not in shown


def test_the_template_stands_under_our_text() -> None:
    body = Habits(template="## Checks\n- [ ] ok").body("Ours <!-- mark -->\n")
    assert body == "Ours <!-- mark -->\n\n---\n\n## Checks\n- [ ] ok\n"
    assert Habits(template="<!-- nothing -->").body("Ours\n") == "Ours\n"


def test_a_template_without_end_is_cut() -> None:
    assert len(kept("word " * 5000 + "\n" + "- [ ] line\n" * 5000)) < 5000


OWNERS = b"""\
# Comment
*            @everyone
*.py         @acme/python  # trailing words
/docs/       @writer kim@example.test
docs/*       @flat
apps         @apps
/build/logs/ @logs
**/deep/*.md @deep
a\\ b.py      @space
/free.py
![x]         @never
"""


@pytest.mark.parametrize(
    ("path", "users", "teams"),
    [
        pytest.param("README", ("everyone",), (), id="default"),
        pytest.param("src/fees.py", (), ("python",), id="by-ending"),
        pytest.param("docs/a.txt", ("flat",), (), id="last-line-wins"),
        pytest.param("docs/deep/er/a.txt", ("writer",), (), id="star-is-one-level"),
        pytest.param("x/apps/y/z.txt", ("apps",), (), id="folder-anywhere"),
        pytest.param("build/logs/a/b", ("logs",), (), id="folder-at-root"),
        pytest.param("x/build/logs/a", ("everyone",), (), id="anchored"),
        pytest.param("x/y/deep/a.md", ("deep",), (), id="two-stars"),
        pytest.param("a b.py", ("space",), (), id="blank-in-name"),
        pytest.param("free.py", (), (), id="nobody"),
    ],
)
def test_the_last_matching_line_names_the_owners(path: str, users: tuple[str, ...], teams: tuple[str, ...]) -> None:
    assert owners_of([path], OWNERS) == Owners(users, teams)


def test_owners_of_several_files_are_named_once() -> None:
    assert owners_of(["a.py", "b.py", "README"], OWNERS) == Owners(("everyone",), ("python",))
    assert owners_of(["a.py"], None) == Owners()
    assert owners_of(["a.py"], b"* @-bad @a/b/c @ok \xff") == Owners(("ok",))


def test_a_hostile_pattern_costs_no_time() -> None:
    assert owners_of(["a" * 4000], b"*a*a*a*a*a*a*a*a*a*a*b @x") == Owners()
