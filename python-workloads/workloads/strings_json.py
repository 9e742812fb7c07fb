"""Formats records, writes them as JSON, reads them back, counts words: what services do all day.

gilmatrix: {"name": "strings-json", "summary": "format strings, write and read JSON", "args": {"records": 1500}, "tasks": 8, "requires": [], "stress": "strings, dicts and the json module's C code, which holds the GIL", "expect": "free threading costs about 1.4x in one thread and scales with threads; with the GIL only processes and subinterpreters do"}
"""
import json


def task(prepared, index):
    records = [{"id": number, "name": "user %05d" % (number * 7919 % 99991),
                "tags": ["tag%d" % (number % 7), "tag%d" % (number % 11)],
                "active": number % 3 == 0, "note": None}
               for number in range(index, index + prepared["records"])]
    back = json.loads(json.dumps(records, sort_keys=True))
    words = {}
    for record in back:
        for word in record["name"].split() + record["tags"]:
            words[word] = words.get(word, 0) + 1
    text = ",".join("%s=%d" % pair for pair in sorted(words.items())).upper()
    return len(text) + sum(record["id"] for record in back if record["active"])
