"""Errors survive the queue's pickling, hold no secrets, and addresses follow from one setting."""

import logging
import pickle

import pytest

from tasks.errors import GoldseamError
from tasks.github.client import reading
from tasks.github.errors import GitHubUnavailable, RateLimited, Rejected, of_answer
from tasks.github.session import Endpoint


@pytest.mark.parametrize("error", [GitHubUnavailable("s", 2.5), RateLimited("s", 7.0), Rejected("s", ("a", "b"))])
def test_an_error_crosses_the_queue_whole(error: GoldseamError) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), vars(again)) == (type(error), str(error), vars(error))


@pytest.mark.parametrize(
    "secret",
    ["ghs_123_eyJh.bGci-Oi_J9.abc", "github_pat_11ABC_def", "eyJhbGciOi.eyJpc3MiOi.c2ln"],
    ids=["installation", "personal", "web-token"],
)
def test_no_error_repeats_a_credential(secret: str) -> None:
    error = of_answer(422, {"message": f"bad {secret}", "errors": [{"message": f"x {secret}"}, secret]}, {}, "asking")
    assert isinstance(error, Rejected)
    assert secret not in str(error) + "".join(error.messages)
    assert "[redacted]" in str(error)


@pytest.mark.parametrize("document", [None, [], "text", 5, {"message": 5}, {"errors": "no"}, {"errors": [None, 5]}])
def test_an_answer_of_any_shape_becomes_an_error(document: object) -> None:
    assert str(of_answer(422, document, {}, "asking"))
    assert str(of_answer(400, document, {"X-RateLimit-Reset": "soon"}, "asking"))


@pytest.mark.parametrize(
    ("api", "web", "version"),
    [
        ("https://api.github.com", "https://github.com", "2022-11-28"),
        ("https://api.github.com/", "https://github.com", "2022-11-28"),
        ("https://hub.example/api/v3", "https://hub.example", None),
        ("https://api.acme.ghe.com", "https://acme.ghe.com", None),
        ("https://api.example/api/v3", "https://api.example", None),
        ("http://127.0.0.1:8080/api/v3", "http://127.0.0.1:8080", None),
    ],
)
def test_every_address_follows_from_the_api_url(api: str, web: str, version: str | None) -> None:
    endpoint = Endpoint(api)
    assert (endpoint.web_url, endpoint.api_version) == (web, version)


def test_nothing_listens_there() -> None:
    nobody = Endpoint("http://127.0.0.1:9/api/v3", retries=0, seconds_between_requests=0)
    with reading(nobody, "ghs_secret", "a/b") as reader, pytest.raises(GitHubUnavailable, match="did not answer"):
        reader.default_branch()


def test_the_token_is_in_no_log(bench, caplog) -> None:
    for talkative in ("", "github", "urllib3"):
        caplog.set_level(logging.DEBUG, talkative)
    reader = bench.reader
    assert reader.default_branch() == "main"
    (token,) = bench.hub.gate.tokens
    assert token not in caplog.text
    assert "/_blobs/" not in caplog.text
