"""Sphinx's configuration of the book; `autograde book` runs it."""

project = "Deep learning in Jupyter"
author = "the authors of the course"
copyright = "CC BY 4.0"
language = "en"

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "autograde.book.docstrings",
    "autograde.book.mathml_pages",
]
exclude_patterns = ["**/*.notebook/*"]
nb_execution_mode = "off"
nb_ipywidgets_js = {}  # widgets are still pictures, and nothing is fetched
nb_code_prompt_show = "Show the code"
nb_code_prompt_hide = "Hide the code"
myst_enable_extensions = ["dollarmath", "amsmath", "colon_fence", "deflist"]
myst_heading_anchors = 3
myst_links_external_new_tab = False
html_math_renderer = "mathml"

autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_format = "short"
add_module_names = False

html_theme = "sphinx_book_theme"
html_title = "Deep learning in Jupyter"
html_copy_source = False
html_show_sourcelink = False
html_static_path = ["_static"]
html_css_files = ["book.css"]
html_theme_options = {
    "use_download_button": False,
    "use_fullscreen_button": False,
    "show_toc_level": 2,
    "home_page_in_toc": True,
}
pygments_style = "a11y-high-contrast-light"
html_use_index = False  # Sphinx lays it out by a table; the search finds the same
html_domain_indices = False
smartquotes = False  # a name of a case is shown as it is
