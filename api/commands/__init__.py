"""One module for each group of commands; each wires what it needs and no more."""
