"""``python -m autograde.student.server MODULE ...``: a Jupyter server, ready sooner.

It is ``python -m MODULE ...``, with what the package leaves out (`autograde`) left out.
"""

from __future__ import annotations

import runpy
import sys

if __name__ == "__main__":
    runpy.run_module(sys.argv.pop(1), run_name="__main__", alter_sys=True)
