"""Waiting, order, deadlines, chasing; no fact and no rule."""
