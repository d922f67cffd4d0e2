"""The managers' page: rendered on the server, without a script; only a POST changes anything."""
