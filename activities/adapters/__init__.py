"""The outside world behind ports: the only home of SMTP and HTTP."""
