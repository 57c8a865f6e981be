"""Scripts that want to run where an instructor reads feedback."""

from __future__ import annotations

from collections.abc import Callable

from autograde.tests.hostile.attack import Attack, honest
from autograde.tests.hostile.chapter import HONEST


def _prose(text: str) -> Callable[[dict], None]:
    def change(notebook: dict) -> None:
        for cell in notebook["cells"]:
            if cell["metadata"].get("nbgrader", {}).get("grade_id") == "thoughts":
                cell["source"] = text

    return change


def _strange_names(notebook: dict) -> None:
    for number, cell in enumerate(notebook["cells"]):
        cell["id"] = f'x{number}"><script>alert({number})</script>'
    notebook["metadata"]["title"] = "<script>alert(1)</script>"


ATTACKS: dict[str, Attack] = {
    "script-in-html": Attack(
        honest("scale"),
        earns=("scale",),
        last="""
        from IPython.display import HTML, Javascript, SVG, Latex, Markdown, display
        evil = "<script>alert('EVIL')</script><img src=x onerror=alert('EVIL')>"
        display(HTML(evil + "<iframe srcdoc=\\"<script>alert('EVIL')</script>\\">"))
        display(Javascript("alert('EVIL')"))
        display(Latex("$\\\\href{javascript:alert('EVIL')}{x}$"))
        display(Markdown("[x](javascript:alert('EVIL'))" + evil))
        display({"image/svg+xml": f"<svg onload=alert('EVIL')>{evil}</svg>",
                 "application/vnd.jupyter.widget-view+json": "{}",
                 "application/javascript": "alert('EVIL')"}, raw=True)
    """,
    ),
    "script-in-a-picture": Attack(
        honest("scale"),
        earns=("scale",),
        last="""
        from IPython.display import display
        evil = 'x" onerror="alert(1)"><script>alert(\\'EVIL\\')</script><img src="'
        display({"image/png": evil, "image/jpeg": evil, "text/plain": evil}, raw=True)
    """,
    ),
    "script-in-text": Attack(
        honest(
            "scale",
            row_sums="""
        evil = "<script>alert('EVIL')</script>"
        def row_sums(X):
            raise type(evil, (Exception,), {})(evil)
    """,
        ),
        earns=("scale",),
        last="""
        import sys
        print(evil, file=sys.stderr)
        print("\\x1b[31m" + evil + "\\x1b]8;;javascript:alert(1)\\x07x")
        raise type(evil, (Exception,), {})(evil)
    """,
    ),
    "script-in-prose": Attack(
        honest("scale"),
        earns=("scale",),
        change=_prose(
            "<script>alert('EVIL')</script> <img src=x onerror=alert('EVIL')>\n\n"
            "[a](javascript:alert('EVIL')) [b](java&#115;cript&#58;alert('EVIL')) "
            "[c](JaVaScRiPt:alert('EVIL')) <javascript:alert('EVIL')>\n\n"
            "[d]: javascript:alert('EVIL')\n\n[d] ![e](javascript:alert('EVIL'))\n\n"
            "$\\href{javascript:alert('EVIL')}{f}$ "
            "$\\href{java&#115;cript:alert(1)}{g}$\n\n"
            "[h](data:text/html;base64,PHNjcmlwdD4=) [i](vbscript:x)\n\n"
            "```html\n<script>alert('EVIL')</script>\n```\n\n"
            "$$</script><script>alert('EVIL')</script>$$\n\n"
            "`</code><script>alert('EVIL')</script>` "
            "\\<script>alert('EVIL')\\</script>\n"
        ),
    ),
    "script-in-names": Attack(honest("scale"), earns=("scale",), change=_strange_names),
    "script-in-the-source": Attack(
        {
            "scale": "# </pre></div><script>alert('EVIL')</script>\n" + HONEST["scale"],
        },
        earns=("scale",),
        first="'''</code><script>alert('EVIL')</script>'''",
    ),
    "script-in-a-forged-output": Attack(
        honest(
            "scale",
            row_sums="""
        import autograde.execution.server as session
        evil = "<script>alert('EVIL')</script>"
        def forged(*a):
            return {"status": "ok", "error": evil, "missing": evil, "outputs": [
                {"output_type": "stream", "name": evil, "text": evil},
                {"output_type": "error", "ename": evil, "evalue": evil,
                 "traceback": [evil]},
                {"output_type": "display_data", "metadata": {evil: evil},
                 "data": {"text/html": evil, evil: evil, "image/png": evil}},
            ]}
        session._run_cell = forged
    """,
        ),
        earns=("scale",),
        last="1",
    ),
    "covers-the-page": Attack(
        honest("scale"),
        earns=("scale",),
        last="""
        from IPython.display import HTML, display
        for page in (
            "<div style='position:fixed;inset:0;background:white' class='autograde "
            "ag-passed'>scale: 3 of 3 points</div>",
            "<style>.total{display:none}</style><link rel=stylesheet href=//evil.test>",
            "<meta http-equiv=refresh content='0;url=http://evil.test'>",
            "<form action=http://evil.test><button>Release</button></form>",
            "<td style='text-align:center;position:fixed;inset:0'>x</td>",
            "</div></section></main><h1 class=title id=top>Score: 99</h1>",
            "<a href=http://evil.test ping=http://evil.test/p target=_top>x</a>",
            "<video poster=http://evil.test/a><source src=http://evil.test/b></video>",
            "<img srcset='http://evil.test/c 1x' src=//evil.test/d>",
            "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img "
            "src=1 onerror=alert(1)&gt;'>",
            "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
            "<svg><animate attributeName=href values=javascript:alert(1) /></svg>",
        ):
            display(HTML(page))
        """,
    ),
    "calls-home-from-prose": Attack(
        honest("scale"),
        earns=("scale",),
        change=_prose(
            "![a][b]\n\n[b]: http://evil.test/x.png\n\n[![c](//evil.test/i)](x)\n\n"
            "&#33;[d](http://evil.test/y) \\![e](http://evil.test/z)\n\n"
            "$\\unicode{<img src=x onerror=alert(1)>}$ $\\style{position:fixed}{x}$\n\n"
            "$$\\text{</mtext><img src=//evil.test/w onerror=alert(1)>}$$\n\n"
            '```"><script>alert(1)</script>\nx\n```\n\n'
            "\ufeff<script>alert(1)</script> <\u200bscript>alert(1)</script>\n\n"
            "| <b onclick=x> |\n|--|\n| $<img src=//evil.test/v>$ |\n\n"
            '[f](x "t\\" onmouseover=alert(1) ") ![" onerror=alert(1)](attachment:g)'
        ),
    ),
}
