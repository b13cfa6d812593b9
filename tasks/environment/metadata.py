"""What the project's own metadata says: extras, groups, requirement files. Nothing is executed."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

from tasks.environment.plan import Wants
from tasks.environment.reading import Table, ini_section, python_tree, strings, table, toml_table

TEST_NAMES = ("test", "tests", "testing", "pytest", "unittest", "unit", "ci", "dev", "develop", "development")
"""Names of extras and groups that bring what tests need; the order is that of preference in the reasons only."""
_REQUIREMENT_FILE = re.compile(
    r"^(?:requirements?[-_./]?(?:test|tests|testing|dev|develop|development|ci)[-_\w]*|"
    r"(?:test|tests|dev|testing|development|ci)[-_]requirements?|requirements?|"
    r"requirements/(?:base|main|common|test|tests|testing|dev|develop|development|ci|requirements))\.(?:txt|in)$"
)
_CARET_PARTS = 3


def metadata_wants(files: Mapping[str, str]) -> Wants:
    """Collect extras, dependency groups and requirement files that tests need, and the project itself."""
    pyproject = toml_table(files.get("pyproject.toml", ""))
    extras = [name for name in declared_extras(files) if _normal(name) in TEST_NAMES]
    installs: list[str] = []
    why: list[str] = []
    if is_installable(files):
        installs += ["-e", f".[{','.join(extras)}]" if extras else "."]
        why.append("the project is installed" + (f" with its extras {', '.join(extras)}" if extras else ""))
    for name, requirements in _groups(pyproject):
        installs += requirements
        why.append(f"{len(requirements)} requirements come from {name}")
    for path in requirement_files(files):
        installs += ["-r", path]
        why.append(f"{path} is installed")
    return Wants(tuple(installs), None, tuple(why))


def requirements_of(files: Mapping[str, str]) -> Iterator[tuple[str, list[str]]]:
    """Yield every group of requirements that pyproject.toml states for development, whatever its name."""
    pyproject = toml_table(files.get("pyproject.toml", ""))
    groups = table(pyproject, "dependency-groups")
    for name in groups:
        if found := _expanded(groups, name, frozenset()):
            yield f"the dependency group {name}", found
    for place in (("tool", "uv"), ("tool", "pdm")):
        stated = table(pyproject, *place).get("dev-dependencies")
        for part in stated.values() if isinstance(stated, Mapping) else [stated]:
            if found := list(strings(part)):
                yield f"[{'.'.join(place)}] dev-dependencies", found
    for environment in table(pyproject, "tool", "hatch", "envs"):
        stated_here = table(pyproject, "tool", "hatch", "envs", environment)
        if both := [*strings(stated_here.get("dependencies")), *strings(stated_here.get("extra-dependencies"))]:
            yield f"[tool.hatch.envs.{environment}]", both
    poetry = table(pyproject, "tool", "poetry")
    parts = {name: table(poetry, "group", name, "dependencies") for name in table(poetry, "group")}
    parts["dev"] = {**table(poetry, "dev-dependencies"), **parts.get("dev", {})}
    for name, stated_there in parts.items():
        if found := [*_poetry_requirements(stated_there)]:
            yield f"the Poetry group {name}", found


def is_installable(files: Mapping[str, str]) -> bool:
    """Say whether `pip install .` has something to go by."""
    pyproject = toml_table(files.get("pyproject.toml", ""))
    stated = any(table(pyproject, *names) for names in (("project",), ("build-system",), ("tool", "poetry", "name")))
    poetry = table(pyproject, "tool", "poetry")
    package = table(pyproject, "tool", "uv").get("package", True) is not False and poetry.get("package-mode", True)
    return bool((stated or poetry.get("name")) and package) or "setup.py" in files or _has_metadata(files)


def python_requires(files: Mapping[str, str]) -> str:
    """Return the stated range of Python versions; empty when none is."""
    pyproject = toml_table(files.get("pyproject.toml", ""))
    stated = table(pyproject, "project").get("requires-python")
    if isinstance(stated, str):
        return stated
    poetry = table(pyproject, "tool", "poetry", "dependencies").get("python")
    if isinstance(poetry, str):
        return poetry_specifier(poetry)
    found = ini_section(files.get("setup.cfg", ""), "options").get("python_requires", "")
    return found or str(_setup_argument(files.get("setup.py", ""), "python_requires") or "")


def declared_extras(files: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names of the extras, from every kind of metadata file."""
    pyproject = toml_table(files.get("pyproject.toml", ""))
    names = [
        *table(pyproject, "project", "optional-dependencies"),
        *table(pyproject, "tool", "poetry", "extras"),
        *ini_section(files.get("setup.cfg", ""), "options.extras_require"),
    ]
    stated = _setup_argument(files.get("setup.py", ""), "extras_require")
    if isinstance(stated, dict):
        names += [name for name in stated if isinstance(name, str)]
    return tuple(dict.fromkeys(names))


def requirement_files(files: Mapping[str, str]) -> tuple[str, ...]:
    """Return the requirement files that tests need; a `.in` only where no compiled `.txt` stands beside it."""
    found = sorted(path for path in files if _REQUIREMENT_FILE.match(path))
    return tuple(path for path in found if path.endswith(".txt") or path.removesuffix(".in") + ".txt" not in files)


def poetry_specifier(constraint: str) -> str:
    """Turn Poetry's `^1.2`, `~1.2` and `*` into a standard specifier; other constraints are standard already."""
    parts: list[str] = []
    for part in re.split(r"\s*,\s*|\s+(?=[<>=!~^])", constraint.strip()):
        if part in {"", "*"}:
            continue
        if part[0] in "^~" and not part.startswith("~="):
            parts.append(_bounded(part))
        else:
            parts.append(part if part[0] in "<>=!~" else f"=={part}")
    # `a || b` has no standard form; without a condition the resolver still finds something.
    return "" if "||" in constraint else ",".join(parts)


def _bounded(part: str) -> str:
    numbers = [int(number) for number in re.findall(r"\d+", part)[:_CARET_PARTS]]
    if not numbers:
        return ""
    if part[0] == "^":
        kept = next((place for place, number in enumerate(numbers) if number), len(numbers) - 1)
    else:
        kept = min(1, len(numbers) - 1)
    upper = [*numbers[:kept], numbers[kept] + 1]
    return f">={'.'.join(map(str, numbers))},<{'.'.join(map(str, upper))}"


def _groups(pyproject: Table) -> Iterator[tuple[str, list[str]]]:
    groups = table(pyproject, "dependency-groups")
    for name in groups:
        if _normal(name) in TEST_NAMES and (found := _expanded(groups, name, frozenset())):
            yield f"the dependency group {name}", found
    for place in (("tool", "uv"), ("tool", "pdm")):
        stated = table(pyproject, *place).get("dev-dependencies")
        lists = stated.values() if isinstance(stated, Mapping) else [stated]
        if found := [requirement for group in lists for requirement in strings(group)]:
            yield f"[{'.'.join(place)}] dev-dependencies", found
    for environment in ("default", "test", "tests", "hatch-test", "dev"):
        stated_here = table(pyproject, "tool", "hatch", "envs", environment)
        both = [*strings(stated_here.get("dependencies")), *strings(stated_here.get("extra-dependencies"))]
        if both:
            yield f"[tool.hatch.envs.{environment}]", both
    yield from _poetry_groups(table(pyproject, "tool", "poetry"))


def _poetry_groups(poetry: Table) -> Iterator[tuple[str, list[str]]]:
    groups = {name: table(poetry, "group", name, "dependencies") for name in table(poetry, "group")}
    groups["dev"] = {**table(poetry, "dev-dependencies"), **groups.get("dev", {})}
    for name, stated in groups.items():
        if _normal(name) in TEST_NAMES and (found := [*_poetry_requirements(stated)]):
            yield f"the Poetry group {name}", found


def _poetry_requirements(stated: Table) -> Iterator[str]:
    for name, value in stated.items():
        if isinstance(value, str):
            yield f"{name}{poetry_specifier(value)}"
        elif isinstance(value, Mapping) and isinstance(version := value.get("version"), str):
            extras = ",".join(strings(value.get("extras")))
            yield name + (f"[{extras}]" if extras else "") + poetry_specifier(version)


def _expanded(groups: Table, name: str, above: frozenset[str]) -> list[str]:
    """Return the requirements of a group, `include-group` followed; a circle ends where it closes."""
    wanted = next((key for key in groups if _normal(key) == _normal(name)), None)
    members = groups.get(wanted) if wanted else None
    if wanted is None or wanted in above or not isinstance(members, list):
        return []
    found: list[str] = []
    for member in members:
        if isinstance(member, str):
            found.append(member)
        elif isinstance(member, Mapping) and isinstance(included := member.get("include-group"), str):
            found += _expanded(groups, included, above | {wanted})
    return list(dict.fromkeys(found))


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _has_metadata(files: Mapping[str, str]) -> bool:
    return bool(ini_section(files.get("setup.cfg", ""), "metadata").get("name"))


def _setup_argument(text: str, name: str) -> object:
    """Return a literal keyword argument of the `setup()` call, also through a name assigned once; None otherwise."""
    tree = python_tree(text)
    assigned = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == "setup"):
            continue
        for keyword in node.keywords:
            if keyword.arg == name:
                value = keyword.value
                value = assigned.get(value.id, value) if isinstance(value, ast.Name) else value
                return _literal(value)
    return None


def _literal(value: ast.expr) -> object:
    if isinstance(value, ast.Dict):
        # The names of extras are literal far more often than their contents.
        return {key.value: None for key in value.keys if isinstance(key, ast.Constant)}
    try:
        return ast.literal_eval(value)
    except (ValueError, TypeError):
        return None
