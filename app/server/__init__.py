"""The processes of the server: web, workers, broker, beat, and the one command that starts them all."""
