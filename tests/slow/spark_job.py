"""A Spark job as somebody would write it, run by `.venv-spark/bin/python`; says how far it is, a JSON object a line.

Usage: spark_job.py PEOPLE OUTPUT, two folders of Parquet files
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from threading import Thread
from typing import Any

import pyspark
from pyspark.sql import DataFrame, SparkSession

from unclench import CaseError, Knowledge
from unclench.batch.spark import assess

MASTER = "local-cluster[2,1,1024]"  # two executor processes of one core and 1024 MiB each
SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.sql.files.openCostInBytes": str(128 << 20),  # each file is a task of its own
}


def main(people: str, output: Path) -> None:
    os.environ |= {
        "PYSPARK_PYTHON": sys.executable,
        "SPARK_HOME": str(Path(pyspark.__file__).parent),  # the executors of a local cluster start from there
        "SPARK_LOCAL_IP": "127.0.0.1",
    }
    session = SparkSession.builder.master(MASTER).config(map=SETTINGS).getOrCreate()
    frame = session.read.parquet(people)
    status = session.sparkContext.statusTracker()

    before = len(status.getJobIdsForGroup())
    refused = [
        why_refused(frame.withColumnRenamed("fever", "fevre")),
        why_refused(frame, keep=["synthetic_causes"]),
        why_refused(frame.withColumnRenamed("synthetic_cause", "see"), keep=["see"]),
        why_refused(frame.select("id")),
    ]
    say(refused=refused, jobs=len(status.getJobIdsForGroup()) - before)

    stages: set[int] = set()
    work = Thread(target=assess(frame).write.parquet, args=[str(output / "all")])
    work.start()
    while work.is_alive():
        for stage in status.getActiveStageIds():
            stages.add(stage)
            info = status.getStageInfo(stage)
            if info:
                say(done=info.numCompletedTasks, of=info.numTasks)
        time.sleep(0.2)
    work.join()
    failed = sum(info.numFailedTasks for stage in stages if (info := status.getStageInfo(stage)))
    say(failed=failed)

    few = assess(frame.limit(50), knowledge=Knowledge.load(), top=2, hashes=True, keep=["synthetic_cause"])
    few.write.parquet(str(output / "few"))
    session.stop()


def why_refused(frame: DataFrame, keep: Sequence[str] = ()) -> str:
    try:
        assess(frame, keep=keep)
    except CaseError as error:
        return str(error)
    return "taken"


def say(**what: Any) -> None:
    print(json.dumps(what), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
