"""``make run``: a cluster, the operator and an example, live until Ctrl-C."""
