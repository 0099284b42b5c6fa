"""The site: the pages of this folder, and the README, as Sphinx builds them. Nothing is fetched when a page is read."""

from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import Directive
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

project = "Tieout"
extensions = ["myst_parser"]
html_theme = "furo"
html_title = "Tieout"
html_copy_source = False
html_show_sphinx = False
myst_heading_anchors = 4
myst_fence_as_directive = ["mermaid"]
nitpicky = True

_ROOT = Path(__file__).resolve().parent.parent
_OF_THE_ROOT = {
    "README.md": "first_run",
    "CONTRIBUTING.md": "contributing",
    "SECURITY.md": "security",
    "CHANGELOG.md": "changes",
}


class Graph(Directive):
    """The graph of the assets as Dagster draws it: to draw a Mermaid text, a page would fetch a program."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Put the picture in the text's place."""
        return [nodes.image(uri="images/graph.png", alt="The assets of one declaration, as Dagster shows them")]


def lead_from_the_root(app: Sphinx, read: nodes.document) -> None:
    """Lead to the page that a file of the checkout's root became; a file of the code is only named."""
    del app
    for link in [*read.findall(pending_xref)]:
        file = str(link["reftarget"]).removeprefix("../")
        if page := _OF_THE_ROOT.get(file):
            link.attributes.update(refdomain="doc", reftarget=page, reftargetid=None)
        elif link["reftype"] == "myst" and "." in file and (_ROOT / file).exists():
            link.replace_self(link.children)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Teach Sphinx these two."""
    app.add_directive("mermaid", Graph)
    app.connect("doctree-read", lead_from_the_root)
    return {"parallel_read_safe": True}
