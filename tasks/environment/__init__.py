"""Making the environment in which a target's tests run."""
