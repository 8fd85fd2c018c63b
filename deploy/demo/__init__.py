"""The demo: an invented agency, and two promotions of rank, a swap and a promotion to a post played through it."""
