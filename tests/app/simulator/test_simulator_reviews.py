"""Reviews, threads, requested reviewers, issues and forks, by PyGithub."""

from __future__ import annotations

import github
import pytest

from app.simulator import forks, reviews
from app.simulator.documents import node


@pytest.fixture
def pull(bench):
    bench.repair()
    bench.repo.roles["kim"] = "write"
    return bench.repository().create_pull(title="fix: late fee", body="**Red**", head="goldseam/1", base="main")


def remarked(bench, line: int = 2, start: int | None = None):
    record = bench.repo.pulls[1]
    remark = reviews.Remark("billing/fees.py", line, "Why?", start)
    return reviews.review_comment(bench.hub, bench.repo, record, bench.hub.account("kim"), remark)


def test_a_thread_holds_its_answers_in_order(bench, pull) -> None:
    root = remarked(bench)
    pull.create_review_comment_reply(root.id, "Because.")
    found = [(each.body, each.in_reply_to_id) for each in pull.get_review_comments()]
    assert found == [("Why?", None), ("Because.", root.id)]


def test_an_answer_takes_no_answer(bench, pull, refusal) -> None:
    answer = pull.create_review_comment_reply(remarked(bench).id, "Because.")
    assert refusal(lambda: pull.create_review_comment_reply(answer.id, "Hm.")).status == 422


def test_a_remark_must_lie_in_the_diff(pull, refusal) -> None:
    def write(line: int, start: int | None = None) -> None:
        where = {"path": "billing/fees.py", "line": line, "body": "This.", **({"start_line": start} if start else {})}
        pull.create_review(body="So?", event="COMMENT", comments=[where])

    for outside in ((9, None), (1, 2), (9, 1)):
        assert "must be part of the diff" in str(refusal(lambda at=outside: write(*at)).data)
    assert list(pull.get_reviews()) == []
    for inside in ((2, None), (1, None), (2, 1)):  # a changed line, one around it, a range
        write(*inside)
    assert [(each.line, each.start_line) for each in pull.get_review_comments()] == [(2, None), (1, None), (2, 1)]


def test_nobody_judges_his_own_pull_request(pull, refusal) -> None:
    for event in ("APPROVE", "REQUEST_CHANGES"):
        assert refusal(lambda event=event: pull.create_review(body="Fine", event=event)).status == 422


def test_one_name_that_cannot_be_asked_refuses_the_list(bench, pull, refusal) -> None:
    bench.repo.teams.add("billing")
    for refused in (["stranger"], []), (["kim", "stranger"], []), ([], ["nowhere"]), (["goldseam[bot]"], []):
        assert refusal(lambda who=refused: pull.create_review_request(*who)).status == 422
    pull.create_review_request(["kim"], ["billing"])
    users, teams = pull.get_review_requests()
    assert ([each.login for each in users], [each.slug for each in teams]) == (["kim"], ["billing"])


REACT = "reaction { content }"


@pytest.mark.parametrize(
    ("kind", "needed"),
    [
        pytest.param("issues", "issues", id="comment"),
        pytest.param("pulls", "pull_requests", id="review-comment"),
        pytest.param("graphql", "pull_requests", id="review"),
    ],
)
def test_each_reaction_needs_its_own_right(bench, pull, kind, needed) -> None:
    """GitHub takes the right to pull requests for no reaction to an issue comment."""
    line, said = remarked(bench), bench.hub.comment(bench.repo, 1, "kim", "Hm")
    review = next(iter(bench.repo.reviews))
    other = {"issues", "pull_requests"} - {needed}

    def react(permission: str) -> None:
        requester = bench.client(**{permission: "write"}).requester
        if kind == "graphql":
            wanted = {"subjectId": node("PRR", review), "content": "EYES"}
            requester.graphql_named_mutation("addReaction", wanted, REACT)
        else:
            number = said.id if kind == "issues" else line.id
            requester.requestJsonAndCheck(
                "POST", f"/repos/acme/billing/{kind}/comments/{number}/reactions", input={"content": "eyes"}
            )

    with pytest.raises(github.GithubException, match="not accessible by integration"):
        react(other.pop())
    react(needed)


def test_an_issue_is_opened_listed_and_closed(bench, pull) -> None:
    repo = bench.repository()
    issue = repo.create_issue("Cannot propose", body="Why", labels=["goldseam"])
    assert issue.number == 2  # pull requests and issues are counted together
    assert [(each.number, each.pull_request is not None) for each in repo.get_issues()] == [(2, False), (1, True)]
    issue.edit(state="closed")
    assert [each.number for each in repo.get_issues(creator="goldseam[bot]")] == [1]


def test_rights_to_pull_requests_are_none_to_issues(bench, refusal) -> None:
    issue = bench.repository().create_issue("Cannot propose")
    requester = bench.client(pull_requests="write").requester
    path = f"/repos/acme/billing/issues/{issue.number}/comments"
    assert refusal(lambda: requester.requestJsonAndCheck("POST", path, input={"body": "x"})).status == 403
    assert refusal(lambda: requester.requestJsonAndCheck("POST", "/repos/acme/billing/issues", input={})).status == 403


def test_an_issue_cannot_be_opened_where_there_are_none(bench, refusal) -> None:
    repo = bench.repository()
    bench.repo.has_issues = False
    assert refusal(lambda: repo.create_issue("Cannot propose")).status == 410
    bench.repo.archived = True
    assert refusal(lambda: repo.create_issue("Cannot propose")).status == 403


def test_a_pull_request_from_a_fork_follows_its_branch(bench) -> None:
    kims = forks.fork(bench.hub, bench.repo, "kim")
    bench.hub.commit(kims, "patch", {"a.py": b"1\n"}, "One")
    forks.open_from_fork(bench.hub, bench.repo, kims, "patch", "main", "Rate")
    second = bench.hub.commit(kims, "patch", {"a.py": b"2\n"}, "Two")
    pull = bench.repository().get_pull(1)
    assert (pull.head.repo.full_name, pull.head.label, pull.head.sha) == ("kim/billing", "kim:patch", second)
    assert bench.repo.git.resolve("refs/pull/1/head") == second
    assert [each.number for each in bench.repository().get_pulls(head="acme:patch")] == []
    assert [each.number for each in bench.repository().get_pulls(head="kim:patch")] == [1]


def test_a_token_does_not_reach_the_fork(bench, refusal) -> None:
    kims = forks.fork(bench.hub, bench.repo, "kim")
    assert refusal(lambda: bench.client().get_repo(kims.full_name).full_name).status == 404


def test_a_pull_request_whose_fork_is_gone_has_no_head_repository(bench) -> None:
    kims = forks.fork(bench.hub, bench.repo, "kim")
    bench.hub.commit(kims, "patch", {"a.py": b"1\n"}, "One")
    forks.open_from_fork(bench.hub, bench.repo, kims, "patch", "main", "Rate")
    del bench.hub.repositories["kim/billing"]
    assert bench.repository().get_pull(1).head.repo is None
