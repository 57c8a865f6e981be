"""The command ``autograde``: each subcommand imports its room late.

Start with :mod:`~autograde.commands.main`; the modules beside it are named after those
who type: students, instructors, authors. A subcommand reads its words, asks one
function of another room, and says what came of it.

It imports `tools`, `hub`, `book`, `reporting`, `grading`, `translating`, `authoring`,
`student`, `execution`, `sandbox`, `datasets`, `course` and `language`.
"""
