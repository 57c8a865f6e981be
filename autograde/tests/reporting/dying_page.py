"""The process of the report's page, with texts that it dies of."""

from __future__ import annotations

from autograde.reporting import report_page
from autograde.reporting.mortal import answer

DEADLY = "a text that the page dies of"
TOGETHER = "a text that two may not have"


def _make(asked: dict, data: bytes) -> bytes:
    text = data.decode()
    if DEADLY in text or text.count(TOGETHER) > 1:
        raise SystemExit(1)
    return report_page._answer(asked, data)


if __name__ == "__main__":
    answer(_make)
