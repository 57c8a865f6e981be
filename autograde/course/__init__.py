"""Where everything of a course lies, and how its files are written."""
