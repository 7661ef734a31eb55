"""What lies here and is no module of tests."""

from __future__ import annotations

collect_ignore = ["spark_job.py"]
"""Run by `.venv-spark/`, where Spark is; the everyday environment could not even look for examples in it."""
