"""Endings that say something about the runner, not about the code."""

from __future__ import annotations

import re

from fixers.model import Declined, Reason

EXITED = re.compile(r"^Process completed with exit code -?\d+\.?$")
_KILLED = re.compile(r"^Process completed with exit code (137|143)\b")
_ENDINGS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), sentence)
    for pattern, sentence in (
        (r"^The operation was cancell?ed\.", "The run was cancelled before it ended."),
        (r"lost communication with the server", "The runner lost its connection to GitHub."),
        (r"^The runner has received a shutdown signal", "The runner was shut down while the job ran."),
        (
            r"has exceeded the maximum execution time|has timed out after \d+ minutes",
            "The job ran into its time limit.",
        ),
        (r"No space left on device", "The runner's disk was full."),
        (
            r"^The self-hosted runner: .{0,200} lost|^The job was not acquired by Runner",
            "No runner took or kept the job.",
        ),
        (r"^The hosted runner encountered an error", "The hosted runner failed by itself."),
    )
)
_SIGNALS = {
    "137": "The command was killed (exit code 137), most often because memory ran out.",
    "143": "The command was told to stop (exit code 143), most often by a cancelled or overlong job.",
}
# What installers and downloaders print when the network, or a server behind it, is at fault.
_UNRESOLVED = (
    r"Temporary failure (?:in name resolution|resolving)|Could not resolve host|Name or service not known"
    r"|getaddrinfo (?:ENOTFOUND|EAI_AGAIN)"
)
_UNFETCHED = (
    r"^(?:WARNING|ERROR): .{0,2000}(?:Read timed out|NewConnectionError|ConnectTimeoutError|Connection reset)"
    r"|^curl: \((?:7|28|35|52|56)\) |Max retries exceeded with url|net/http: TLS handshake timeout"
    r"|^fatal: unable to access '[^']{1,300}': (?:Failed to connect|The requested URL returned error: 5\d\d)"
    r"|^E: Failed to fetch |^npm ERR! (?:network|code E(?:TIMEDOUT|CONNRESET|AI_AGAIN))"
    r"|^error: Failed to (?:fetch|download)[: ]"
)
_UNSERVED = (
    r"toomanyrequests: |\b(?:429 Too Many Requests|502 Bad Gateway|503 Service Unavailable)\b"
    r"|\b504 Gateway Time-?out\b"
)
_NETWORK: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(_UNRESOLVED), "A host name could not be resolved."),
    (re.compile(_UNFETCHED), "The network, or a server behind it, failed while something was fetched."),
    (re.compile(_UNSERVED), "A server refused to answer: too many requests, or it was down."),
)
_NETWORK_WORDS = (
    "resol", "service not known", "getaddrinfo", "timed out", "Connection", "curl: ", "retries", "TLS",
    "unable to access", "fetch", "download", "npm ERR!", "toomanyrequests", "429", "502", "503", "504",
)  # fmt: skip
"""One of these stands in every line that the patterns know: most lines of a log are passed over by them."""
_DISK = re.compile(r"\[Errno 28\] No space left on device|(?:: |^)(?:write error: )?No space left on device")


def declined_runner(sentence: str) -> Declined:
    """Return why nothing is repaired when the runner ended a run."""
    return Declined(
        Reason.INFRASTRUCTURE,
        f"The runner ended the run, not the code: {sentence}",
        "Run it again; the code needs nothing.",
    )


def from_runner(text: str) -> str:
    """Return a sentence for the runner's `##[error]` text, or nothing when the text blames the code."""
    killed = _KILLED.match(text)
    if killed:
        return _SIGNALS[killed[1]]
    return next((sentence for pattern, sentence in _ENDINGS if pattern.search(text)), "")


def from_output(line: str) -> str:
    """Return a sentence when a program's own line says that the disk was full."""
    if "No space left on device" in line and _DISK.search(line):
        return "The runner's disk was full."
    return ""


def from_network(line: str) -> str:
    """Return a sentence when a program's own line says that the network failed it.

    It is only a hint: a test may print the same. It counts where nothing of the project failed.
    """
    if not any(word in line for word in _NETWORK_WORDS):
        return ""
    return next((sentence for pattern, sentence in _NETWORK if pattern.search(line)), "")
