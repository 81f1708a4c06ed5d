"""Write the repository's address, which stands in pyproject.toml, wherever else it is needed.

That is in the badges of the README and of the lessons, in the lessons' set-up cell and links, in
the pages of docs/, in CITATION.cff, and in the card that comes with a learner's own dataset.

    python scripts/badges.py [--check]
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FIRST_LESSON = "00_start_here.ipynb"
BADGE = re.compile(r"\[!\[Open in (Colab|Binder)\]\([^()\s]+\)\]\([^()\s]+\)")
# What stands before the address, in each of the other places.
BEFORE = (
    r"genbench-lite(?:\[\w+\])? @ git\+",
    r"\[Genbench Lite\]\(",
    r"\[glossary\]\(",
    r'repository-code: "?',
)
ADDRESS = re.compile(rf"({'|'.join(BEFORE)})https://github\.com/[\w.-]+/[\w.-]+")


def repository() -> str:
    """OWNER/NAME of the repository."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    found = re.search(r'^Repository = "https://github\.com/([\w.-]+/[\w.-]+)"$', text, re.MULTILINE)
    if found is None:
        raise SystemExit("pyproject.toml has no line 'Repository = \"https://github.com/…/…\"'.")
    return found[1]


def badge(kind: str, repo: str, notebook: str) -> str:
    if kind == "Colab":
        image = "https://colab.research.google.com/assets/colab-badge.svg"
        link = f"https://colab.research.google.com/github/{repo}/blob/main/notebooks/{notebook}"
    else:
        image = "https://mybinder.org/badge_logo.svg"
        link = f"https://mybinder.org/v2/gh/{repo}/main?urlpath=lab/tree/notebooks/{notebook}"
    return f"[![Open in {kind}]({image})]({link})"


def rewrite(text: str, repo: str, notebook: str) -> str:
    """The same text with badges that open ``notebook``, and with the address.

    Notebooks are changed as text as well: nothing in a badge needs an escape in JSON, and so
    the rest of the file stays as it was, byte for byte.
    """
    text = BADGE.sub(lambda found: badge(found[1], repo, notebook), text)
    return ADDRESS.sub(lambda found: f"{found[1]}https://github.com/{repo}", text)


def places() -> list[Path]:
    """The files that hold the address."""
    found = [ROOT / "CITATION.cff", ROOT / "genbench_lite" / "custom" / "dataset_card.py"]
    for pattern in ("*.md", "docs/*.md", "notebooks/*.ipynb"):
        found += sorted(ROOT.glob(pattern))
    texts = ((path, path.read_text(encoding="utf-8")) for path in found)
    return [path for path, text in texts if BADGE.search(text) or ADDRESS.search(text)]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="change nothing; 1 if out of date")
    options = parser.parse_args()
    repo, stale = repository(), []
    for path in places():
        text = path.read_text(encoding="utf-8")
        notebook = path.name if path.suffix == ".ipynb" else FIRST_LESSON
        written = rewrite(text, repo, notebook)
        if written != text:
            stale.append(str(path.relative_to(ROOT)))
            if not options.check:
                path.write_text(written, encoding="utf-8", newline="\n")
    if options.check and stale:
        print(f"Out of date: {', '.join(stale)}. Run scripts/badges.py without --check.")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
