"""The control plane: stages, store, policy, ledger, GitHub, sandbox."""
