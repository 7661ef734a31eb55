"""Many people at once, over Arrow record batches. The same rules and numbers as for one person, laid out as columns.

`assess_batch` is a pure function of a pack and a record batch, so whatever runs functions over batches (Spark, Ray,
Dask, Daft) can run it; `cohort` runs it over files, `population` draws people to run it on.
"""

from unclench.batch.assess import assess_batch
from unclench.batch.results import result_schema, spelled_out

__all__ = ["assess_batch", "result_schema", "spelled_out"]
