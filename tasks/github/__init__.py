"""The only client of GitHub."""
