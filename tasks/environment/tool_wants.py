"""Where a project says which linter, formatter or type checker it uses, and in which version.

Extras and groups first, then requirement files, tox, CI, and last the hooks of
pre-commit: the place that names the tool is installed as it stands, because its
neighbours (stubs, plug-ins) change what the tool finds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

import yaml

from tasks.environment.automation import install_words
from tasks.environment.metadata import is_installable, requirements_of
from tasks.environment.plan import Wants
from tasks.environment.reading import ini_section, ini_sections, strings, table, toml_table

_NAME = re.compile(r"^[A-Za-z0-9][\w.-]*")
_HOOKS = {
    "ruff": ("ruff-pre-commit",),
    "black": ("psf/black", "black-pre-commit-mirror"),
    "isort": ("pycqa/isort", "timothycrosley/isort"),
    "flake8": ("pycqa/flake8",),
    "mypy": ("mirrors-mypy",),
    "basedpyright": ("basedpyright",),
}
"""How the addresses of repositories end, in lower case, that carry a tool's hook."""
_REQUIREMENTS = re.compile(r"(^|/)[^/]*requirements[^/]*\.(txt|in)$|(^|/)requirements/[^/]+\.(txt|in)$")


def tool_wants(files: Mapping[str, str], distribution: str) -> Wants:
    """Return what the first place that names the tool installs; nothing when none does."""
    places: tuple[Callable[[Mapping[str, str], str], Iterator[Wants]], ...] = (
        _extras,
        _groups,
        _requirement_files,
        _tox,
        _workflows,
        _hooks,
    )
    return next((wants for place in places for wants in place(files, distribution)), Wants())


def _names(requirements: Sequence[str], distribution: str) -> bool:
    return any(_normal(found[0]) == distribution for word in requirements if (found := _NAME.match(word.strip())))


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _extras(files: Mapping[str, str], distribution: str) -> Iterator[Wants]:
    pyproject = toml_table(files.get("pyproject.toml", ""))
    for name, stated in table(pyproject, "project", "optional-dependencies").items():
        if _names(strings(stated), distribution):
            installs = ("-e", f".[{name}]") if is_installable(files) else tuple(strings(stated))
            yield Wants(installs, None, (f"{distribution} comes with the extra {name}",))
    for line in strings(table(pyproject, "project").get("dependencies")):
        if _names([line], distribution):
            yield Wants((line,), None, (f"{distribution} is a dependency of the project",))


def _groups(files: Mapping[str, str], distribution: str) -> Iterator[Wants]:
    for name, requirements in requirements_of(files):
        if _names(requirements, distribution):
            yield Wants(tuple(requirements), None, (f"{distribution} comes with {name}",))


def _requirement_files(files: Mapping[str, str], distribution: str) -> Iterator[Wants]:
    for path in sorted(files):
        if _REQUIREMENTS.search(path) and _names(files[path].splitlines(), distribution):
            yield Wants(("-r", path), None, (f"{distribution} is named in {path}",))


def _tox(files: Mapping[str, str], distribution: str) -> Iterator[Wants]:
    text = files.get("tox.ini", "")
    for section in ini_sections(text):
        lines = [line.strip() for line in ini_section(text, section).get("deps", "").splitlines()]
        plain = [line for line in lines if _NAME.match(line) and "{" not in line and ": " not in line]
        if section.startswith("testenv") and _names(plain, distribution):
            yield Wants(tuple(plain), None, (f"{distribution} is named in tox.ini, [{section}]",))


def _workflows(files: Mapping[str, str], distribution: str) -> Iterator[Wants]:
    for path in sorted(files):
        if path.startswith(".github/workflows/"):
            for line in files[path].splitlines():
                words = install_words(line.replace("run:", "").strip(" -"))
                named = [word for word in words if _names([word], distribution)]
                if named:
                    yield Wants((named[0],), None, (f"{distribution} is installed by {path}",))


def _hooks(files: Mapping[str, str], distribution: str) -> Iterator[Wants]:
    try:
        document = yaml.safe_load(files.get(".pre-commit-config.yaml", ""))
    except yaml.YAMLError:
        return
    repositories = document.get("repos") if isinstance(document, dict) else None
    for repository in repositories if isinstance(repositories, list) else ():
        match repository:
            case {"repo": str(address), "rev": str(rev), "hooks": list(hooks)}:
                plain = address.lower().removesuffix(".git").rstrip("/")
                version = rev.removeprefix("v")
                if plain.endswith(_HOOKS.get(distribution, ("\0",))) and re.fullmatch(r"\d[\w.]*", version):
                    beside = [word for hook in hooks if isinstance(hook, dict) for word in _beside(hook)]
                    said = f"{distribution} is the one of .pre-commit-config.yaml, {rev}"
                    yield Wants((f"{distribution}=={version}", *beside), None, (said,))


def _beside(hook: Mapping[str, object]) -> Iterator[str]:
    stated = hook.get("additional_dependencies")
    yield from (word for word in strings(stated) if _NAME.match(word))
