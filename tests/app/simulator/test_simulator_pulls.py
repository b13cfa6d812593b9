"""Pull requests, comments, reactions and labels, by PyGithub."""

from __future__ import annotations

import pytest


@pytest.fixture
def repo(bench):
    bench.repair()
    return bench.repository()


@pytest.fixture
def pull(repo):
    return repo.create_pull(title="fix: late fee", body="**Red**", head="goldseam/1", base="main", draft=True)


def test_a_pull_request_says_what_it_changes(bench, pull) -> None:
    assert (pull.number, pull.state, pull.draft, pull.merged, pull.mergeable) == (1, "open", True, False, True)
    assert (pull.head.ref, pull.head.sha) == ("goldseam/1", bench.head("goldseam/1"))
    assert (pull.base.ref, pull.base.sha) == ("main", bench.head())
    assert (pull.commits, pull.additions, pull.deletions, pull.changed_files) == (1, 1, 1, 1)
    assert pull.user.login == "goldseam[bot]"
    (file,) = pull.get_files()
    assert file.patch.splitlines()[-2:] == [
        "-    return 5 if days >= 3 else 0",
        "+    return 5 if days > 3 else 0",
    ]


def test_a_second_one_the_same_way_is_refused_and_the_first_is_found(repo, pull, refusal) -> None:
    error = refusal(lambda: repo.create_pull(title="t", body="", head="goldseam/1", base="main"))
    assert error.status == 422
    assert error.data["errors"][0]["message"] == "A pull request already exists for acme:goldseam/1."
    assert [found.number for found in repo.get_pulls(state="open", head="acme:goldseam/1", base="main")] == [1]


@pytest.mark.parametrize(
    ("filters", "hits"),
    [
        pytest.param({}, 1, id="open-by-default"),
        pytest.param({"state": "closed"}, 0, id="closed"),
        pytest.param({"head": "acme:main"}, 0, id="another-head"),
        pytest.param({"head": "someone:goldseam/1"}, 0, id="another-owner"),
        pytest.param({"base": "release"}, 0, id="another-base"),
    ],
)
def test_the_list_is_filtered(repo, pull, filters, hits) -> None:
    assert repo.get_pulls(**filters).totalCount == hits


def test_a_list_may_lag_behind_as_githubs_does(bench, repo, pull) -> None:
    bench.hub.pull_list_lag = 30
    assert list(repo.get_pulls()) == []
    assert repo.get_pull(1).number == 1
    bench.clock.now += 30
    assert [found.number for found in repo.get_pulls()] == [1]


@pytest.mark.parametrize(
    ("head", "base", "field"),
    [
        pytest.param("nowhere", "main", "head", id="no-head"),
        pytest.param("goldseam/1", "nowhere", "base", id="no-base"),
        pytest.param("main", "main", "base", id="nothing-to-merge"),
    ],
)
def test_a_pull_request_needs_two_branches_that_differ(repo, refusal, head, base, field) -> None:
    error = refusal(lambda: repo.create_pull(title="t", body="", head=head, base=base))
    assert (error.status, error.data["errors"][0]["field"]) == (422, field)


def test_a_private_repository_without_a_paid_plan_has_no_drafts(bench, repo, refusal) -> None:
    bench.hub.private_drafts = False
    error = refusal(lambda: repo.create_pull(title="t", body="", head="goldseam/1", base="main", draft=True))
    assert "Draft pull requests are not supported" in error.data["errors"][0]["message"]
    assert repo.create_pull(title="t", body="", head="goldseam/1", base="main", draft=False).number == 1


def test_bodies_are_capped(repo, pull, refusal) -> None:
    pull.edit(body="x" * 65_536)
    assert refusal(lambda: pull.edit(body="x" * 65_537)).status == 422


def test_edit_close_and_reopen(pull) -> None:
    pull.edit(title="fix: fee", body="Now **green**")
    assert pull.update() or pull.title
    assert (pull.title, pull.body) == ("fix: fee", "Now **green**")
    pull.edit(state="closed")
    assert pull.state == "closed"
    assert pull.closed_at is not None
    pull.edit(state="open")
    assert pull.state == "open"


def test_draft_and_back(repo, pull) -> None:
    pull.mark_ready_for_review()
    assert repo.get_pull(1).draft is False
    pull.convert_to_draft()
    assert repo.get_pull(1).draft is True


def test_a_merge_moves_the_base(bench, repo, pull, refusal) -> None:
    assert refusal(pull.merge).status == 405  # still a draft
    pull.mark_ready_for_review()
    assert refusal(lambda: pull.merge(sha="0" * 40)).status == 409
    merged = pull.merge(sha=bench.head("goldseam/1"))
    assert bench.head() == merged.sha
    pull = repo.get_pull(1)
    assert (pull.state, pull.merged, pull.merge_commit_sha) == ("closed", True, merged.sha)
    assert refusal(lambda: pull.edit(state="open")).status == 422


def test_a_conflict_is_not_mergeable(bench, repo, pull, refusal) -> None:
    bench.hub.commit(bench.repo, "main", {"billing/fees.py": b"def late_fee(days):\n    return 7\n"}, "Raise")
    pull = repo.get_pull(1)
    assert (pull.mergeable, pull.mergeable_state) == (False, "dirty")
    pull.mark_ready_for_review()
    assert refusal(pull.merge).status == 405


def test_the_pull_requests_of_a_commit(bench, repo, pull) -> None:
    assert [found.number for found in repo.get_commit(bench.head("goldseam/1")).get_pulls()] == [1]
    assert list(repo.get_commit(bench.head()).get_pulls()) == []


def test_a_reaction_is_made_once(bench, pull) -> None:
    comment = pull.create_issue_comment("Hello")
    first, second = comment.create_reaction("eyes"), comment.create_reaction("eyes")
    assert first.id == second.id
    reactions = [effect for effect in bench.hub.journal if effect.path.endswith("/reactions")]
    assert [(effect.status, bool(effect.made)) for effect in reactions] == [(201, True), (200, False)]


def test_only_our_own_comments_can_be_changed(bench, repo, pull, refusal) -> None:
    theirs = bench.hub.comment(bench.repo, 1, "kim", "Mine")
    ours = pull.create_issue_comment("Ours")
    comments = {comment.id: comment for comment in repo.get_issue(1).get_comments()}
    assert comments.keys() == {theirs.id, ours.id}
    comments[ours.id].edit("Changed")
    assert repo.get_pull(1).get_issue_comment(ours.id).body == "Changed"
    assert refusal(lambda: comments[theirs.id].edit("Changed")).status == 403


def test_labels_are_made_as_they_are_used(repo, pull) -> None:
    pull.add_to_labels("goldseam", "repair")
    pull.add_to_labels("repair")
    assert [label.name for label in repo.get_pull(1).labels] == ["goldseam", "repair"]


@pytest.mark.parametrize(
    ("login", "role", "permission", "role_name"),
    [
        pytest.param("kim", "maintain", "write", "maintain", id="maintain-counts-as-write"),
        pytest.param("lou", "triage", "read", "triage", id="triage-counts-as-read"),
        pytest.param("max", None, "none", "none", id="stranger"),
    ],
)
def test_what_an_account_may_do(bench, login, role, permission, role_name) -> None:
    bench.hub.account(login)
    if role:
        bench.repo.roles[login] = role
    repo = bench.repository()
    assert repo.get_collaborator_permission(login) == permission
    assert repo.get_collaborator_role_name(login) == role_name


def test_an_unknown_account_is_a_404(bench, refusal) -> None:
    assert refusal(lambda: bench.repository().get_collaborator_permission("nobody")).status == 404
