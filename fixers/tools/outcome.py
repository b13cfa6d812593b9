"""Draw the conclusion for a red tool: proven and green is a fix, a part of it is an alternative, else a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from fixers import patch as patches
from fixers.evidence import Alternative, Finding, Localized, Observed, RedTool, Repair, Reproduction, Trace
from fixers.model import FileEdit, Reason, Suspect, Tier
from fixers.outdated_tests import offer_of
from fixers.project import is_repairable, is_test_path
from fixers.runner.sandbox import Sandbox
from fixers.runner.suite import run_suite
from fixers.tools.annotate import ASKED
from fixers.tools.bold import BOLD
from fixers.tools.judge import counted, gone_and_left, judge, shown
from fixers.tools.registry import tool_named
from fixers.tools.replay import REFLOW
from fixers.tools.reproduce import localize_tool
from fixers.tools.run import check, mend, patched
from fixers.verify import Base, Proof, evidence_of, prove

_SHOWN = 3
_STUBS = frozenset(
    {"import-untyped", "import-not-found", "import", "reportMissingImports", "reportMissingModuleSource"}
)


def conclude_tool(
    base: Base, red: RedTool, found: tuple[Observed, Localized, Repair], sandbox: Sandbox, *, version: str, seed: int
) -> Trace:
    """Prove the one proposal, if there is one, and say what it leaves."""
    observed, localized, repair = found
    trace = Trace(
        goldseam_version=version,
        status="declined",
        sentence="",
        failures=observed.failures[:20],
        reproduction=observed.reproduction,
        localization=localized.suspects[:50],
        families=repair.families,
        target=base.target.provenance,
        notes=(*observed.notes, *repair.notes),
    )
    asked = red.asked or red.findings
    if not repair.clusters:
        return trace.model_copy(update=_nothing(red, asked, repair) | _for_tests(base, red, asked, sandbox, ""))
    proposal = repair.clusters[0].proposals[0]
    left = _left(base, red, proposal.patch, sandbox)
    gone = [finding for finding in asked if finding not in left]
    aimed = replace(base, reproduction=_aimed_at(base, red, gone))
    proof = prove(aimed, proposal, sandbox, seed=seed)
    if not proof.holds:
        return trace.model_copy(update=_fell(proof))
    if left:
        more = _for_tests(base, red, left, sandbox, proposal.patch)
        return trace.model_copy(update=_partly(red, asked, left, proof) | {"localization": _places(red, left)} | more)
    if proposal.tier > Tier.A and not base.reproduction.suite_size:
        return trace.model_copy(update=_untested(red, proof))
    evidence = evidence_of(aimed, proof, sandbox, version=version, budget=repair.budget, behaviour=None)
    return trace.model_copy(
        update={
            "status": "fixed",
            "sentence": f"Fixed: {proposal.summary}",
            "choice": _why(proposal.fixer, red),
            "fixer": proposal.fixer,
            "patch": proposal.patch,
            "evidence": evidence,
            "notes": (*trace.notes, *_others(red, proof.after)),
        }
    )


def _for_tests(base: Base, red: RedTool, left: Sequence[Finding], sandbox: Sandbox, done: str) -> dict[str, object]:
    """Offer what the tool itself would mend in tests, where it then finds nothing that was asked for and nothing new.

    `done` is the patch of what a repair may mend; the offer holds it as well.

    More than the layout of a test changes by it, so a person has to read and apply it.
    """
    tool, project = tool_named(red.tool), base.project
    paths = sorted({finding.path for finding in left if is_test_path(finding.path) and finding.path in project.files})
    if tool is None or not paths:
        return {}
    if all(finding.code.startswith("PT") for finding in left) and tool.mend is not None:
        # What ruff calls unsafe in the style of a test moves a comment at most; the suite and a person look at it.
        tool = replace(tool, mend=tuple(word.replace("--no-unsafe", "--unsafe") for word in tool.mend))
    texts = mend(tool, red.arguments, paths, base.target, sandbox)
    edits = [FileEdit(p, project.files[p], text) for p, text in sorted(texts.items()) if text != project.files[p]]
    if not edits:
        return {}
    edits = [*patches.apply(done, project.files), *edits] if done else edits
    with patched(base.target, edits) as target:
        judged = judge(red, target, sandbox)
        suite = run_suite(target, sandbox) if judged.passed else None
    failed = set(suite.ids("failed")) - set(base.reproduction.other_failures) if suite is not None else set()
    if suite is None or not suite.complete or failed or len(suite.tests) < base.reproduction.suite_size:
        return {}
    return {"offers": (offer_of(edits, f"`{red.tool}` and the suite are green with it"),)}


def _others(red: RedTool, after: Sequence[Finding]) -> tuple[str, ...]:
    if not after:
        return ()
    return (
        f"`{red.tool}` still finds {counted(len(after))} that the report does not name, the first: {shown(after[0])}.",
    )


def _places(red: RedTool, left: Sequence[Finding]) -> tuple[Suspect, ...]:
    return localize_tool(red.model_copy(update={"asked": tuple(left)})).suspects[:50]


def _left(base: Base, red: RedTool, patch: str, sandbox: Sandbox) -> list[Finding]:
    tool = tool_named(red.tool)
    assert tool is not None  # noqa: S101 - reproduced with it
    with patched(base.target, patches.apply(patch, base.project.files)) as target:
        ran = check(tool, red.arguments, target, sandbox)
    return gone_and_left(red.asked or red.findings, ran.findings)[1]


def _aimed_at(base: Base, red: RedTool, gone: Sequence[Finding]) -> Reproduction:
    aim = red.model_copy(update={"asked": tuple(gone) if len(gone) < len(red.findings) else ()})
    return base.reproduction.model_copy(update={"tool": aim})


def _why(fixer: str, red: RedTool) -> str:
    makers = fixer.split("+")
    said = []
    if makers[0].startswith("tool:"):
        said.append(
            f"{red.tool.split()[0]} {red.version} made it itself, by its safe rules and the project's settings."
        )
    rules = [maker.removeprefix("codemod:") for maker in makers if maker.startswith("codemod:")]
    if rules:
        said.append(f"By rule: {', '.join(rules)}; {red.tool} was asked after each.")
    if ASKED in makers:
        said.append("What functions lack is annotated as mypy infers it from every call and result.")
    if REFLOW in makers:
        said.append("Statements that it finds badly laid out are laid out anew; each is the same program.")
    if BOLD in makers:
        said.append("Ruff did the rest by rules that mean the same here; some of them it calls unsafe in general.")
    return " ".join(said)


def _nothing(red: RedTool, asked: Sequence[Finding], repair: Repair) -> dict[str, object]:
    if repair.interrupted:
        return {
            "reason": Reason.BUDGET_EXHAUSTED,
            "sentence": "Interrupted before a repair was found.",
            "next_step": "Run again.",
        }
    what = "The finding" if len(asked) == 1 else f"None of the {len(asked)} findings"
    verb = "cannot" if len(asked) == 1 else "can"
    return {
        "reason": Reason.NO_CANDIDATE,
        "sentence": f"{what} of `{red.tool}` {verb} be repaired by a rule that is certain: {_told(asked)}.",
        "next_step": _by_hand(red, asked),
    }


def _partly(red: RedTool, asked: Sequence[Finding], left: Sequence[Finding], proof: Proof) -> dict[str, object]:
    done = len(asked) - len(left)
    return {
        "reason": Reason.NO_CANDIDATE,
        "sentence": f"{done} of {counted(len(asked))} of `{red.tool}` can be repaired; {len(left)} cannot by a rule "
        f"that is certain: {_told(left)}.",
        "next_step": f"Apply A by hand if it is welcome. {_by_hand(red, left)}",
        "alternatives": (_shown(proof, f"Proven, but `{red.tool}` stays red."),),
    }


def _untested(red: RedTool, proof: Proof) -> dict[str, object]:
    return {
        "reason": Reason.AMBIGUOUS,
        "sentence": f"One repair satisfies `{red.tool}`, but no test says whether it is what is meant.",
        "next_step": "Read A; apply it if that is meant.",
        "alternatives": (_shown(proof, f"`{red.tool}` is green with it."),),
    }


def _shown(proof: Proof, known: str) -> Alternative:
    """Return a proven repair as one that a person has to read; `known` says why."""
    proposal = proof.proposal
    return Alternative(
        patch=proposal.patch,
        fixer=proposal.fixer,
        path=proposal.path,
        line=proposal.line,
        summary=f"{proposal.summary} {known}",
    )


def _by_hand(red: RedTool, left: Sequence[Finding]) -> str:
    in_tests = sorted({finding.path for finding in left if not is_repairable(finding.path)})
    said = []
    if in_tests:
        said.append(
            f"{', '.join(in_tests[:_SHOWN])}: tests and configuration are only laid out anew, never edited otherwise; "
            f"mend them yourself{_command(red, in_tests)}."
        )
    if any(finding.code in _STUBS for finding in left):
        said.append("Missing stubs are installed, not written: see what the message names.")
    if len(in_tests) < len({finding.path for finding in left}) and not said:
        said.append("Mend them by hand, the first one first.")
    return " ".join(said)


def _command(red: RedTool, paths: Sequence[str]) -> str:
    return f" (`ruff check --fix {' '.join(paths[:_SHOWN])}`)" if red.tool == "ruff check" else ""


def _fell(proof: Proof) -> dict[str, object]:
    gate = next(g for g in proof.gates if not g.passed)
    refused = gate.name.startswith("G")
    start = "A repair is refused" if refused else f"The repair fell at the gate `{gate.name}`"
    return {
        "reason": Reason.REFUSED_BY_INTEGRITY if refused else Reason.NO_CANDIDATE,
        "sentence": f"{start}: {gate.detail}",
        "next_step": "Look at the places listed under localization, the first one first.",
    }


def _told(findings: Sequence[Finding]) -> str:
    more = f"; and {len(findings) - _SHOWN} more" if len(findings) > _SHOWN else ""
    return "; ".join(shown(finding) for finding in findings[:_SHOWN]) + more
