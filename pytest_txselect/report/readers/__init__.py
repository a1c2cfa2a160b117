"""Results of runs that are over, whoever wrote them down: each reader gives the records of `results.jsonl`."""
