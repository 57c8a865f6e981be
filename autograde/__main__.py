"""``python -m autograde`` is the command ``autograde``."""

from autograde.commands.main import run

run()
