"""How is it spread? Tests into jobs, jobs into shards, both into the configuration of a CI service."""
