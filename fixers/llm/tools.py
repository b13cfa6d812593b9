"""The four things the model may ask for, and the reading of what it wrote.

There is no command, no shell, no file list and no network among them: what is not
a value of `Action` cannot happen, whatever a reply says.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from fixers.llm.model import Tool, ToolCall

PATCH_CHARACTERS = 64_000
"""Of all texts of one proposal; a repair is small."""
EDITS = 20


class _Action(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


_Path = Annotated[str, Field(min_length=1, max_length=400)]


class ReadSource(_Action):
    """Ask for some lines of a file."""

    path: _Path
    start_line: int = Field(ge=1)
    end_line: int = Field(ge=1)


class RunTests(_Action):
    """Ask which of the failing tests fail, under the last proposal if there is one."""


class Replacement(_Action):
    """Replace a text that stands exactly once in a file."""

    path: _Path
    old: str = Field(min_length=1)
    new: str


class ProposePatch(_Action):
    """Have a patch tried: one replacement, or a list of them that belong together."""

    path: _Path | None = None
    old: str | None = Field(default=None, min_length=1)
    new: str | None = None
    edits: list[Replacement] = Field(default_factory=list, max_length=EDITS)

    def replacements(self) -> tuple[Replacement, ...]:
        """Return all replacements, in order; empty when the call names none, or half of one."""
        alone = (self.path, self.old, self.new)
        if alone == (None, None, None):
            return tuple(self.edits)
        if self.path is None or self.old is None or self.new is None:
            return ()
        return (Replacement(path=self.path, old=self.old, new=self.new), *self.edits)


class GiveUp(_Action):
    """End the attempt."""

    reason: str = Field(max_length=2_000)


Action = ReadSource | RunTests | ProposePatch | GiveUp


@dataclass(frozen=True, slots=True)
class Malformed:
    """A call that is none of the four."""

    sentence: str


_BY_NAME: dict[str, type[Action]] = {
    "read_source": ReadSource,
    "run_tests": RunTests,
    "propose_patch": ProposePatch,
    "give_up": GiveUp,
}


def read_call(call: ToolCall) -> Action | Malformed:
    """Return the call as a typed action, or what is wrong with it in a sentence."""
    kind = _BY_NAME.get(call.name)
    if kind is None:
        return Malformed(f"There is no tool of that name. The tools are {', '.join(_BY_NAME)}.")
    try:
        action = kind.model_validate(dict(call.arguments))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])[:100]
        return Malformed(f"The arguments of {call.name} are not valid: {place}: {first['msg']}.")
    return _measured(action) if isinstance(action, ProposePatch) else action


def _measured(action: ProposePatch) -> ProposePatch | Malformed:
    replacements = action.replacements()
    if not replacements:
        return Malformed("propose_patch needs path, old and new, or edits with at least one such replacement.")
    size = sum(len(r.old) + len(r.new) for r in replacements)
    if size > PATCH_CHARACTERS:
        return Malformed(f"The proposal holds {size:,} characters; at most {PATCH_CHARACTERS:,} are believable.")
    return action


def tools() -> tuple[Tool, ...]:
    """Return the tools as the model is told of them."""
    return tuple(Tool(name, prompt(name), kind.model_json_schema()) for name, kind in _BY_NAME.items())


def prompt(name: str) -> str:
    """Return one of our prompts; they are files, so that a change of a prompt shows as one."""
    return (files("fixers.llm") / "prompts" / f"{name}.md").read_text(encoding="utf-8").strip()
