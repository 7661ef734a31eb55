"""Reads, checks and freezes `knowledge/` into one hashed pack. May import `logic`; knows no shell and no reasoning.

The compiler half (`compile`, `read`, `schema`, `yaml_reader`, `examples`) needs PyYAML and msgspec and runs only where
the YAML is; the reading half (`pack`, `records`) needs nothing.
"""

from unclench.knowledge.pack import Knowledge
from unclench.knowledge.records import Cause, Disposition, Finding, Hypothesis, Rule, Screen, Term, Weight

__all__ = ["Cause", "Disposition", "Finding", "Hypothesis", "Knowledge", "Rule", "Screen", "Term", "Weight"]
