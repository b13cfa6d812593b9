"""The checks themselves: a departure from GitHub's description is seen, whichever side it is on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from graphql_contract import check_mutation
from rest_contract import check_exchange, check_payload

from app.simulator.journal import Exchange

pytestmark = pytest.mark.github_contract

MUTATION = (
    "mutation Mutation($input: CreateCommitOnBranchInput!)"
    " { createCommitOnBranch(input: $input) { commit { oid signature { isValid } } } }"
)
SHA = "9f31c2e0" * 5


def exchange(method: str, path: str, *, status: int = 200, **changed: Any) -> Exchange:
    given = {"parameters": {}, "query": {}, "body": None, "content_type": "application/json", "answer": None}
    return Exchange(method=method, path=path, status=status, permissions={}, **{**given, **changed})


REF = exchange(
    "POST",
    "/repos/acme/billing/git/refs",
    status=201,
    body={"ref": "refs/heads/x", "sha": SHA},
    answer={
        "ref": "refs/heads/x",
        "node_id": "REF_1",
        "url": "http://localhost/x",
        "object": {"type": "commit", "sha": SHA, "url": "http://localhost/y"},
    },
)
COMMIT = exchange(
    "POST",
    "/graphql",
    body={
        "query": MUTATION,
        "variables": {
            "input": {
                "branch": {"repositoryNameWithOwner": "acme/billing", "branchName": "x"},
                "expectedHeadOid": SHA,
                "message": {"headline": "Fix"},
                "fileChanges": {"additions": [{"path": "a.py", "contents": "eA=="}]},
            }
        },
    },
    answer={"data": {"createCommitOnBranch": {"commit": {"oid": SHA, "signature": {"isValid": True}}}}},
)


def test_what_is_as_described_passes(openapi, schema) -> None:
    assert check_exchange(REF, openapi) == []
    assert check_mutation(COMMIT, schema) == []


@pytest.mark.parametrize(
    ("departed", "said"),
    [
        pytest.param(replace(REF, path="/repos/acme/billing/git/branches"), "no such call", id="path"),
        pytest.param(replace(REF, method="PUT"), "no such call", id="method"),
        pytest.param(replace(REF, query={"force": "true"}), "query force", id="unknown-parameter"),
        pytest.param(replace(REF, body={"ref": "refs/heads/x"}), "'sha' is a required", id="missing-in-body"),
        pytest.param(replace(REF, body={**REF.body, "branch": "x"}), "'branch' was unexpected", id="unknown-in-body"),
        pytest.param(replace(REF, body={**REF.body, "sha": 7}), "7 is not of type", id="type-in-body"),
        pytest.param(replace(REF, status=202), "never answers so", id="status"),
        pytest.param(replace(REF, answer={**REF.answer, "object": {}}), "is a required", id="missing-in-answer"),
        pytest.param(replace(REF, answer={**REF.answer, "sha": SHA}), "'sha' was unexpected", id="unknown-in-answer"),
        pytest.param(replace(REF, status=422, answer={"error": "x"}), "no message", id="refusal-without-message"),
        pytest.param(
            exchange("GET", "/repos/a/b/pulls", query={"state": "merged"}, answer=[]),
            "is not one of",
            id="enum-in-query",
        ),
        pytest.param(
            exchange("GET", "/repos/a/b/pulls", query={"per_page": "many"}, answer=[]), "integer", id="number-in-query"
        ),
    ],
)
def test_a_departure_in_rest_is_seen(departed, said, openapi) -> None:
    assert said in "\n".join(check_exchange(departed, openapi))


def changed_input(**changed: Any) -> Exchange:
    given = COMMIT.body["variables"]["input"]
    return replace(COMMIT, body={"query": MUTATION, "variables": {"input": {**given, **changed}}})


def answered(commit: dict[str, Any]) -> Exchange:
    return replace(COMMIT, answer={"data": {"createCommitOnBranch": {"commit": commit}}})


@pytest.mark.parametrize(
    ("departed", "said"),
    [
        pytest.param(replace(COMMIT, body={"query": "mutation {"}), "Syntax Error", id="syntax"),
        pytest.param(
            replace(COMMIT, body={**COMMIT.body, "query": MUTATION.replace("oid", "sha")}), "'sha'", id="unknown-field"
        ),
        pytest.param(changed_input(expectedHeadOid=None), "expectedHeadOid", id="null-in-input"),
        pytest.param(changed_input(author="Kim"), "author", id="unknown-in-input"),
        pytest.param(answered({"oid": SHA}), "signature: is missing", id="missing-in-answer"),
        pytest.param(answered({"oid": None, "signature": None}), "may not be null", id="null-in-answer"),
        pytest.param(answered({"oid": SHA, "signature": {"isValid": "yes"}}), "isValid", id="type-in-answer"),
        pytest.param(
            answered({"oid": SHA, "signature": None, "url": "x"}), "was not asked for", id="unasked-in-answer"
        ),
        pytest.param(replace(COMMIT, answer={"errors": []}), "neither data nor errors", id="empty-refusal"),
    ],
)
def test_a_departure_in_graphql_is_seen(departed, said, schema) -> None:
    assert said in "\n".join(check_mutation(departed, schema))


@pytest.mark.parametrize(
    ("event", "payload", "said"),
    [
        pytest.param("workflow_run", {"action": "completed"}, "is a required", id="empty"),
        pytest.param("workflow_run", {"action": "exploded"}, "no such webhook", id="action"),
        pytest.param("push", {"ref": 1}, "is not of type", id="type"),
    ],
)
def test_a_departure_in_a_payload_is_seen(event, payload, said, openapi) -> None:
    assert said in "\n".join(check_payload(event, payload, openapi))
