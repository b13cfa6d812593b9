"""The GitHub Action: inputs and the event in, one attempt, then summary, annotations, files and a pull request."""
