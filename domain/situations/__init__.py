"""Situations as a policy officer writes them: a person, a question, and what the rulebook should answer."""
