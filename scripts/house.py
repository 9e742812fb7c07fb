#!/usr/bin/env python3
"""Prints how large and how tangled a checkout of this repository is, as a Markdown table.

    scripts/house.py [CHECKOUT]...      a column for each; without one, this checkout

A code line is a line of `src` in a Rust file that is neither blank nor a comment, outside of `#[cfg(test)]` items and
of files that only hold tests. Only tracked files count.
"""
import os
import re
import subprocess
import sys
from collections import Counter

TOKEN = re.compile(
    r"""(?P<comment>//[^\n]*|/\*(?s:.*?)\*/)
      | (?P<string>(?:b|c)?r(?P<hashes>\#*)"(?s:.*?)"(?P=hashes) | (?:b|c)?"(?s:(?:\\.|[^"\\]))*" )
      | (?P<char>b?'(?:\\(?:x[0-9a-f]{2}|u\{[^}]*\}|.)|[^'\\\n])')""",
    re.VERBOSE,
)
TEST = re.compile(r"#\[cfg\(test\)\]\s*")
FUNCTION = re.compile(r"^[ \t]*(?:pub(?:\([^)]*\))?\s+)?(?:default\s+|const\s+|async\s+|unsafe\s+|extern\s+)*fn\s+(\w+)", re.M)
TYPE = re.compile(r"^[ \t]*(?:pub(?:\([^)]*\))?\s+)?(?:struct|enum|trait|type|union)\s+(\w+)", re.M)
USE = re.compile(r"^[ \t]*(?:pub(?:\([^)]*\))?\s+)?use\s+((?:crate|super|self)\b[^;]*);", re.M)


def blanked(text):
    """Returns the text with comments removed, and with the inside of strings and characters made harmless."""

    def replace(match):
        whole = match.group()
        kept = "\n" * whole.count("\n")
        if match.group("comment"):
            return kept
        # Lines of a string stay lines of code.
        return '"' + kept.replace("\n", "x\n") + '"'

    return TOKEN.sub(replace, text)


def closing(text, start):
    """Returns the index behind the item that begins at `start`: its closing brace, or its semicolon."""
    depth = 0
    for index in range(start, len(text)):
        letter = text[index]
        if letter in "{([":
            depth += 1
        elif letter in "})]":
            depth -= 1
            if depth == 0 and letter == "}":
                return index + 1
        elif letter == ";" and depth == 0:
            return index + 1
    return len(text)


def without_tests(text):
    """Returns the text without items under `#[cfg(test)]`, and the names of modules that are declared so."""
    modules = []
    while found := TEST.search(text):
        end = closing(text, found.end())
        item = text[found.end():end]
        modules += re.findall(r"\bmod\s+(\w+)\s*;", item)
        text = text[:found.start()] + text[end:]
    return text, modules


def sources(root):
    """Returns path and text of each tracked Rust file in `src`, tests removed."""
    listed = subprocess.run(
        ["git", "-C", root, "ls-files", "-z", "src"], check=True, capture_output=True, text=True
    ).stdout.split("\0")
    texts, tests = {}, set()
    for path in sorted(filter(lambda path: path.endswith(".rs"), listed)):
        with open(os.path.join(root, path), encoding="utf-8") as file:
            text, modules = without_tests(blanked(file.read()))
        folder, name = os.path.split(path)
        inside = folder if name in ("mod.rs", "lib.rs", "main.rs") else os.path.join(folder, name[:-3])
        tests |= {os.path.join(inside, module) for module in modules}
        texts[path] = text
    is_test = lambda path: path.endswith("_tests.rs") or any(path == f"{test}.rs" or path.startswith(f"{test}/") for test in tests)
    return {path: text for path, text in texts.items() if not is_test(path)}


def functions(text):
    """Yields name and number of lines of each function with a body."""
    for found in FUNCTION.finditer(text):
        end = closing(text, found.start())
        body = text[found.start():end].lstrip("\n")
        if body.endswith("}"):
            yield found.group(1), body.count("\n") + 1


def names(tree):
    """Returns how many names a `use` tree brings in."""
    found = re.search(r"\{(.*)\}$", tree, re.S)
    if not found:
        return 1
    parts, depth, start, inner = [], 0, 0, found.group(1)
    for index, letter in enumerate(inner + ","):
        depth += {"{": 1, "}": -1}.get(letter, 0)
        if letter == "," and depth == 0:
            parts.append(inner[start:index].strip())
            start = index + 1
    return sum(names(part) for part in parts if part)


def figures(root):
    files = sources(root)
    lines = {path: [line for line in text.split("\n") if line.strip()] for path, text in files.items()}
    long = [name for text in files.values() for name, length in functions(text) if length > 60]
    types = Counter(name for text in files.values() for name in TYPE.findall(text) if name not in ASSOCIATED)
    imports = {path: sum(names(tree) for tree in USE.findall(text)) for path, text in files.items()}
    tracked = subprocess.run(["git", "-C", root, "ls-files", "-z"], check=True, capture_output=True, text=True).stdout
    sizes = [os.path.getsize(os.path.join(root, path)) for path in tracked.split("\0") if path]
    return {
        "code lines in `src`": f"{sum(map(len, lines.values())):,}",
        "files in `src` with code": len(files),
        "files over 300 code lines": sum(len(one) > 300 for one in lines.values()),
        "functions over 60 lines": len(long),
        "type names that stand more than once": sum(count > 1 for count in types.values()),
        "modules with more than 12 imports from the crate": sum(count > 12 for count in imports.values()),
        "tracked files, MB": f"{sum(sizes) / 1e6:.2f}",
    }


# Associated types of traits, as every implementation has to call them.
ASSOCIATED = {"Err", "Error", "Item", "IntoIter", "Output", "Target", "Value"}


def main(roots):
    columns = [figures(root) for root in roots]
    print("|", " | ".join(["", *roots]), "|")
    print("|", " | ".join(["---"] + ["---:"] * len(roots)), "|")
    for name in columns[0]:
        print("|", " | ".join([name, *(str(column[name]) for column in columns)]), "|")


main(sys.argv[1:] or [os.path.relpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))])
