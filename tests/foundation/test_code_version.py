import shutil

from market.foundation import code_version as provenance
from market.foundation.code_version import code_digest, package_folder


def test_the_digest_covers_every_room_of_the_program(tmp_path, monkeypatch):
    copy = tmp_path / "market"
    shutil.copytree(package_folder(), copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(provenance, "package_folder", lambda: copy)
    code_digest.cache_clear()
    try:
        before = code_digest()
        for file in sorted(copy.rglob("__init__.py")):
            text = file.read_text(encoding="utf-8")
            file.write_text(f"{text}# changed\n", encoding="utf-8")
            code_digest.cache_clear()
            assert code_digest() != before, file.relative_to(copy)
            file.write_text(text, encoding="utf-8")
        code_digest.cache_clear()
        assert code_digest() == before
    finally:
        code_digest.cache_clear()
