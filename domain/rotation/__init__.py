"""Rotations: moves as one set, asked by the rules, and the posts that follow."""
