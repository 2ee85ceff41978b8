"""What mkdocs is told besides mkdocs.yml: pages that are made, and links that leave `docs/`.

The pages of `docs/` are written for people who read them in the repository, and stay as they are.
Here README, CONTRIBUTING and CHANGELOG join them, and their links are made to fit the site.
"""

import os
import re
import sys
from pathlib import Path, PurePosixPath

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

sys.path.insert(0, str(Path(__file__).parent))
import gallery  # beside this file, which is no package
import reference

ROOT = Path(__file__).parents[2]
OF_THE_ROOT = {
    "README.md": "overview.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
}
STYLE = "site.css"
LINK = re.compile(r"(?<=\]\()(?!\w+:|#)([^)\s#]+)(#[^)\s]*)?(?=\))")
FENCE = re.compile(r"^(```.*?^```)", re.MULTILINE | re.DOTALL)
ROLE = re.compile(r":(?:py:)?(?:mod|func|class|meth|attr|data|exc|obj):(?=<code)")


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Add the pages of Python names to the table of contents."""
    pages = [{room: f"reference/python/{room}.md"} for room in reference.rooms()]
    (section,) = (entry["Reference"] for entry in config.nav if "Reference" in entry)
    section.append({"Python": ["reference/python/index.md", *pages]})
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are not in `docs/`, and the files that pages link to."""
    made = {
        "index.md": (Path(__file__).parent / "pages" / "index.md").read_text(encoding="utf-8"),
        "scenarios.md": gallery.page(config.extra["pictures"]),
        **reference.pages(),
    }
    for uri, text in made.items():
        files.append(File.generated(config, uri, content=text))
    for name, uri in OF_THE_ROOT.items():
        files.append(File.generated(config, uri, abs_src_path=str(ROOT / name)))
    style = str(Path(__file__).parent / STYLE)
    files.append(File.generated(config, STYLE, abs_src_path=style))
    for path in linked_files():
        files.append(File.generated(config, f"files/{path}", abs_src_path=str(ROOT / path)))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Rewrite the links of a page that is read in the repository, too."""
    home = home_of(page.file)
    if home is None:
        return markdown
    parts = FENCE.split(markdown)
    parts[::2] = [
        LINK.sub(lambda found: rewritten(found, home, page.file.src_uri), part)
        for part in parts[::2]
    ]
    return "".join(parts)


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Leave out the roles of names in docstrings."""
    return ROLE.sub("", html)


def home_of(file: File) -> PurePosixPath | None:
    """Path in the repository of what a page is made of; None where the site made it."""
    path = Path(file.abs_src_path) if file.abs_src_path else None
    if path is None or not path.is_relative_to(ROOT):
        return None
    return PurePosixPath(path.relative_to(ROOT).as_posix())


def rewritten(found: re.Match[str], home: PurePosixPath, uri: str) -> str:
    """Address, from a page of the site, of what a link in the repository leads to."""
    target = os.path.normpath(home.parent / found[1]).replace(os.sep, "/")
    there = in_site(target)
    return os.path.relpath(there, PurePosixPath(uri).parent).replace(os.sep, "/") + (found[2] or "")


def in_site(target: str) -> str:
    """Where in the site a file of the repository is."""
    if target in OF_THE_ROOT:
        return OF_THE_ROOT[target]
    return target.removeprefix("docs/") if target.startswith("docs/") else f"files/{target}"


def linked_files() -> set[str]:
    """Files of the repository, outside `docs/`, that pages link to."""
    sources = [*(ROOT / "docs").glob("*.md"), *(ROOT / name for name in OF_THE_ROOT)]
    targets = {
        os.path.normpath(source.parent / link).replace(os.sep, "/")
        for source in sources
        for text in FENCE.split(source.read_text(encoding="utf-8"))[::2]
        for link, _ in LINK.findall(text)
    }
    paths = {Path(target).relative_to(ROOT).as_posix() for target in targets}
    return {
        path
        for path in paths
        if path not in OF_THE_ROOT and not path.startswith("docs/") and (ROOT / path).is_file()
    }
