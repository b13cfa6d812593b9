"""The real engine under a fault: its sandboxes, trees and candidates go with the worker, and the proof is made anew."""

import pytest
from faults_oracles import look_at
from faults_rig import end, rig, until

from app.simulator import sample
from tasks.store.states import State

pytestmark = [pytest.mark.timeout(900), pytest.mark.matrix]


def test_killed_within_the_sandbox_the_engine_begins_again_and_leaves_nothing(shared) -> None:
    """The 12th command of the worker: environments are made by then, and suites are run."""
    with rig(shared, real_engine=True, failpoint="K8:kill9:12") as server:
        server.start()
        red = sample.red_main(shared.hub, name="acme/real")
        server.send(red.repository, red.run)
        struck = server.reached()
        until(server.rested, "No rest")
        (attempt,) = server.attempts()
        assert attempt.state is State.WATCHING, attempt.sentence
        (pull,) = red.repository.pulls.values()
        assert "days > GRACE" in pull.body
        evidence = look_at(server, red.repository, struck)
        end(server)
        evidence.check(())
