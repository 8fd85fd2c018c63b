"""Reads the files that every personnel office has: SIASN's exports, unit tree and history objects."""
