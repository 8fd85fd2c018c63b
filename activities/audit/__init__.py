"""Canonical bytes and the hash chain; imports nothing else of ours, so that a verifier can stand alone."""
