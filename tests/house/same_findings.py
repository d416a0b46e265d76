"""Whether two records of ``w2s-sym verify --json`` say the same of every claim: all but versions and commit.

    python tests/house/same_findings.py BEFORE.json AFTER.json [--digits 17]

Fields that later versions write are compared when both records have them.

It prints the first differences, each with its place in the record, and exits with 1 when there is one. With fewer
``--digits`` two numbers are the same when they agree to so many significant digits, for records of two processors.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# What depends on the machine and the checkout, not on the claims.
SET_ASIDE = ("versions", "commit")
# What an older record lacks.
LATER = ("standing", "axioms", "needs", "cited")
SHOWN = 20


def differences(before: Any, after: Any, digits: int = 17, place: str = "") -> Iterator[str]:
    """One line for each place at which the two values differ."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in dict.fromkeys((*before, *after)):
            if place == "" and key in SET_ASIDE:
                continue
            if key not in before and key in LATER:
                continue
            if key not in before or key not in after:
                yield f"{place}/{key}: only {'after' if key in after else 'before'}"
            else:
                yield from differences(before[key], after[key], digits, f"{place}/{key}")
    elif isinstance(before, list) and isinstance(after, list):
        if len(before) != len(after):
            yield f"{place}: {len(before)} items before, {len(after)} after"
        for position, (old, new) in enumerate(zip(before, after, strict=False)):
            name = old.get("id", position) if isinstance(old, dict) else position
            yield from differences(old, new, digits, f"{place}/{name}")
    elif isinstance(before, float) and isinstance(after, float):
        if abs(before - after) > (0 if digits >= 17 else 10.0**-digits * max(abs(before), abs(after))):
            yield f"{place}: {before!r} before, {after!r} after"
    elif type(before) is not type(after) or before != after:
        yield f"{place}: {before!r} before, {after!r} after"


def main(arguments: list[str] | None = None) -> int:
    """Compare two files; 0 when they say the same, 1 when not."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path)
    parser.add_argument("--digits", type=int, default=17)
    options = parser.parse_args(arguments)
    before, after = (json.loads(p.read_text(encoding="utf-8")) for p in (options.before, options.after))
    found = list(differences(before, after, options.digits))
    for line in found[:SHOWN]:
        print(line)
    count = len(after["claims"])
    print(f"{len(found)} differences in {count} claims" if found else f"the same: {count} claims")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
