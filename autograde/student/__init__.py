"""What a student uses: checks, progress, hand-in, JupyterLab."""
