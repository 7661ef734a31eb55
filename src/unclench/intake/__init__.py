"""Somebody's own words to proposed answers. What is proposed counts only once the person confirms it.

Between the reasoning and the shells: `propose` reads a text with the phrases of `knowledge/lexicon/`, and respects
negation, other people, the past and doubt. It never decides urgency, and keeps nothing.
"""

from unclench.intake.lexicon import Lexicon, load_lexicon
from unclench.intake.proposal import Intake, Proposal, Words
from unclench.intake.propose import LONGEST_TEXT, propose

__all__ = ["LONGEST_TEXT", "Intake", "Lexicon", "Proposal", "Words", "load_lexicon", "propose"]
