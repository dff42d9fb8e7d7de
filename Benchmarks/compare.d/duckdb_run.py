"""Runs a query over a log: duckdb_run.py QUERY LOG THREADS"""

import sys

import duckdb

query, log, threads = sys.argv[1:]
connection = duckdb.connect(config={"threads": int(threads)})
with open(query) as text:
    print(*connection.execute(text.read(), {"log": log}).fetchone())
