"""The two ends of the talk with a student's process."""
