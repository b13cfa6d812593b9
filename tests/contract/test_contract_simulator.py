"""Everything the simulator answers is what GitHub's description promises."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator

import github
import pytest
from graphql_contract import check_mutation
from rest_contract import check_exchange, check_payload

from app.simulator import forks, keys, payloads
from app.simulator import reviews as rules
from app.simulator.documents import node
from app.simulator.git import NULL_SHA
from app.simulator.hub import Hub
from app.simulator.records import Repository
from app.simulator.server import serve

pytestmark = pytest.mark.github_contract

FILES = {"fees.py": b"RATE = 5\n", "docs/index.md": b"# Fees\n", ".github/workflows/ci.yml": b"on: push\n"}
OUTPUT = {
    "title": "Flaky",
    "summary": "Fails 3 of 10 runs.",
    "text": "More.",
    "annotations": [
        {"path": "fees.py", "start_line": 1, "end_line": 1, "annotation_level": "warning", "message": "Here."}
    ],
}


class Tour:
    """A walk through every call of the simulator, by PyGithub, with all that it leaves behind."""

    def __init__(self, hub: Hub, repo: Repository, private: bytes) -> None:
        self.hub, self.repo = hub, repo
        base = {"base_url": f"{hub.url}/api/v3", "seconds_between_requests": 0, "seconds_between_writes": 0}
        auth = github.Auth.AppAuth(hub.app.id, private.decode())
        self.app = github.GithubIntegration(auth=auth, **base)
        installation = self.app.get_repo_installation("acme", "billing").id
        minted = self.app.requester.requestJsonAndCheck(
            "POST",
            f"/app/installations/{installation}/access_tokens",
            input={"repositories": ["billing"], "permissions": dict(hub.app.permissions)},
        )[1]
        self.client = github.Github(auth=github.Auth.Token(minted["token"]), retry=None, **base)

    def run(self) -> None:
        self.of_app()
        self.of_contents()
        pull = self.of_pulls()
        self.of_runs(pull)
        self.of_checks()
        self.of_objects()
        self.of_fork()
        pull.merge()
        self.client.requester.requestJsonAndCheck("DELETE", "/installation/token")

    def of_app(self) -> None:
        list(self.app.get_installations())
        assert self.app.get_app().slug == "goldseam"
        self.hub.deliver("push", payloads.push(self.hub, self.repo, "main", NULL_SHA, self.head))
        _, (delivery,) = self.app.requester.requestJsonAndCheck("GET", "/app/hook/deliveries?per_page=1")
        self.app.requester.requestJsonAndCheck("GET", f"/app/hook/deliveries/{delivery['id']}")
        self.app.requester.requestJsonAndCheck("POST", f"/app/hook/deliveries/{delivery['id']}/attempts")

    def of_contents(self) -> None:
        repo = self.client.get_repo("acme/billing")
        for path, ref in (("fees.py", self.head), ("docs", "main"), ("", "main")):
            repo.get_contents(path, ref=ref)
        with pytest.raises(github.UnknownObjectException):
            repo.get_contents("nowhere.py", ref="main")
        list(repo.get_branches())
        repo.create_git_ref("refs/heads/goldseam/1", self.head)
        repo.get_branch("goldseam/1")
        repo.get_git_ref("heads/goldseam/1")
        addition = {"path": "fees.py", "contents": base64.b64encode(b"RATE = 6\n").decode()}
        self.client.requester.graphql_named_mutation(
            "createCommitOnBranch",
            {
                "branch": {"repositoryNameWithOwner": "acme/billing", "branchName": "goldseam/1"},
                "expectedHeadOid": self.head,
                "message": {"headline": "Fix the rate", "body": "Because."},
                "fileChanges": {"additions": [addition]},
            },
            "commit { oid url signature { isValid state } author { name } } ref { name }",
        )
        commit = repo.get_commit("goldseam/1")
        assert commit.commit.verification.verified
        repo.compare("main", commit.sha)
        list(repo.get_commits(sha="main"))
        commit.get_combined_status().state  # noqa: B018 - reading it is the call
        repo.get_collaborator_permission("acme")
        repo.get_collaborator_role_name("goldseam[bot]")

    def of_pulls(self) -> github.PullRequest.PullRequest:
        repo = self.client.get_repo("acme/billing")
        pull = repo.create_pull(title="fix: rate", body="**Red**", head="goldseam/1", base="main", draft=False)
        with pytest.raises(github.GithubException):
            repo.create_pull(title="fix: rate", body="again", head="goldseam/1", base="main")
        list(repo.get_pulls(state="open", head="acme:goldseam/1", base="main"))
        list(repo.get_commit("goldseam/1").get_pulls())
        list(pull.get_files())
        list(pull.get_commits())
        pull.edit(body="**Red**, again")
        pull.add_to_labels("goldseam", "repair")
        list(pull.as_issue().get_comments())
        comment = pull.create_issue_comment("Hello")
        comment.create_reaction("eyes")
        comment.create_reaction("eyes")
        list(comment.get_reactions())
        comment.edit("Hello again")
        comment.delete()
        pull.convert_to_draft()
        pull.mark_ready_for_review()
        self.of_reviews(pull)
        self.of_issues(repo)
        return pull

    def of_reviews(self, pull: github.PullRequest.PullRequest) -> None:
        kim = self.hub.account("kim")
        self.repo.roles["kim"] = "write"
        self.repo.teams.add("billing")
        remark = rules.Remark("fees.py", 1, "Why?")
        line = rules.review_comment(self.hub, self.repo, self.repo.pulls[pull.number], kim, remark)
        pull.create_review_comment_reply(line.id, "Because.")
        pull.get_review_comment(line.id).create_reaction("eyes")
        list(pull.get_review_comment(line.id).get_reactions())
        list(pull.get_review_comments())
        pull.create_review(body="So?", event="COMMENT", comments=[{"path": "fees.py", "line": 1, "body": "This."}])
        list(pull.get_reviews())
        pull.create_review_request(["kim"], ["billing"])
        review = next(iter(self.repo.reviews))
        reaction = {"subjectId": node("PRR", review), "content": "EYES"}
        self.client.requester.graphql_named_mutation("addReaction", reaction, "reaction { content }")
        self.client.requester.graphql_query("query { viewer { login databaseId } }", {})

    def of_issues(self, repo: github.Repository.Repository) -> None:
        issue = repo.create_issue("Cannot propose", body="Why", labels=["goldseam"])
        issue.create_comment("More")
        list(issue.get_comments())
        repo.get_issue(issue.number).edit(state="closed")
        list(repo.get_issues(state="all", creator="goldseam[bot]"))

    def of_fork(self) -> None:
        kims = forks.fork(self.hub, self.repo, "kim")
        self.hub.commit(kims, "patch", {"fees.py": b"RATE = 8\n"}, "Rate")
        pull = forks.open_from_fork(self.hub, self.repo, kims, "patch", "main", "Rate")
        self.client.get_repo("acme/billing").get_pull(pull.number)

    def of_runs(self, pull: github.PullRequest.PullRequest) -> None:
        made = self.hub.add_run(
            self.repo,
            pull.head.sha,
            "goldseam/1",
            jobs=[("test", b"log\n", "Run pytest"), ("lint", b"fine\n", "")],
            artifacts={"junit": {"report.xml": b"<testsuites/>"}},
            event="pull_request",
            pull=self.repo.pulls[pull.number],
        )
        repo = self.client.get_repo("acme/billing")
        run = repo.get_workflow_run(made.id)
        list(repo.get_workflow_runs(head_sha=pull.head.sha))
        for job in run.jobs("latest"):
            job.logs_url()
        for artifact in run.get_artifacts():
            self.client.requester.requestJson("GET", f"/repos/acme/billing/actions/artifacts/{artifact.id}/zip")
        run.rerun_failed_jobs()
        list(run.jobs("all"))

    def of_checks(self) -> None:
        repo = self.client.get_repo("acme/billing")
        check = repo.create_check_run("Goldseam", self.head, status="completed", conclusion="neutral", output=OUTPUT)
        check.edit(output=OUTPUT, external_id="attempt-1")
        list(check.get_annotations())
        list(repo.get_commit(self.head).get_check_runs())
        repo.get_check_run(check.id)

    def of_objects(self) -> None:
        repo = self.client.get_repo("acme/billing")
        parent = repo.get_git_commit(self.head)
        blob = repo.create_git_blob(base64.b64encode(b"RATE = 7\n").decode(), "base64")
        element = github.InputGitTreeElement("fees.py", "100755", "blob", sha=blob.sha)
        tree = repo.create_git_tree([element], base_tree=repo.get_git_tree(parent.tree.sha, recursive=True))
        commit = repo.create_git_commit("Fix the rate", tree, [parent])
        repo.create_git_ref("refs/heads/goldseam/2", self.head).edit(commit.sha, force=False)
        repo.get_git_ref("heads/goldseam/2").delete()

    @property
    def head(self) -> str:
        return self.repo.git.refs()["refs/heads/main"]


@pytest.fixture(scope="module")
def tour(tmp_path_factory) -> Iterator[Tour]:
    pair = keys.generate()
    hub = Hub(tmp_path_factory.mktemp("hub"), pair.public, webhook_secret="between us", clock=time.time)
    with serve(hub):
        made = Tour(hub, hub.add_repository("acme/billing", FILES), pair.private)
        made.run()
        yield made


def test_every_rest_exchange_is_as_described(tour, openapi) -> None:
    exchanges = [exchange for exchange in tour.hub.requests if exchange.path != "/graphql"]
    assert len({(exchange.method, tuple(exchange.parameters), exchange.path) for exchange in exchanges}) > 40
    problems = {problem for exchange in exchanges for problem in check_exchange(exchange, openapi)}
    assert sorted(problems) == []


def test_every_mutation_is_as_described(tour, schema) -> None:
    exchanges = [exchange for exchange in tour.hub.requests if exchange.path == "/graphql"]
    assert len(exchanges) >= 3
    problems = {problem for exchange in exchanges for problem in check_mutation(exchange, schema)}
    assert sorted(problems) == []


def test_every_payload_is_as_described(tour, openapi) -> None:
    hub, repo = tour.hub, tour.repo
    pull, run = repo.pulls[1], next(iter(repo.runs.values()))
    comment = hub.comment(repo, 1, "acme", "/goldseam retry")
    sent = [
        *payloads.of_run(hub, repo, run),
        ("push", payloads.push(hub, repo, "main", run.head_sha, tour.head)),
        ("pull_request", payloads.pull_request(hub, repo, pull, "closed")),
        ("issue_comment", payloads.issue_comment(hub, repo, comment)),
        ("pull_request_review", payloads.review(hub, repo, next(iter(repo.reviews.values())))),
        *(
            ("pull_request_review_comment", payloads.review_comment(hub, repo, each))
            for each in repo.review_comments.values()
        ),
        ("check_run", payloads.button(hub, repo, next(iter(repo.checks.values())), "retry", comment.author)),
        ("pull_request", payloads.edited(hub, repo, pull, "- [ ] retry", comment.author)),
    ]
    assert [event for event, _ in sent[:4]] == ["check_run", "check_run", "check_suite", "workflow_run"]
    problems = {problem for event, payload in sent for problem in check_payload(event, payload, openapi)}
    assert sorted(problems) == []
