"""Web tokens of the App, installation tokens and what they may do."""

from __future__ import annotations

import re

import github
import jwt
import pytest
import requests


@pytest.fixture
def integration(bench):
    # PyGithub signs with the machine's time.
    bench.clock.now = __import__("time").time()
    return github.GithubIntegration(
        auth=github.Auth.AppAuth(bench.hub.app.id, bench.key.private.decode()),
        base_url=bench.api,
        seconds_between_requests=0,
        seconds_between_writes=0,
        retry=None,
    )


def mint(integration, number: int, **wanted: object) -> dict:
    path = f"/app/installations/{number}/access_tokens"
    return integration.requester.requestJsonAndCheck("POST", path, input=wanted)[1]


def test_an_app_finds_itself_and_its_installation(bench, integration) -> None:
    assert integration.get_app().slug == "goldseam"
    installation = integration.get_repo_installation("acme", "billing")
    assert installation.id in bench.hub.installations
    assert [item.id for item in integration.get_installations()] == [installation.id]


def test_a_minted_token_works_for_its_repository_only(bench, integration) -> None:
    other = bench.hub.add_repository("acme/other")
    number = integration.get_repo_installation("acme", "billing").id
    answer = mint(integration, number, repositories=["billing"], permissions={"contents": "read"})
    assert answer["permissions"] == {"contents": "read", "metadata": "read"}
    assert [repo["name"] for repo in answer["repositories"]] == ["billing"]
    client = bench.client_with(answer["token"])
    assert client.get_repo("acme/billing").default_branch == "main"
    with pytest.raises(github.UnknownObjectException):
        client.get_repo(other.full_name)


def test_tokens_are_long_and_dotted_as_today(bench) -> None:
    assert re.fullmatch(r"gh[pousr]_[A-Za-z0-9_.\-]{200,}", bench.token())


@pytest.mark.parametrize(
    "wanted",
    [
        pytest.param({"permissions": {"administration": "write"}}, id="permission-never-granted"),
        pytest.param({"permissions": {"statuses": "write"}}, id="more-than-granted"),
        pytest.param({"repositories": ["elsewhere"]}, id="repository-outside"),
        pytest.param({"repositories": ["billing", "elsewhere"]}, id="one-repository-outside"),
    ],
)
def test_asking_for_more_than_was_granted_is_a_422(bench, integration, refusal, wanted) -> None:
    number = integration.get_repo_installation("acme", "billing").id
    assert refusal(lambda: mint(integration, number, **wanted)).status == 422


def test_a_dropped_token_is_dead(bench, refusal) -> None:
    client = bench.client()
    client.requester.requestJsonAndCheck("DELETE", "/installation/token")
    assert refusal(lambda: client.get_repo("acme/billing")).status == 401


def test_a_token_lives_one_hour(bench, refusal) -> None:
    client = bench.client()
    bench.clock.now += 3599
    client.get_repo("acme/billing")
    bench.clock.now += 1
    assert refusal(lambda: client.get_repo("acme/billing")).status == 401


def claims(bench, **changed: object) -> dict:
    now = int(bench.clock.now)
    return {"iss": str(bench.hub.app.id), "iat": now - 60, "exp": now + 300, **changed}


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        pytest.param({}, 200, id="valid"),
        pytest.param({"exp": -1}, 401, id="expired"),
        pytest.param({"exp": 1200}, 401, id="lives-too-long"),
        pytest.param({"iat": 200}, 401, id="from-the-future"),
        pytest.param({"iss": "7"}, 401, id="another-app"),
    ],
)
def test_a_web_token_is_checked(bench, changed, status) -> None:
    moved = {name: int(bench.clock.now) + value if name != "iss" else value for name, value in changed.items()}
    token = jwt.encode(claims(bench, **moved), bench.key.private, algorithm="RS256")
    answer = requests.get(f"{bench.api}/app", headers={"Authorization": f"Bearer {token}"}, timeout=5)
    assert answer.status_code == status


@pytest.mark.parametrize("secret", [b"x" * 32, b""], ids=["shared-secret", "unsigned"])
def test_a_web_token_of_another_algorithm_is_refused(bench, secret) -> None:
    token = jwt.encode(claims(bench), secret or None, algorithm="HS256" if secret else "none")
    answer = requests.get(f"{bench.api}/app", headers={"Authorization": f"Bearer {token}"}, timeout=5)
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("permissions", "call", "named"),
    [
        pytest.param(
            {"contents": "read"},
            lambda repo, sha: repo.create_git_ref("refs/heads/x", sha),
            "contents=write",
            id="branch",
        ),
        pytest.param(
            {"contents": "write"},
            lambda repo, sha: repo.create_pull(title="t", body="", head="x", base="main"),
            "pull_requests=write",
            id="pull",
        ),
        pytest.param(
            {"checks": "read"},
            lambda repo, sha: repo.create_check_run("Goldseam", sha),
            "checks=write",
            id="check",
        ),
        pytest.param({"contents": "write"}, lambda repo, sha: repo.get_workflow_run(1), "actions=read", id="run"),
        pytest.param(
            {"contents": "write"},
            lambda repo, sha: repo.get_pulls().totalCount,
            "pull_requests=read",
            id="list-of-pulls",
        ),
    ],
)
def test_a_missing_permission_is_a_403_that_names_it(bench, refusal, permissions, call, named) -> None:
    error = refusal(lambda: call(bench.repository(**permissions), bench.head()))
    assert (error.status, error.message) == (403, "Resource not accessible by integration")
    assert error.headers["x-accepted-github-permissions"] == named
    assert not any(effect.made for effect in bench.hub.journal)


def test_pull_requests_write_is_not_enough_to_react(bench, refusal) -> None:
    bench.repair()
    client = bench.client(pull_requests="write", contents="write")
    pull = client.get_repo("acme/billing").create_pull(title="t", body="", head="goldseam/1", base="main")
    comment = pull.create_issue_comment("hello")
    error = refusal(lambda: comment.create_reaction("eyes"))
    assert error.headers["x-accepted-github-permissions"] == "issues=write"


def test_a_suspended_installation_is_a_403(bench, refusal) -> None:
    client = bench.client()
    next(iter(bench.hub.installations.values())).suspended = True
    assert refusal(lambda: client.get_repo("acme/billing")).status == 403


def test_the_hourly_limit_is_told_and_held(bench, refusal) -> None:
    bench.hub.gate.rate_limit = 2
    client = bench.client()
    client.get_repo("acme/billing")
    assert client.rate_limiting == (1, 2)
    client.get_repo("acme/billing")
    error = refusal(lambda: client.get_repo("acme/billing"))
    assert (error.status, error.headers["x-ratelimit-remaining"]) == (403, "0")
    assert int(error.headers["x-ratelimit-reset"]) == bench.clock.now + 3600
    bench.clock.now += 3600
    assert refusal(lambda: client.get_repo("acme/billing")).status == 401  # the token is an hour old too
    bench.client().get_repo("acme/billing")
