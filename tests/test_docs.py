"""The documents say what the code says. Each check fails when it finds nothing to compare."""

import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from app.cli.fix import fix
from app.cli.main import cli
from app.config import Settings
from app.schemas import FixReport
from app.setup.manifest import PERMISSIONS as APP_PERMISSIONS
from fixers.codemods.registry import ALL as CODEMODS
from fixers.model import Reason
from fixers.search.registry import ALL as TEMPLATES
from fixers.tools.registry import ALL as TOOLS
from fixers.tools.repairs.registry import ALL as REPAIRS
from tasks.broker.known import PERMISSIONS
from tasks.policy.model import Autonomy, Consent, RepositoryPolicy, ServerPolicy
from tasks.store.states import STAGES, State

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = (*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md")))
RECORDS = sorted((ROOT / "docs" / "adr").glob("[0-9]*.md"))
HEADINGS = ("## Context", "## Decision", "## Rivals", "## Consequences")


def text(name: str) -> str:
    return (ROOT / name).read_text()


def first_cells(name: str) -> list[str]:
    """Return the code spans in the first cell of every table row of a document."""
    rows = re.findall(r"^\| (.+?) \|", text(name), re.MULTILINE)
    return [span for cell in rows for span in re.findall(r"`([^`]+)`", cell)]


def absent(wanted: Iterable[str], there: Iterable[str]) -> list[str]:
    """Return what is wanted and not there; wanting nothing is a mistake of the test."""
    names = list(wanted)
    assert names, "nothing to look for: the check would hold whatever the documents say"
    known = set(there)
    return [name for name in names if name not in known]


def commands() -> dict[str, click.Command]:
    """Return every verb by the words that are typed, `ledger verify` among them."""
    found = {}
    context = click.Context(cli)
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        assert command is not None, f"{name} is listed and cannot be loaded"
        found[name] = command
        if isinstance(command, click.Group):
            found |= {f"{name} {inner}": sub for inner, sub in command.commands.items()}
    return found


def settings() -> list[str]:
    return [f"GOLDSEAM_{name.upper()}" for name in Settings.model_fields]


def test_every_setting_is_explained_and_none_is_invented():
    explained = [cell for cell in first_cells("docs/configuration.md") if cell.startswith("GOLDSEAM_")]
    assert absent(settings(), explained) == []
    assert absent(explained, settings()) == []


def test_settings_that_other_documents_name_exist():
    named = {word for path in DOCUMENTS for word in re.findall(r"GOLDSEAM_[A-Z_]+", path.read_text())}
    beside = {"GOLDSEAM_REPORT_FD", "GOLDSEAM_LLM_MODEL"}  # the harness's descriptor; read with the SDK's variables
    assert absent(sorted(named), {*settings(), *beside}) == []


@pytest.mark.parametrize("model", [RepositoryPolicy, ServerPolicy], ids=["repository", "server"])
def test_every_policy_key_is_explained(model):
    assert absent(model.model_fields, first_cells("docs/policy.md")) == []


def test_every_level_of_policy_is_explained():
    assert absent([level.word for level in Autonomy], first_cells("docs/policy.md")) == []
    assert absent([f"`{level.word}`" for level in Consent], re.findall(r"`\w+`", text("docs/policy.md"))) == []


def test_the_example_policy_is_one():
    from tasks.policy.load import read_repository_policy  # noqa: PLC0415 - only here

    example = re.search(r"```yaml\n(.*?)```", text("docs/policy.md"), re.DOTALL)
    assert example is not None
    assert read_repository_policy(example[1].encode()).model_fields_set == set(RepositoryPolicy.model_fields) - {
        "python"
    }


def test_the_catalogue_is_that_of_the_registries():
    rows = re.findall(r"^\| (\d+ \| `[\w-]+` \| [ABC] \| [\d.]+ \| .*) \|$", text("docs/engine.md"), re.MULTILINE)
    kinds = [(c, c.MESSAGE) for c in CODEMODS] + [(t, t.SUMMARY) for t in TEMPLATES]
    kinds += [(r, r.MESSAGE) for r in REPAIRS]
    assert kinds
    assert rows == [f"{k.NUMBER} | `{k.NAME}` | {k.TIER.name} | {k.PRIOR:.2f} | {said}" for k, said in kinds]


def test_every_tool_is_explained():
    assert absent([tool.name for tool in TOOLS], first_cells("docs/engine.md")) == []


def test_the_page_of_rules_is_that_of_the_classes():
    written = [line[3:] for line in text("docs/rules.md").splitlines() if re.fullmatch(r"## [a-z][a-z0-9-]+", line)]
    assert written == [maker.NAME for maker in (*CODEMODS, *TEMPLATES, *REPAIRS)]
    assert subprocess.run([sys.executable, ROOT / "scripts" / "rules", "--check"], check=False).returncode == 0


def test_every_verb_is_in_a_document():
    together = "\n".join(path.read_text() for path in DOCUMENTS)
    typed = list(commands())
    assert absent(typed, [name for name in typed if re.search(rf"\bgoldseam {name}\b", together)]) == []


def test_no_document_names_a_verb_that_is_not_there():
    named = {
        (path.name, words.split()[0])
        for path in DOCUMENTS
        for words in re.findall(r"`goldseam ([a-z][a-z ]*)", path.read_text())
    }
    planned = {("README.md", "replay")}  # first of those that the list "Not there yet" names
    assert absent(sorted(verb for _, verb in named - planned), commands()) == []


def test_the_readme_shows_the_help_as_it_is():
    # Click writes two columns less than a terminal of 80 has.
    said = CliRunner().invoke(cli, ["--help"], prog_name="goldseam", terminal_width=78).output.rstrip()
    assert said.startswith("Usage: goldseam")
    assert f"```\n{said}\n```" in text("README.md")


def test_every_option_of_fix_is_explained():
    options = [name for option in fix.params for name in option.opts if name.startswith("--")]
    assert absent(options, [o for o in options if f"`{o}" in text("docs/fix.md")]) == []


def test_every_exit_code_of_fix_is_explained():
    codes = re.findall(r"(\d+) [a-z]", (fix.help or "").split("Exit codes:")[1])
    assert absent(codes, re.findall(r"^\| (\d+) \|", text("docs/fix.md"), re.MULTILINE)) == []


def test_every_field_of_the_report_is_explained():
    assert absent(FixReport.model_fields, first_cells("docs/fix.md")) == []


def test_every_reason_is_explained():
    assert absent([reason.value for reason in Reason], first_cells("docs/fix.md")) == []


def test_every_permission_is_asked_for_in_the_list():
    listed = dict(re.findall(r"^\| ([A-Z][\w ]+) \| (read|write) \|", text("docs/github.md"), re.MULTILINE))
    names = {"Commit statuses": "statuses"}
    asked = {names.get(name, name.lower().replace(" ", "_")): level for name, level in listed.items()}
    needed = {"statuses": "read"}  # for an event; no call needs it
    for permissions in PERMISSIONS.values():
        needed |= {name: max(level, needed.get(name, "")) for name, level in permissions.items()}
    assert asked == needed == dict(APP_PERMISSIONS)


def test_the_map_shows_every_state_with_its_stage():
    drawing = text("ARCHITECTURE.md")
    working = [state for state in State if state in STAGES]
    assert absent([s.name for s in State], re.findall(r"\b[A-Z]{4,}\b", drawing)) == []
    assert re.search(r"\s+".join(STAGES[s] for s in working), drawing)


def test_the_map_names_every_wall_and_no_other():
    walls = re.findall(r"^def (test_\w+)", text("tests/test_walls.py"), re.MULTILINE)
    named = set(re.findall(r"`(test_\w+)`", text("ARCHITECTURE.md")))
    assert absent(walls, named) == []
    assert absent(sorted(named), walls) == []


def test_every_make_target_that_is_named_exists():
    targets = re.findall(r"^([a-z-]+):", text("Makefile"), re.MULTILINE)
    named = {
        target
        for path in DOCUMENTS
        for target in re.findall(r"(?:^|`)make ([a-z][a-z-]+)", path.read_text(), re.MULTILINE)
    }
    assert absent(sorted(named), targets) == []


def test_there_are_records():
    assert len(RECORDS) >= 6


@pytest.mark.parametrize("record", RECORDS, ids=lambda path: path.stem)
def test_every_record_follows_the_template(record):
    said = record.read_text()
    number = record.name[:4]
    assert absent(HEADINGS, re.findall(r"^## .+$", text("docs/adr/template.md"), re.MULTILINE)) == []
    assert tuple(re.findall(r"^## .+$", said, re.MULTILINE)) == HEADINGS
    assert re.match(rf"# {number} \S.*\n\nStatus: (accepted|superseded by \d{{4}})\n", said)
    assert f"[{number}]({record.name})" in text("docs/adr/README.md")


def test_every_link_leads_somewhere():
    links = [
        (path, target)
        for path in DOCUMENTS
        for target in re.findall(r"\]\(([^)#\s]+)", path.read_text())
        if "://" not in target and not target.startswith("mailto:")
    ]
    assert links
    assert [(path.name, target) for path, target in links if not (path.parent / target).exists()] == []


def test_files_that_documents_name_exist():
    pattern = r"`((?:app|tasks|fixers|tests|docs|scripts|benchmarks)/[\w./-]+)`"
    named = {name for path in DOCUMENTS for name in re.findall(pattern, path.read_text())}
    assert absent(sorted(named), [name for name in named if (ROOT / name).exists()]) == []


def test_no_document_sells():
    words = r"AI-powered|\bsmart(er|ly)?\b|\bmagic|\brobust|\bseamless|\bpowerful|\beffortless"
    assert DOCUMENTS
    assert [(p.name, m[0]) for p in DOCUMENTS for m in re.finditer(words, p.read_text(), re.IGNORECASE)] == []
