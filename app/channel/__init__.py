"""Reading webhooks from a channel, for machines that GitHub cannot reach."""
