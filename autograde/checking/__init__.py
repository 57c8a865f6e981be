"""Cases, results, comparison, verdicts and what is said of them."""
