"""The demo: an invented agency, and one promotion and one rotation played through it."""
