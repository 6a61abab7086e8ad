#!/usr/bin/env python3
"""Checks that what the repository's files refer to in its documents is there: in comments, messages and documents alike.

A reference is one of
- a document: RULES.md, docs/RULES.md;
- its heading, in quotes: RULES.md, "Outcome"; without its number, and without what follows a colon or a comma in it; or
  the bold words that a paragraph begins with: FORMATS.md, "Fields";
- its heading, by number: RULES.md, 2;
- a name that its text has: FORMATS.md, `totals`;
- a link of a document: [text](path), [text](path#anchor), [text](#anchor);
- in a document, a source file: Memory/Text.swift.
Prints each that leads nowhere, with its place.

Checks too that the folders of Sources, Package.swift and docs/ARCHITECTURE.md show the same targets on the same floors, that
every target of tests has a folder, and that no floor but the ground one has a target without strict memory safety.
Ends with 1 if anything is wrong.
"""

import os
import re
import subprocess
import sys

# Between the words of a reference: spaces, and where a comment goes on, the mark of its next line.
GAP = r"(?:[ \t]|\n[ \t]*(?:///?|#)?[ \t]*)+"
QUOTED = r'\\?["“]([^"”\\]+)\\?["”]'
DOCUMENT = re.compile(r"(?<![\w/:.-])((?:\.\./)*(?:[\w-]+/)*[A-Za-z][\w-]*\.md)\b(?!\]\()")
DETAIL = re.compile(rf"(?:,{GAP}|{GAP}and{GAP}|{GAP}or{GAP})(?:{QUOTED}|`([^`]+)`|(\d+)(?![\w-]))")
LINK = re.compile(r"\]\(([^)\s]+)\)")
SOURCE = re.compile(r"(?<![\w/+])((?:[\w-]+/)+[\w+-]+\.swift)\b")
# Changes and decisions name files that were there in their day.
HISTORY = {"CHANGELOG.md", "docs/DECISIONS.md"}


def without_code(text):
    """The text of a document with its blocks of code blanked, line for line."""
    return re.sub(r"^```.*?^```", lambda block: "\n" * block[0].count("\n"), text, flags=re.M | re.S)


def anchor(heading):
    """The anchor that GitHub gives a heading."""
    words = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading).lower()
    return re.sub(r"[^\w\- ]", "", words).replace(" ", "-")


def on_one_line(text):
    return re.sub(GAP, " ", text).strip()


class Document:
    def __init__(self, text):
        self.text = text
        self.headings = [match[1].strip() for match in re.finditer(r"^#{1,6} +(.*)$", without_code(text), flags=re.M)]
        self.anchors = {anchor(heading) for heading in self.headings}
        self.names = set()
        for heading in self.headings:
            name = re.sub(r"^\d+\. ", "", heading)
            self.names |= {heading, name, re.split(r"[:,]", name)[0]}
        self.names |= {match[1].rstrip(".,") for match in re.finditer(r"^\*\*([^*]+)\*\*", text, flags=re.M)}

    def has_number(self, number):
        return any(heading.startswith(number + ". ") for heading in self.headings)


class Repository:
    def __init__(self):
        listed = subprocess.run(
            ["git", "ls-files", "--cached", "--others", "--exclude-standard"], capture_output=True, text=True, check=True)
        self.paths = sorted(path for path in set(listed.stdout.splitlines()) if os.path.isfile(path))
        self.folders = {os.path.dirname(path) for path in self.paths}
        self.texts = {}
        for path in self.paths:
            try:
                with open(path, encoding="utf-8") as file:
                    self.texts[path] = file.read()
            except UnicodeDecodeError:
                pass
        self.documents = {path: Document(text) for path, text in self.texts.items() if path.endswith(".md")}

    def document(self, name, referrer):
        """The document of a name: beside the referrer, from the root, or in docs."""
        for folder in (os.path.dirname(referrer), "", "docs"):
            path = os.path.normpath(os.path.join(folder, name))
            if path in self.documents:
                return self.documents[path]
        return None

    def has_source(self, name):
        return any(path == name or path.endswith("/" + name) for path in self.paths)


def named_documents(repository, path, text):
    """Faults of references to documents by name."""
    for match in DOCUMENT.finditer(text):
        document = repository.document(match[1], path)
        if document is None:
            yield match.start(), f"there is no document {match[1]}"
            continue
        end = match.end()
        while detail := DETAIL.match(text, end):
            heading, name, number = detail.groups()
            if heading and on_one_line(heading) not in document.names:
                yield detail.start(), f'{match[1]} has no heading "{on_one_line(heading)}"'
            if name and on_one_line(name) not in document.text:
                yield detail.start(), f"{match[1]} does not name `{on_one_line(name)}`"
            if number and not document.has_number(number):
                yield detail.start(), f"{match[1]} has no heading {number}"
            end = detail.end()


def links(repository, path, text):
    """Faults of a document's links."""
    for match in LINK.finditer(without_code(text)):
        target, _, fragment = match[1].partition("#")
        if re.match(r"[a-z]+:", match[1]):
            continue
        file = os.path.normpath(os.path.join(os.path.dirname(path), target)) if target else path
        if file not in repository.paths and file not in repository.folders:
            yield match.start(), f"there is no file {file}"
        elif fragment and (file not in repository.documents or fragment not in repository.documents[file].anchors):
            yield match.start(), f"{file} has no heading for #{fragment}"


def sources(repository, path, text):
    """Faults of a document's references to source files."""
    if path in HISTORY:
        return
    for match in SOURCE.finditer(text):
        if not repository.has_source(match[1]):
            yield match.start(), f"there is no source file {match[1]}"


# Whether ARCHITECTURE.md and strict memory safety must be complete; until they are, what is missing is printed as a note.
HOUSE_IS_COMPLETE = True
# A target in Package.swift: how it is declared, its name; for one that is declared in full, its path.
TARGET = re.compile(
    r'\b(ground|library|trade|stage|tests|testSupport)\(\s*"([\w-]+)"|\.(?:target|executableTarget)\(\s*name: "([\w-]+)"'
    r'(?:(?!\.target\().)*?path: "([^"]+)"', flags=re.S)
FLOORS = {"ground": "Ground", "library": "Ground", "trade": "Trade", "stage": "Stages"}
UNCHECKED = re.compile(r"let unchecked: Set<String> = \[(.*?)\]", flags=re.S)


def declared_targets(package):
    """The targets of Package.swift: their folders by name, and the names of the targets of tests."""
    floors, test_targets = {}, set()
    for kind, name, full_name, path in TARGET.findall(package):
        if full_name:
            floors[full_name] = path
        elif kind in FLOORS:
            floors[name] = f"Sources/{FLOORS[kind]}/{name}"
        else:
            test_targets.add(name)
    return floors, test_targets


def targets(repository):
    """Faults of the targets that Package.swift and the folders show."""
    package = repository.texts["Package.swift"]
    declared, test_targets = declared_targets(package)
    folders = {"/".join(path.split("/")[:3]) for path in repository.paths if re.match(r"Sources/\w+/[^/]+/", path)}
    for folder in sorted(folders - set(declared.values())):
        yield f"Package.swift: {folder} is not a target"
    for name, folder in sorted(declared.items()):
        if folder not in folders:
            yield f"Package.swift: {name} has no folder {folder}"
    test_folders = {path.split("/")[1] for path in repository.paths if re.match(r"Tests/[^/]+/.*\.swift$", path)}
    for name in sorted(test_targets ^ test_folders):
        yield f"Package.swift: {name} is not both a target of tests and a folder of Tests"


def incomplete(repository):
    """Targets that ARCHITECTURE.md does not show, and targets above the ground floor without strict memory safety."""
    package = repository.texts["Package.swift"]
    declared, _ = declared_targets(package)
    architecture = repository.texts["docs/ARCHITECTURE.md"]
    shown = set()
    for row in re.findall(r"^\| *([^|]+) *\|", architecture, flags=re.M):
        shown |= set(re.findall(r"[\w-]+", row))
    for name in sorted(set(declared) - shown):
        yield f"docs/ARCHITECTURE.md: no row of its tables begins with the target {name}"
    if (match := UNCHECKED.search(package)):
        for name in sorted(set(re.findall(r'"([\w-]+)"', match[1]))):
            if not declared.get(name, "").startswith("Sources/Ground/"):
                yield f"Package.swift: {name} is above the ground floor and must be under strict memory safety"


def main():
    repository = Repository()
    own = os.path.relpath(__file__)
    faults = []
    for path, text in repository.texts.items():
        if path == own:
            continue
        checks = [named_documents]
        if path in repository.documents:
            checks += [links, sources]
        for check in checks:
            for offset, fault in check(repository, path, text):
                faults.append(f"{path}:{text.count(chr(10), 0, offset) + 1}: {fault}")
    faults += targets(repository)
    if HOUSE_IS_COMPLETE:
        faults += incomplete(repository)
    else:
        for missing in incomplete(repository):
            print(f"note: {missing}", file=sys.stderr)
    for fault in faults:
        print(fault)
    if not repository.documents:
        sys.exit("check-references: found no documents; run it in the repository's folder")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
