"""Promotions: what the register says about a person, asked by the rules, and the rank that follows."""
