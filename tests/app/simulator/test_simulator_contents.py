"""Branches, refs, files and commits; createCommitOnBranch and git's objects."""

from __future__ import annotations

import base64

import github
import pytest

from app.simulator.selection import Unreadable, read

FIXED = b"def late_fee(days):\n    return 5 if days > 3 else 0\n"


def commit(bench, client, *, branch="goldseam/1", expected="", path="billing/fees.py", **changes):
    given = {"additions": [{"path": path, "contents": base64.b64encode(FIXED).decode()}], **changes}
    return client.requester.graphql_named_mutation(
        "createCommitOnBranch",
        {
            "branch": {"repositoryNameWithOwner": "acme/billing", "branchName": branch},
            "expectedHeadOid": expected or bench.head(),
            "message": {"headline": "fix: late fee", "body": "Because.\n\nCo-authored-by: Kim <kim@example.org>"},
            "fileChanges": given,
        },
        "commit { oid signature { isValid } }",
    )[1]


@pytest.fixture
def branch(bench):
    bench.repository().create_git_ref("refs/heads/goldseam/1", bench.head())


def test_a_commit_by_mutation_is_verified_and_the_bots(bench, branch) -> None:
    parent = bench.head()
    answer = commit(bench, bench.client(contents="write"), deletions=[{"path": "README.md"}])
    sha = answer["commit"]["oid"]
    assert answer["commit"]["signature"] == {"isValid": True}
    made = bench.repository().get_commit(sha)
    assert made.commit.verification.verified
    assert made.commit.author.name == "goldseam[bot]"
    assert made.commit.message == "fix: late fee\n\nBecause.\n\nCo-authored-by: Kim <kim@example.org>"
    assert [entry.sha for entry in made.parents] == [parent]
    assert {file.filename: file.status for file in made.files} == {
        "README.md": "removed",
        "billing/fees.py": "modified",
    }
    assert bench.head("goldseam/1") == sha


def test_a_moved_head_is_refused_and_nothing_changes(bench, branch) -> None:
    moved = bench.hub.commit(bench.repo, "goldseam/1", {"x": b""}, "Somebody was faster")
    with pytest.raises(github.GithubException, match="Expected branch to point to"):
        commit(bench, bench.client())
    assert bench.head("goldseam/1") == moved
    assert bench.hub.journal[-1].made == ()


@pytest.mark.parametrize(
    ("permissions", "changed", "said"),
    [
        pytest.param({"contents": "read"}, {}, "contents=write is needed", id="read-only"),
        pytest.param({}, {"branch": "nowhere"}, "No such branch", id="no-branch"),
        pytest.param({}, {"path": ".github/workflows/ci.yml"}, "without `workflows` permission", id="workflow"),
        pytest.param({}, {"path": "../x"}, "A path is not valid", id="path-outside"),
    ],
)
def test_a_mutation_that_is_not_allowed_changes_nothing(bench, branch, permissions, changed, said) -> None:
    before = bench.repo.git.refs()
    with pytest.raises(github.GithubException, match=said):
        commit(bench, bench.client(**permissions), **changed)
    assert bench.repo.git.refs() == before


def test_a_mutation_on_another_repository_is_not_found(bench, branch) -> None:
    other = bench.hub.add_repository("acme/other")
    client = bench.client_with(bench.hub.mint(other).value)
    with pytest.raises(github.GithubException, match="Could not resolve to a Repository"):
        commit(bench, client)


@pytest.mark.parametrize(
    "query",
    [
        'query { repository(name: "x") { id } }',
        "query { viewer { login } rateLimit { cost } }",
        "mutation M($i: T!) { a(input: $i) { b } c(input: $i) { d } }",
        'mutation { a(input: {name: "x"}) { b } }',
        "mutation M($i: T!) { a(input: $i) { b ",
        "mutation M($i: T!) { a(input: $j) { b } }",
        "",
    ],
    ids=[
        "query-with-arguments",
        "query-of-two-fields",
        "two-fields",
        "inline-input",
        "open-selection",
        "unbound-variable",
        "empty",
    ],
)
def test_what_the_simulator_cannot_read_is_refused(query) -> None:
    with pytest.raises(Unreadable):
        read(query, {"i": {}})


def test_an_alias_names_the_answer() -> None:
    operation = read("mutation ($i: T!) { mine: act(input: $i) { commit { id: oid } } }", {"i": {"x": 1}})
    assert (operation.alias, operation.field, operation.input) == ("mine", "act", {"x": 1})
    assert (operation.selection[0].selection[0].alias, operation.selection[0].selection[0].field) == ("id", "oid")


def test_a_commit_of_objects_keeps_modes_and_is_verified(bench) -> None:
    repo = bench.repository()
    parent = repo.get_git_commit(bench.head())
    blob = repo.create_git_blob(base64.b64encode(b"#!/bin/sh\n").decode(), "base64")
    element = github.InputGitTreeElement("run.sh", "100755", "blob", sha=blob.sha)
    tree = repo.create_git_tree([element], base_tree=repo.get_git_tree(parent.tree.sha))
    made = repo.create_git_commit("Add", tree, [parent])
    assert made.verification.verified
    repo.get_git_ref("heads/main").edit(made.sha)
    (entry,) = [entry for entry in repo.get_git_tree("main").tree if entry.path == "run.sh"]
    assert entry.mode == "100755"
    assert repo.get_contents("billing/fees.py").decoded_content.startswith(b"def late_fee")


def test_an_app_that_names_an_author_gets_no_signature(bench) -> None:
    repo = bench.repository()
    parent = repo.get_git_commit(bench.head())
    author = github.InputGitAuthor("Kim", "kim@example.org")
    made = repo.create_git_commit("Add", repo.get_git_tree(parent.tree.sha), [parent], author=author)
    assert not made.verification.verified


def test_a_ref_is_only_moved_forwards(bench, refusal) -> None:
    base, repair = bench.head(), bench.repair()
    ref = bench.repository().get_git_ref("heads/goldseam/1")
    assert refusal(lambda: ref.edit(base)).status == 422
    assert bench.head("goldseam/1") == repair
    ref.edit(base, force=True)
    assert bench.head("goldseam/1") == base


@pytest.mark.parametrize(
    ("ref", "sha"),
    [
        pytest.param("refs/heads/main", None, id="exists"),
        pytest.param("refs/heads/a..b", None, id="name"),
        pytest.param("main", None, id="not-full"),
        pytest.param("refs/heads/x", "0" * 40, id="no-such-commit"),
    ],
)
def test_a_ref_that_cannot_be_made_is_a_422(bench, refusal, ref, sha) -> None:
    assert refusal(lambda: bench.repository().create_git_ref(ref, sha or bench.head())).status == 422


def test_a_deleted_branch_is_gone(bench, refusal) -> None:
    bench.repair()
    ref = bench.repository().get_git_ref("heads/goldseam/1")
    ref.delete()
    assert refusal(ref.delete).status == 422
    assert refusal(lambda: bench.repository().get_branch("goldseam/1")).status == 404


def test_files_at_a_ref(bench) -> None:
    bench.repair()
    repo = bench.repository()
    assert b">= 3" in repo.get_contents("billing/fees.py", ref="main").decoded_content
    assert b"> 3" in repo.get_contents("billing/fees.py", ref="goldseam/1").decoded_content
    assert [entry.path for entry in repo.get_contents("billing", ref="main")] == ["billing/fees.py"]
    with pytest.raises(github.UnknownObjectException):
        repo.get_contents("nowhere.py", ref="main")


def test_a_large_file_has_no_content_in_the_document(bench) -> None:
    bench.hub.commit(bench.repo, "main", {"big.bin": b"\0" * (1 << 20) + b"x"}, "Grow")
    content = bench.repository().get_contents("big.bin")
    assert (content.encoding, content.size) == ("none", (1 << 20) + 1)


def test_a_comparison_starts_at_the_merge_base(bench) -> None:
    bench.repair()
    bench.hub.commit(bench.repo, "main", {"other.py": b""}, "Go on")
    comparison = bench.repository().compare("main", "goldseam/1")
    assert (comparison.status, comparison.ahead_by, comparison.behind_by) == ("diverged", 1, 1)
    assert [file.filename for file in comparison.files] == ["billing/fees.py"]


def test_lists_come_in_pages(bench) -> None:
    for number in range(5):
        bench.hub.commit(bench.repo, f"b{number}", {"x": b"%d" % number}, "Branch")
    bench.hub.commit(bench.repo, "main", {"x": b""}, "Go on")
    client = bench.client()
    client.per_page = 2
    names = [branch.name for branch in client.get_repo("acme/billing").get_branches()]
    assert names == ["b0", "b1", "b2", "b3", "b4", "main"]
    assert [exchange.query.get("page") for exchange in bench.hub.requests][-2:] == ["2", "3"]
