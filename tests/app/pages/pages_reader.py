"""Reading a page the way a browser does."""

from __future__ import annotations

from html.parser import HTMLParser

from flask.testing import FlaskClient


class Reader(HTMLParser):
    """Reads a page as a browser would: its elements, and the text a person sees."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag in {"td", "th", "li", "p", "div", "pre", "h1", "h2", "h3", "strong", "summary"}:
            self.text += " "

    def handle_data(self, data: str) -> None:
        self.text += data

    def links(self) -> list[str]:
        return [attrs.get("href") or "" for tag, attrs in self.elements if tag == "a"]


def page(browser: FlaskClient, path: str, status: int = 200) -> Reader:
    answer = browser.get(path)
    assert answer.status_code == status, answer.text
    assert answer.content_type == "text/html; charset=utf-8"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self';")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    return Reader(answer.text)


def flat(read: Reader) -> str:
    return " ".join(read.text.split())
