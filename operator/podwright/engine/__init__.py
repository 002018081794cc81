"""The shell around the rules: watches, queues, writes. It knows no kind."""
