"""Builders, fakes and the words of situations."""
