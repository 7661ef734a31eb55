"""What a person hands over: a PDF for them and for a clinician, and a code that carries the answers.

May import `reasoning` and what lies below it, and the libraries that draw (`segno`, `typst`); shells import it.
"""
