"""A bench on which given candidates of one file are chosen among, without a search."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import pytest
from choose_candidates import candidate

from fixers.hunt import Hunt
from fixers.localize.spectrum import Spectrum
from fixers.progress import Silent
from fixers.runner.servers import fork_evaluator

Bench = Callable[..., Hunt]


@pytest.fixture
def bench(make_target, sandbox) -> Bench:
    """Hold a hunt over files whose given replacements of `path` are plausible; `failing` names the failing tests."""

    @contextmanager
    def make(
        files: Mapping[str, str],
        path: str,
        afters: Sequence[str],
        *,
        failing: Sequence[str],
        passing: Sequence[str] = (),
    ) -> Iterator[Hunt]:
        target, project = make_target(files)
        found = [candidate(path, files[path], after, prior=0.5 - n / 100) for n, after in enumerate(afters)]
        places = frozenset((path, p.swap.qualname if p.swap else "") for p in found)
        reached = dict.fromkeys(passing, places)
        tests = sorted({name.split("::")[0] for name in (*failing, *passing)})
        with fork_evaluator(target, sandbox, project, tests=tests, rootdir="", jobs=2, wall=5) as evaluator:
            spectrum = Spectrum((), failing=1, passing=len(reached), reached=reached)
            ends = time.monotonic() + 600
            hunt = Hunt(project, evaluator, spectrum, tuple(failing), frozenset(passing), Silent(), ends, 1000)
            hunt.plausible.extend(found)
            yield hunt

    return make
