"""Searches a log for what a few regular expressions describe.

gilmatrix: {"name": "regex", "summary": "regular expressions over a log", "args": {"lines": 1200}, "tasks": 8, "requires": [], "stress": "the re engine, which holds the GIL, and its small match objects", "expect": "free threading costs little in one thread, most of the time being in C, and scales with threads"}
"""
import re

LINE = re.compile(r"^(\d+\.\d+\.\d+\.\d+) \[(\w+)\] \"(GET|POST) (/[^ ]*)\" (\d{3}) (\d+)$", re.M)
QUERY = re.compile(r"[?&](\w+)=(\w+)")
NUMBER = re.compile(r"\d+")


def prepare(args):
    return "\n".join(
        "10.0.%d.%d [user%d] \"%s /item/%d?page=%d&sort=%s\" %d %d"
        % (n % 7, n % 251, n % 31, ("GET", "POST")[n % 2], n * 37 % 1009, n % 13,
           ("name", "price", "age")[n % 3], (200, 200, 404, 500)[n % 4], n * 7919 % 100003)
        for n in range(args["lines"]))


def task(prepared, index):
    total = index
    for match in LINE.finditer(prepared):
        if match.group(5) == "200":
            total += int(match.group(6))
        total += sum(len(value) for _, value in QUERY.findall(match.group(4)))
    return total + len(NUMBER.findall(prepared)) + len(NUMBER.sub("#", prepared))
