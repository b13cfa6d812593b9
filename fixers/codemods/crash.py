"""What a scene's failures say went wrong, one exception at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fixers.codemods.base import Scene
from fixers.codemods.source import Source, parse
from fixers.model import Frame
from fixers.project import is_repairable


@dataclass(frozen=True, slots=True)
class Crash:
    """One exception with the frames it went through, outermost first."""

    exception: str
    """Without its module: `KeyError`, `NoRate`."""
    qualified: str
    message: str
    frames: tuple[Frame, ...]

    @property
    def raised(self) -> Frame | None:
        """The frame that raised, whoever owns it."""
        return self.frames[-1] if self.frames else None


@dataclass(frozen=True, slots=True)
class Site:
    """A frame in a file that may be edited."""

    path: str
    line: int
    function: str
    source: Source


def crashes(scene: Scene, *exceptions: str) -> Iterator[Crash]:
    """Yield each distinct exception once, causes included; only the named types when any are named."""
    seen = set()
    for failure in scene.failures:
        raised = [(failure.exception, failure.message, failure.frames)]
        raised += [(cause.type, cause.message, cause.frames) for cause in failure.causes]
        for qualified, message, frames in raised:
            name = qualified.rpartition(".")[2]
            key = (qualified, message, frames[-1:])
            if key not in seen and (not exceptions or name in exceptions):
                seen.add(key)
                yield Crash(name, qualified, message, frames)


def raising_site(scene: Scene, crash: Crash) -> Site | None:
    """Return the raising frame when it stands in a file that may be edited.

    For messages that speak of the very line that raised: a name, an attribute, a key.
    """
    return _site(scene, _caller(crash))


def _caller(crash: Crash) -> Frame | None:
    """Return the raising frame; its caller where it is compiled code that refused its arguments, as Cython shows it."""
    last = crash.frames[-1:]
    compiled = last and last[0].path.endswith((".pxi", ".pyx")) and crash.exception == "TypeError"
    return crash.frames[-2] if compiled and len(crash.frames) > 1 else crash.raised


def nearest_site(scene: Scene, crash: Crash) -> Site | None:
    """Return the innermost frame in a file that may be edited: where library code was given something wrong."""
    return next(sites(scene, crash), None)


def sites(scene: Scene, crash: Crash) -> Iterator[Site]:
    """Yield the frames in files that may be edited, the innermost first."""
    return (site for frame in reversed(crash.frames) if (site := _site(scene, frame)) is not None)


def raised_in_test(scene: Scene, crash: Crash) -> bool:
    """Say whether the raising frame is project code that may not be edited: the wrong line is what it calls."""
    frame = crash.raised
    return (
        frame is not None and frame.in_project and frame.path in scene.project.files and not is_repairable(frame.path)
    )


def _site(scene: Scene, frame: Frame | None) -> Site | None:
    if frame is None or not frame.in_project or not is_repairable(frame.path):
        return None
    source = parse(scene.project.files.get(frame.path, ""))
    return Site(frame.path, frame.line, frame.function, source) if source and source.text else None
