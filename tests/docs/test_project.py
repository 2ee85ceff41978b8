"""What a project has besides its code: licence, changelog, version, set-up."""

import re
import tomllib
from pathlib import Path

import pytest

import market

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
ADDRESS = re.compile(r"\w+://|git@")


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def citation(key: str) -> str:
    (value,) = re.findall(rf"^{key}: (.+)$", text("CITATION.cff"), re.MULTILINE)
    return value


def headings() -> list[tuple[str, str]]:
    """Version and date of each of the changelog's sections, from the top."""
    lines = [line for line in text("CHANGELOG.md").splitlines() if line.startswith("## ")]
    matches = [
        re.fullmatch(r"## \[(Unreleased|\d+\.\d+\.\d+)\](?: - (\d{4}-\d\d-\d\d))?", line)
        for line in lines
    ]
    assert all(matches), lines
    return [(match[1], match[2] or "") for match in matches if match]


def hooks() -> list[str]:
    """The commands that pre-commit runs."""
    return re.findall(r"^ +entry: (\S+)", text(".pre-commit-config.yaml"), re.MULTILINE)


def test_the_package_takes_its_version_from_the_code():
    assert "version" not in PROJECT["project"]
    assert "version" in PROJECT["project"]["dynamic"]
    assert PROJECT["tool"]["hatch"]["version"]["path"] == "market/__init__.py"


def test_the_version_to_cite_is_the_version_of_the_code():
    assert citation("version") == market.__version__


def test_the_newest_release_of_the_changelog_is_the_version_of_the_code():
    released = [version for version, _ in headings() if version != "Unreleased"]
    assert released[0] == market.__version__


def test_the_newest_release_of_the_changelog_has_the_date_to_cite():
    dates = [date for version, date in headings() if version != "Unreleased"]
    assert dates[0] == citation("date-released")


def test_only_the_top_of_the_changelog_is_unreleased():
    assert "Unreleased" not in [version for version, _ in headings()[1:]]


def test_the_licence_is_the_one_that_the_package_and_the_citation_name():
    assert text("LICENSE").startswith(f"{PROJECT['project']['license']} License")
    assert citation("license") == PROJECT["project"]["license"]


def test_the_licence_goes_with_the_package():
    assert PROJECT["project"]["license-files"] == ["LICENSE"]


@pytest.mark.parametrize("name", ["LICENSE", "CHANGELOG.md", "CONTRIBUTING.md", "README.md"])
def test_the_source_distribution_has_what_people_look_for(name):
    assert text(name).strip()
    assert name in PROJECT["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]


def test_the_command_is_called_market_whatever_the_distribution_is_called():
    assert list(PROJECT["project"]["scripts"]) == ["market"]
    assert PROJECT["project"]["name"] != "market"  # another project's on the public index


def test_the_hooks_are_local():
    repositories = re.findall(r"repo: *(\S+)", text(".pre-commit-config.yaml"))
    assert repositories
    assert set(repositories) == {"local"}


def test_every_hook_runs_in_the_environment_that_is_there():
    languages = re.findall(r"^ +language: *(\S+)", text(".pre-commit-config.yaml"), re.MULTILINE)
    assert languages == ["system"] * len(hooks())


def test_the_hooks_are_the_quick_checks_of_the_gate():
    gate = text("Makefile").split("\ntest:")[1].split("\n\n")[0]
    tools = re.findall(r"\$\(BIN\)/(\S+)", gate)
    assert hooks() == [tool for tool in tools if tool != "pytest"]


@pytest.mark.parametrize("name", ["requirements.lock", ".pre-commit-config.yaml", "Makefile"])
def test_the_set_up_names_no_address(name):
    assert not ADDRESS.search(text(name))


def test_every_package_of_the_lock_has_one_exact_version():
    lines = text("requirements.lock").splitlines()
    assert lines
    assert [
        line for line in lines if not re.match(r"[A-Za-z0-9_.-]+==[^\s;]+( ; .+)?$", line)
    ] == []


def test_contributing_names_every_group_of_rules_from_elsewhere():
    groups = set(re.findall(r"`(market\.\w+)` \|", text("docs/guide.md")))
    assert groups
    assert all(group in text("CONTRIBUTING.md") for group in groups)


def test_the_commands_of_contributing_are_targets_of_make():
    wanted = set(re.findall(r"\bmake (\w+)", text("CONTRIBUTING.md")))
    there = set(re.findall(r"^(\w+):", text("Makefile"), re.MULTILINE))
    assert wanted
    assert wanted <= there
