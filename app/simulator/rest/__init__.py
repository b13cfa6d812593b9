"""The REST doors, one file for each part of GitHub's API."""
