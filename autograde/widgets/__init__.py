"""Things to play with: a picture that answers while a control moves.

:func:`~autograde.widgets.play.play` joins controls and a picture; pictures are
described by :class:`Lines`, :class:`Bars` and :class:`Heat`; beside the controls of
ipywidgets there are a pad to draw on and a row of tokens to point at.

It imports `student`, `figures` and `language`.
"""

from autograde.widgets.charts import Bars, Heat, Lines
from autograde.widgets.inputs import Pad, Tokens
from autograde.widgets.play import play

__all__ = ["Bars", "Heat", "Lines", "Pad", "Tokens", "play"]
