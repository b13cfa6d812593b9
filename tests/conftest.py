"""What holds for the whole suite: which files start first, and the interpreter of small projects."""

from __future__ import annotations

import compileall
from pathlib import Path

import pytest
from small_python import make_small_python

from fixers.runner.suite import INSIDE

SLOW = (
    "faults/test_faults_sample.py",
    "faults/test_faults_cases.py",
    "app/cli/test_cli_fix.py",
    "fixers/runner/test_evaluators_agree.py",
    "app/server/test_server_loop.py",
    "fixers/test_engine_attempt.py",
    "fixers/tools/test_tool_attempt.py",
    "app/action/test_action_job.py",
    "fixers/test_engine_proof.py",
    "fixers/choose/test_choose_corpus.py",
    "fixers/runner/test_evaluators_plugins.py",
    "fixers/runner/test_evaluators_versions.py",
    "fixers/codemods/test_codemods_live.py",
    "tasks/environment/test_environment_prepare.py",
    "fixers/test_engine_reproduce.py",
    "fixers/test_engine_shapes.py",
    "fixers/test_parts.py",
    "tasks/stages/test_stages_killed.py",
    "fixers/runner/test_light_protocol.py",
    "app/setup/test_setup_up.py",
    "tasks/sandbox/test_sandbox_appetite.py",
)
"""Files that take a quarter of a minute or more, the longest first; one that starts last keeps other cores waiting."""


@pytest.fixture(scope="session")
def small_python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the interpreter of an environment with pytest and nothing else.

    What runs inside the sandbox is compiled first, as an installation has it: else each of the suite's
    many runs of a target's tests would compile it again.
    """
    compileall.compile_dir(INSIDE, quiet=2)
    return make_small_python(tmp_path_factory.mktemp("python"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the slow files first and leave everything else in its order."""
    here = Path(__file__).parent
    ranks = {here / name: rank for rank, name in enumerate(SLOW)}
    missing = [str(path) for path in ranks if not path.is_file()]
    if missing:
        raise pytest.UsageError(f"SLOW in {__file__} names what is not there: {', '.join(missing)}")
    items.sort(key=lambda item: ranks.get(item.path, len(ranks)))
