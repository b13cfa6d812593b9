"""What tox, nox and CI workflows say: literal lines only, nothing is executed or expanded."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence

import yaml

from tasks.environment.plan import Wants
from tasks.environment.reading import ini_section, ini_sections, python_tree
from tasks.environment.test_command import TestCommand, read_test_command, read_test_line

_TEST_ENVIRONMENT = re.compile(r"^(py\d*|test|tests|unit|pytest)", re.IGNORECASE)
_TOOLS = frozenset({
    "pip", "setuptools", "wheel", "tox", "nox", "tox-gh", "tox-gh-actions", "tox-uv", "codecov", "coveralls", "twine",
    "build", "pre-commit", "poetry", "pdm", "hatch", "pipenv", "uv", "virtualenv", "poetry-core", "pipx",
})  # fmt: skip
"""What a workflow installs for itself and not for the tests."""
_INSTALL = re.compile(r"(?:^|\s)(?:uv\s+)?pip3?\s+install\s+(.*)$")
_WITH_VALUE = frozenset({"-r", "--requirement", "-c", "--constraint", "-e", "--editable"})
_NAME = re.compile(r"^[A-Za-z0-9][\w.-]*")
_SUBSTITUTED = re.compile(
    r"\{(?:env|posargs)[^{}]*:([^{}]*)\}|\{posargs\}|\{toxinidir\}/?|\{\[[^\]]*\][^}]*\}|\{[^{}]*\}"
)


def tox_wants(files: Mapping[str, str], chosen: Sequence[str] = ()) -> Wants:
    """Read `deps`, `extras` and `commands` of the environments that run tests."""
    text = files.get("tox.ini", "")
    names = ini_sections(text)
    sections = [f"testenv:{name}" for name in chosen if f"testenv:{name}" in names] or [
        name for name in names if name.startswith("testenv:") and _TEST_ENVIRONMENT.match(name.removeprefix("testenv:"))
    ]
    installs: list[str] = []
    args: TestCommand | None = None
    for section in (*sections[:1], "testenv"):
        stated = ini_section(text, section)
        installs += [word for line in _lines(stated.get("deps", "")) for word in _dependency(line)]
        extras = [line for entry in _lines(stated.get("extras", "")) for line in entry.replace(",", " ").split()]
        if extras:
            installs += ["-e", f".[{','.join(extras)}]"]
        args = args or _first_test(map(_plain, _lines(stated.get("commands", ""))))
    why = ("tox.ini names what its test environment installs",) if installs else ()
    found = args or TestCommand("")
    return Wants(tuple(installs), args.args if args else None, (*why, *found.why), found.start)


def nox_wants(files: Mapping[str, str], chosen: Sequence[str] = ()) -> Wants:
    """Read the literal `session.install` and `session.run` calls of the sessions that run tests."""
    for function in _sessions(python_tree(files.get("noxfile.py", "")), chosen):
        installs: list[str] = []
        args: TestCommand | None = None
        for method, words in _session_calls(function):
            if method in {"install", "conda_install"}:
                installs += words
            elif method == "run" and args is None:
                args = _known(read_test_command(words))
        if args is not None:
            why = f"noxfile.py's session {function.name} names what it installs and runs"
            return Wants(tuple(installs), args.args, (why, *args.why), args.start)
    return Wants()


def workflow_steps(files: Mapping[str, str]) -> tuple[str, ...]:
    """Return the `run` lines of the workflow jobs that run tests, in order; continued lines are joined."""
    found: list[str] = []
    for path in sorted(files):
        if path.startswith(".github/workflows/"):
            for lines in _jobs(files[path]):
                if _first_test(lines) is not None:
                    found += lines
    return tuple(dict.fromkeys(found))


def wanted_python(files: Mapping[str, str]) -> str:
    """Return the Python version that `.python-version` or the first literal of a workflow names, such as `3.11`."""
    pinned = files.get(".python-version", "").strip().splitlines()
    if pinned and re.match(r"^3\.\d+", pinned[0]):
        return pinned[0].strip()
    texts = (files[path] for path in sorted(files) if path.startswith(".github/workflows/"))
    versions = [found[1] for text in texts for found in re.finditer(r"python-version:\s*\[?\s*['\"]?(3\.\d+)", text)]
    return versions[0] if versions else ""


def steps_wants(steps: Iterable[str]) -> Wants:
    """Read `pip install …` and the test command from script lines; lines with expressions are passed over."""
    lines = list(steps)
    installs = [word for line in lines for word in install_words(line)]
    args = _first_test(lines)
    why = ("CI's own install steps are followed",) if installs else ()
    pytest_args = args.args if args and args.tool == "pytest" else None
    return Wants(tuple(installs), pytest_args, (*why, *(args.why if args and pytest_args is not None else ())))


def first_test(steps: Iterable[str]) -> TestCommand | None:
    """Return the first line that runs tests."""
    return _first_test(steps)


def install_words(line: str) -> tuple[str, ...]:
    """Return what a `pip install` line installs for the tests, tools of the workflow left out."""
    match = _INSTALL.search(re.split(r"\s(?:&&|\|\||;|\|)", line, maxsplit=1)[0])
    if match is None or "${{" in line or "$" in match[1]:
        return ()
    try:
        return tuple(_kept(shlex.split(match[1], comments=True)))
    except ValueError:
        return ()


def _kept(words: list[str]) -> Iterator[str]:
    while words:
        word = words.pop(0)
        if word in _WITH_VALUE and words:
            yield from ({"--requirement": "-r", "--constraint": "-c", "--editable": "-e"}.get(word, word), words.pop(0))
        elif word.startswith("-"):
            # Options tune the client (`--upgrade`, `--quiet`, an index); the client here is ours.
            if word in {"-i", "--index-url", "--extra-index-url", "-f", "--find-links", "--python"} and words:
                words.pop(0)
        elif word == "." or word.startswith((".[", "./")):
            yield from ("-e", word)
        elif (name := _NAME.match(word)) and name[0].lower() not in _TOOLS:
            yield word


def _first_test(lines: Iterable[str]) -> TestCommand | None:
    return next((command for line in lines if (command := _known(read_test_line(line)))), None)


def _known(command: TestCommand) -> TestCommand | None:
    return command if command.tool else None


def _lines(value: str) -> list[str]:
    joined = value.replace("\\\n", " ")
    return [line.strip() for line in joined.splitlines() if line.strip() and not line.strip().startswith("#")]


def _plain(line: str) -> str:
    """Keep the defaults of tox substitutions, and drop the words that hold any other."""
    filled = _SUBSTITUTED.sub(lambda found: found[1] if found[1] is not None else "\0", line)
    # The whole of {posargs} or {toxinidir}/ stands for nothing; a word made of anything else is unknown.
    return " ".join(word for word in filled.split() if "\0" not in word)


def _dependency(line: str) -> list[str]:
    """Read one line of tox `deps`; a factor condition (`py38: x`) is dropped, its requirement kept."""
    line = re.sub(r"^[\w{},!.-]+:\s+", "", _SUBSTITUTED.sub(r"\1", line)).strip()
    if line.startswith(("-r", "-c")):
        return [line[:2], line[2:].strip()] if line[2:].strip() else []
    return [line] if _NAME.match(line) else []


def _sessions(tree: ast.Module, chosen: Sequence[str]) -> list[ast.FunctionDef]:
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    asked = [node for node in functions if node.name in {name.partition("-")[0] for name in chosen}]
    return asked or sorted(functions, key=lambda node: "test" not in node.name)


def _session_calls(function: ast.FunctionDef) -> Iterator[tuple[str, list[str]]]:
    for node in ast.walk(function):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="session"), attr=method), args=args):
                words = [word.value for word in args if isinstance(word, ast.Constant) and isinstance(word.value, str)]
                yield method, words


def _jobs(text: str) -> Iterator[list[str]]:
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError:
        return
    jobs = document.get("jobs") if isinstance(document, dict) else None
    for job in jobs.values() if isinstance(jobs, dict) else ():
        steps = job.get("steps") if isinstance(job, dict) else None
        runs = [step.get("run") for step in steps if isinstance(step, dict)] if isinstance(steps, list) else []
        yield [line for run in runs if isinstance(run, str) for line in _lines(run)]
