"""What a reviewer reads: pull request, check run, trace; all repository text in it is neutralized."""
