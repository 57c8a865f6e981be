"""The command ``autograde``: each subcommand imports its room late."""
