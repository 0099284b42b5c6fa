"""Keeps Alembic from loading the lexers of forty languages, in every run, to colour errors that nobody sees.

Mako, which Alembic makes new migrations with, asks for them where Pygments is installed, and does without where its
plugin cannot be loaded.
"""

import sys
from types import ModuleType
from typing import cast

sys.modules.setdefault("mako.ext.pygmentplugin", cast("ModuleType", None))  # what Python raises ImportError for
