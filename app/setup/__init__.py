"""Creating the GitHub App from a page, and keeping its credentials."""
