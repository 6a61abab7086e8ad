#!/usr/bin/env python3
"""Counts words in the comments of Sources that make riddles of sentences (CONTRIBUTING.md, "How the code is written").

Their number may only fall: more of one than its limit is an error. A limit far above the count is noted, to be lowered.
"""

import re
import subprocess
import sys

LIMITS = {
    # "what was read" for "the bytes read"
    r"(?<!\w)what(?!\w)": 245,
    # "where it stands" for "its place"
    r"\bstands?\b": 42,
    # "it tells" for "it shows"
    r"\b(?:told|tells?)\b": 18,
    # "behind the point" for "after the point"
    r"\bbehind\b": 15,
    # "so many bytes" for "a number of bytes"
    r"\bso many\b": 12,
}


def main():
    paths = subprocess.run(["git", "ls-files", "Sources/*.swift"], capture_output=True, text=True, check=True).stdout.split()
    comments = []
    for path in paths:
        with open(path, encoding="utf-8") as file:
            comments += re.findall(r"(?:^|\s)//+ (.*)$", file.read(), flags=re.M)
    text = "\n".join(comments)
    if not comments:
        sys.exit("check-words: found no comments; run it in the repository's folder")
    faults = 0
    for pattern, limit in LIMITS.items():
        count = len(re.findall(pattern, text, flags=re.I))
        if count > limit:
            print(f"Sources: comments have {pattern} {count} times, more than {limit}: write it in plain English")
            faults += 1
        elif count < limit - 10:
            print(f"note: .ci/check-words.py: {pattern} occurs {count} times; lower its limit of {limit}", file=sys.stderr)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
