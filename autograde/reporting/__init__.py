"""What a graded class is told: report, feedback pages, exports."""
