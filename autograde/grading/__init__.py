"""From a submission to a score: collect, rebuild, run, judge, record."""
