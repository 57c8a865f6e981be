"""From a chapter's source to notebooks, checks and the students' archive."""
