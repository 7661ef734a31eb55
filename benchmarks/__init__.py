"""Benchmarks, one file per question; `python -m benchmarks` runs them all. See README.md for the method."""
