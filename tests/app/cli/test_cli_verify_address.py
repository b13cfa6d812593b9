"""`goldseam verify` with an address: one sentence and exit code 2 for whatever a server may answer."""

import json
import socket
from pathlib import Path

import pytest
from cli_web import Answer

from app.cli.verify import _show, read_bundle
from fixers.evidence import Evidence, Gate
from fixers.reprove import Judgement

MIB = 1 << 20
BUNDLE = (Path(__file__).parents[2] / "golden" / "evidence-1.0.json").read_bytes()
HOSTILE = json.dumps({**json.loads(BUNDLE), "packages": {"\x1b[2Jclick": 8}}).encode()
BAD = {
    "a page that is not there": (Answer(status=404), "cannot be fetched: the server answers 404."),
    "a server that is ill": (Answer(BUNDLE, status=503), "cannot be fetched: the server answers 503."),
    "a page for people": (Answer(b"<h1>Evidence</h1>"), "is no evidence bundle: the document: Invalid JSON"),
    "no text at all": (Answer(), "is no evidence bundle: the document: Invalid JSON"),
    "another document": (
        Answer(b'{"schema_version": "1.0"}'),
        "is no evidence bundle: goldseam_version: Field",
    ),
    "a name that steers the terminal": (Answer(HOSTILE), "is no evidence bundle: packages.click: Input should be"),
    "half a document": (Answer(BUNDLE[:99], promised=len(BUNDLE)), "cannot be fetched: the server broke off."),
    "a flood": (Answer(b" " * MIB, times=256), "is larger than 64 MiB, so it is no evidence bundle."),
}


@pytest.fixture
def nobody():
    """Return an address at which a port is taken and nobody listens, so that it stays refused."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{held.getsockname()[1]}/evidence.json"


def refused(told, address):
    """Run the command on an address; it must end as for any other input that cannot be read."""
    ran = told("verify", address, "--json")
    document = json.loads(ran.stdout)
    assert (ran.returncode, document["holds"], document["gates"]) == (2, False, []), ran.stderr
    assert ran.stderr == f"goldseam: {document['error']}\n"
    assert "\x1b" not in ran.stderr
    assert document["error"].startswith(f"{address} ")
    return document["error"].removeprefix(f"{address} ")


def test_a_bundle_at_an_address_is_the_bundle(web):
    assert read_bundle(web.put("/evidence.json", Answer(BUNDLE))) == Evidence.model_validate_json(BUNDLE)


def test_the_case_of_the_scheme_does_not_matter(web):
    assert read_bundle(web.put("/e.json", Answer(BUNDLE)).replace("http", "HTTP")).patch


@pytest.mark.parametrize(("answer", "words"), BAD.values(), ids=BAD)
def test_what_is_no_bundle_is_one_sentence(told, web, answer, words):
    assert refused(told, web.put("/attempts/1/evidence.json", answer)).startswith(words)


def test_a_flood_is_not_read_to_its_end(told, web):
    refused(told, web.put("/flood", Answer(b" " * MIB, times=256)))
    assert 64 * MIB < web.sent < 128 * MIB


def test_a_refused_connection_is_one_sentence(told, nobody):
    assert refused(told, nobody) == ("cannot be fetched: no connection to the server. Save the file and give its path.")


@pytest.mark.parametrize("address", ["http://", "http://[::1", "https://exa mple/e.json"])
def test_what_only_looks_like_an_address_is_one_sentence(told, address):
    assert refused(told, address).startswith("cannot be fetched: it is no address.")


def test_a_directory_is_no_bundle(told, tmp_path):
    assert refused(told, tmp_path) == "cannot be read: Is a directory. Give the evidence file."


def test_a_file_that_is_not_there_is_no_bundle(told):
    assert refused(told, "none.json").startswith("does not exist.")


def test_what_a_bundle_says_does_not_steer_the_terminal(capsys):
    gate = Gate(name="before", passed=False, detail="test_a\x1b]0;owned\x07[\u202e] does not fail.")
    _show(Judgement(holds=False, gates=(gate,), differences=("\x1b[2Jclick 8 here",)))
    said = capsys.readouterr().out
    assert "FALLS  before: test_a[\\u{202E}] does not fail." in said
    assert "note   click 8 here" in said
    assert not {"\x1b", "\x07", "\u202e"} & set(said)
