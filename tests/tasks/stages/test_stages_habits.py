"""Pull requests in the repository's own way, over a repository in memory."""

from __future__ import annotations

import pytest
from stages_fakes import RED_SHA, Desk

from tasks.github.errors import PermissionMissing
from tasks.store.states import State


def put(desk: Desk, **files: str) -> None:
    desk.hub.trees[RED_SHA].update({name: text.encode() for name, text in files.items()})


def propose(desk: Desk, policy: str = "autonomy: draft_pr") -> str:
    """Let a repair be proposed, and return its commit's message."""
    desk.hub.policy(policy)
    assert desk.run(desk.attempt()) is State.WATCHING
    return desk.hub.messages[-1]


def test_where_nobody_asks_for_anything_nothing_is_added(desk: Desk) -> None:
    message = propose(desk)
    assert message.startswith("fix: ")
    assert message.splitlines()[-1].startswith("Goldseam-Ledger: ")
    assert desk.hub.labels == {1: ["goldseam"]}
    assert desk.hub.reviewers == {}


def test_history_sign_off_and_template_are_kept(desk: Desk) -> None:
    desk.hub.history = ("Add fees\n\nSigned-off-by: Kim <kim@example.test>",) * 3
    put(desk, **{"docs/PULL_REQUEST_TEMPLATE.md": "## Checked\n- [ ] by hand\n"})
    message = propose(desk)
    assert message.startswith("Fix ")
    assert message.splitlines()[-1] == ("Signed-off-by: goldseam[bot] <77+goldseam[bot]@users.noreply.github.invalid>")
    assert desk.hub.pulls[0].body.endswith("---\n\n## Checked\n- [ ] by hand\n")


def test_a_dco_file_asks_for_the_sign_off(desk: Desk) -> None:
    put(desk, **{".github/dco.yml": "require:\n  members: false\n"})
    assert "\nSigned-off-by: goldseam[bot]" in propose(desk)


@pytest.mark.parametrize(
    ("policy", "asked"),
    [
        pytest.param("autonomy: draft_pr", {1: (("kim",), ("fees",))}, id="draft"),
        pytest.param("autonomy: pr", {}, id="github-asks-by-itself"),
    ],
)
def test_the_owners_of_a_draft_are_asked(desk: Desk, policy: str, asked: object) -> None:
    put(desk, **{".github/CODEOWNERS": "src/ @kim @acme/fees\n", "CODEOWNERS": "* @other\n"})
    propose(desk, policy)
    assert desk.hub.reviewers == asked


def test_the_policy_names_the_labels(desk: Desk) -> None:
    propose(desk, "autonomy: pr\nlabels: [bot, 'area: fees']")
    assert desk.hub.labels == {1: ["bot", "area: fees"]}


def test_without_labels_nothing_is_labelled(desk: Desk) -> None:
    propose(desk, "autonomy: pr\nlabels: []")
    assert desk.hub.labels == {}


def test_a_label_that_is_refused_costs_no_pull_request(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionMissing("GitHub refused labelling.")

    monkeypatch.setattr(desk.hub, "add_labels", refuse)
    propose(desk)


def test_a_base_that_was_rewritten_is_not_proposed_to(desk: Desk) -> None:
    """The patched file is the same, and still a request from the old history would show all of it."""
    desk.hub.policy("autonomy: pr")
    attempt_id = desk.attempt()
    while desk.turns.state_of(attempt_id) is not State.PUBLISHING:
        desk.step(attempt_id)
    desk.hub.rewritten.add(desk.hub.push("main"))
    assert desk.run(attempt_id) is State.SUPERSEDED
    assert desk.hub.pulls == []
