"""The site of the docs is built without a warning, and opening its pages fetches nothing."""

import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FETCHED = re.compile(  # scripts, pictures and frames, styles and fonts; not links to follow
    r"""<(?:script|img|iframe|source|video|audio)\b[^>]*\bsrc=["'](?:https?:)?//[^"']*"""
    r"""|<link\b[^>]*\bhref=["'](?:https?:)?//[^"']*"""
    r"""|(?:url\(|@import )["']?(?:https?:)?//[^)"']*"""
)
UNREAD = re.compile(r"<p>(?:\||[-*] |```)")  # tables, lists and code that were not read as such
NEEDED = [name for name in ("mkdocs", "material", "mkdocstrings") if find_spec(name) is None]


@pytest.mark.skipif(bool(NEEDED), reason=f"not installed: {', '.join(NEEDED)} (the extra `dev`)")
def test_the_site_is_built_without_a_warning_reads_all_tables_and_fetches_nothing(tmp_path):
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path)]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "SITE_PICTURES": "false"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    pages = sorted(tmp_path.rglob("*.html"))
    assert {"overview.html", "scenarios.html", "commands.html", "frontier.html"} <= {
        page.name for page in pages
    }
    assert [page.name for page in pages if UNREAD.search(page.read_text(encoding="utf-8"))] == []
    written = {
        path: path.read_text(encoding="utf-8") for path in [*pages, *tmp_path.rglob("*.css")]
    }
    assert {str(path): found for path, text in written.items() if (found := fetched(text))} == {}


def fetched(text: str) -> list[str]:
    """What a page fetches from elsewhere when it is opened."""
    return [found[0] for found in FETCHED.finditer(text)]


@pytest.mark.parametrize(
    "text",
    [
        '<script async src="https://a.example/b.js"></script>',
        "<link rel=stylesheet href='//a.example/b.css'>",
        '<img alt="" src="http://a.example/b.png">',
        "@font-face { src: url(https://a.example/b.woff2) }",
        '@import "https://a.example/b.css";',
    ],
)
def test_what_is_fetched_from_elsewhere_is_found(text):
    assert len(fetched(text)) == 1


@pytest.mark.parametrize(
    "text", ['<a href="https://a.example">', '<script src="../a.js">', "url(data:image/svg+xml,a)"]
)
def test_links_to_follow_and_files_of_the_site_are_no_fetches(text):
    assert fetched(text) == []
