"""Workloads that tell the truth, though some look odd; the form is that of `lies.py`. None may be doubted or fail.

The longer ones do what benchmarks of pyperformance do (their names stand first), written anew and made small.
"""
from lies import FIB  # noqa: F401

CASES = r'''
#: fills_regex_cache
import re
def work():
    text = "a1b22c333d4444" * 400
    return sum(len(m.group()) for p in (r"\d+", r"[a-z]\d", r"(\d)\1+") for m in re.finditer(p, text))

#: helper_cached
from functools import lru_cache
@lru_cache(None)
def parity(n): return n % 2
def work(): return sum(parity(i) for i in range(50)) + fib(19)

#: imports_late
def work(n=18):
    import decimal, email.message, json, unittest.mock, xml.dom.minidom, http.server, asyncio
    return fib(n) + len(json.dumps([n]))

#: releases_gil
import hashlib
data = b"x" * 2_000_000
def work(): return hashlib.sha256(data).hexdigest()

#: warms_up
import threading
table, lock = [], threading.Lock()
def work():
    with lock:
        if not table: table.extend([i * i % 97 for i in range(200000)])
    return sum(table[i] for i in range(0, 200000, 3))

#: short
def work(): return sum(range(300))

#: large_result
def work(): return list(range(60_000))

#: large_bytes
def work(): return b"ab" * 400_000

#: dictionary_result
def work(): return {str(n): n * n for n in range(5000)}

#: set_result
def work(): return {n * 7919 % 10007 for n in range(8000)}

#: object_result
class Point:
    def __init__(self, x): self.x, self.y = x, x * x
def work(): return [Point(n) for n in range(2000)]

#: exceptions
def work():
    caught = 0
    for n in range(20_000):
        try:
            if n % 3: raise ValueError(n)
        except ValueError:
            caught += 1
    return caught

#: collector_is_busy
class Node: pass
def work():
    for _ in range(20_000):
        node = Node(); node.me = node
    return 1

#: collects_itself
import gc
def work():
    found = fib(18)
    gc.collect()
    return found

#: seeded_random
import random
def work():
    numbers = random.Random(7)
    return sum(numbers.random() for _ in range(20_000))

#: reads_a_file
def work():
    with open(__file__, "rb") as file: text = file.read()
    return sum(text * 40)

#: temporary_file
import tempfile
def work():
    with tempfile.TemporaryFile() as file:
        file.write(b"line\n" * 30_000)
        file.seek(0)
        return sum(1 for _ in file)

#: table_on_disk
import json, os, tempfile, threading
path = os.path.join(tempfile.gettempdir(), "table-%d" % os.getppid())
def work():
    if not os.path.exists(path):
        table, beside = [i * i % 97 for i in range(40_000)], "%s-%d-%d" % (path, os.getpid(), threading.get_ident())
        with open(beside, "w") as file: json.dump(table, file)
        os.replace(beside, path)
    with open(path) as file: return sum(json.load(file))

#: database_on_disk
import os, sqlite3, tempfile
path = os.path.join(tempfile.mkdtemp(), "base")
base = sqlite3.connect(path)
with base:
    base.execute("create table t (n integer)")
    base.executemany("insert into t values (?)", ((n,) for n in range(5000)))
base.close()
def work():
    base = sqlite3.connect(path)
    found = base.execute("select sum(n) from t where n % 3 = 0").fetchone()[0]
    base.close()
    return found

#: now_and_then
lines = []
def work():
    found = fib(17)
    lines.append("found %d" % found)
    if len(lines) >= 50:
        "\n".join(lines * 2000).encode()
        lines.clear()
    return found

#: polls
import time
def work():
    found = fib(17)
    for _ in range(3): time.sleep(0)
    return found

#: half_waits
import time
def work():
    time.sleep(0.002)
    return fib(18)

#: compresses
import zlib
data = bytes(n * 31 % 251 for n in range(200_000))
def work(): return len(zlib.compress(data, 6))

#: sorts
def work(): return sorted(n * 7919 % 100_003 for n in range(30_000))[100]

#: closes_over
def make(step):
    def inner(n): return sum(range(0, n, step))
    return inner
inner = make(3)
def work(): return inner(100_000)

#: generator
def numbers(n):
    for i in range(n): yield i * i % 7
def work(): return sum(numbers(60_000))

#: nbody
def work():
    bodies = [[float(i), i * 0.5, 1.0, 0.0, 0.1 * i, 0.0, 1.0 + i] for i in range(5)]
    for _ in range(200):
        for i, a in enumerate(bodies):
            for b in bodies[i + 1:]:
                d = [a[k] - b[k] for k in range(3)]
                m = 0.001 / (d[0] ** 2 + d[1] ** 2 + d[2] ** 2 + 0.01) ** 1.5
                for k in range(3):
                    a[3 + k] -= d[k] * b[6] * m
                    b[3 + k] += d[k] * a[6] * m
        for a in bodies:
            for k in range(3): a[k] += 0.001 * a[3 + k]
    return [round(a[0], 9) for a in bodies]

#: fannkuch
from itertools import permutations
def work():
    most = 0
    for order in permutations(range(7)):
        order, flips = list(order), 0
        while order[0]:
            order[:order[0] + 1] = order[order[0]::-1]
            flips += 1
        most = max(most, flips)
    return most

#: spectral_norm
def work(n=60):
    a = lambda i, j: 1.0 / ((i + j) * (i + j + 1) // 2 + i + 1)
    u = [1.0] * n
    for _ in range(3):
        v = [sum(a(i, j) * u[j] for j in range(n)) for i in range(n)]
        u = [sum(a(j, i) * v[j] for j in range(n)) for i in range(n)]
    return round(sum(u), 9)

#: float
import math
def work():
    points = [(math.sin(i), math.cos(i) * 3, math.sin(i) ** 2 / 2) for i in range(10_000)]
    return round(max(math.sqrt(x * x + y * y + z * z) for x, y, z in points), 9)

#: json_dumps
import json
data = [{"name": "n%d" % n, "values": list(range(n % 20)), "nested": {"a": [None, True, 1.5]}} for n in range(500)]
def work(): return len(json.dumps(data))

#: json_loads
import json
text = json.dumps([{"name": "n%d" % n, "values": list(range(n % 20))} for n in range(800)])
def work(): return len(json.loads(text))

#: pickle
import pickle
data = [{"n": n, "t": (n, str(n)), "f": n / 3} for n in range(3000)]
def work(): return len(pickle.loads(pickle.dumps(data)))

#: regex_dna
import re
text = "".join("acgt"[n * 7919 % 13 % 4] for n in range(60_000))
def work(): return [len(re.findall(p, text)) for p in ("agggtaaa|tttaccct", "[cgt]gggtaaa", "a[act]ggtaaa")]

#: richards
class Task:
    def __init__(self, name): self.name, self.left, self.queue = name, 60, []
    def step(self, others):
        self.left -= 1
        others[(self.name + self.left) % len(others)].queue.append(self.left)
        return sum(self.queue[-3:])
def work():
    tasks = [Task(n) for n in range(20)]
    return sum(task.step(tasks) for _ in range(60) for task in tasks)

#: deltablue
def work(n=400):
    values, edges = [0] * n, [(i, i + 1) for i in range(n - 1)]
    for change in range(12):
        values[0] = change
        for a, b in edges: values[b] = values[a] + 1
    return values[-1]

#: hexiom
def work():
    found = 0
    def place(row, columns, left, right):
        nonlocal found
        if row == 7:
            found += 1
            return
        for column in range(7):
            if not (columns >> column & 1 or left >> (row + column) & 1 or right >> (row - column + 7) & 1):
                place(row + 1, columns | 1 << column, left | 1 << (row + column), right | 1 << (row - column + 7))
    place(0, 0, 0, 0)
    return found

#: meteor_contest
def work():
    seen, border = {(0, 0)}, [(0, 0)]
    for _ in range(40):
        border = [(x + a, y + b) for x, y in border for a, b in ((1, 0), (0, 1)) if (x + a, y + b) not in seen]
        seen.update(border)
        border = sorted(set(border))
    return len(seen)

#: chaos
def work():
    x, y, found = 0.1, 0.2, 0.0
    for n in range(30_000):
        x, y = (x + 0.5 * y) % 1.0, (y + 0.3 * x + 0.1) % 1.0
        found += x * y
    return round(found, 9)

#: go
def work():
    board, moves = [0] * 81, 0
    for turn in range(600):
        place = turn * 7919 % 81
        near = [board[n] for n in (place - 9, place + 9, place - 1, place + 1) if 0 <= n < 81]
        board[place] = 1 if near.count(2) > 1 else 2 - turn % 2
        moves += sum(board[:9])
    return moves

#: raytrace
def work():
    hits = 0
    for x in range(60):
        for y in range(60):
            a, b, c = 1.0, (x - 30) / 30, (y - 30) / 30
            d = b * b + c * c - 0.5
            hits += d < 0 and a > 0
    return hits

#: scimark_sor
def work(n=60):
    grid = [[0.5 * (i + j) for i in range(n)] for j in range(n)]
    for _ in range(6):
        for i in range(1, n - 1):
            row, up, down = grid[i], grid[i - 1], grid[i + 1]
            for j in range(1, n - 1):
                row[j] = 0.3 * (up[j] + down[j] + row[j - 1] + row[j + 1]) - 0.2 * row[j]
    return round(sum(map(sum, grid)), 6)

#: scimark_fft
import cmath
def fft(x):
    if len(x) == 1: return x
    even, odd = fft(x[::2]), fft(x[1::2])
    turned = [cmath.exp(-2j * cmath.pi * k / len(x)) * o for k, o in enumerate(odd)]
    return [e + t for e, t in zip(even, turned)] + [e - t for e, t in zip(even, turned)]
def work(): return [round(abs(one), 6) for one in fft([complex(n % 7) for n in range(512)])]

#: mandelbrot
def work():
    inside = 0
    for x in range(40):
        for y in range(40):
            c, z = complex(x / 20 - 1.5, y / 20 - 1), 0j
            for _ in range(30):
                z = z * z + c
                if abs(z) > 2: break
            else: inside += 1
    return inside

#: pidigits
def work():
    digits, q, r, t, k, m, x = [], 1, 0, 1, 1, 3, 3
    while len(digits) < 150:
        if 4 * q + r - t < m * t:
            digits.append(m)
            q, r, m = 10 * q, 10 * (r - m * t), (10 * (3 * q + r)) // t - 10 * m
        else:
            q, r, t, k, m, x = q * k, (2 * q + r) * x, t * x, k + 1, (q * (7 * k + 2) + r * x) // (t * x), x + 2
    return digits

#: telco
from decimal import Decimal
def work():
    total = Decimal(0)
    for n in range(4000): total += (Decimal(n) * Decimal("0.0013")).quantize(Decimal("0.01"))
    return str(total)

#: template
import string
line = string.Template("<tr><td>$a</td><td>$b</td></tr>")
def work(): return sum(len(line.substitute(a=n, b=n * n)) for n in range(1500))

#: html_parser
from html.parser import HTMLParser
page = "<p class=a>text <b>bold</b> &amp; more</p>" * 300
class Count(HTMLParser):
    seen = 0
    def handle_starttag(self, tag, attrs): self.seen += 1
def work():
    one = Count(); one.feed(page)
    return one.seen

#: unpack_sequence
def work():
    total = 0
    for n in range(30_000):
        a, b, c, d = n, n + 1, n + 2, n + 3
        total += a + d
    return total

#: logging
import io, logging
def work():
    log = logging.Logger("one")
    log.addHandler(logging.StreamHandler(io.StringIO()))
    for n in range(1500): log.warning("line %d", n)
    return len(log.handlers[0].stream.getvalue())

#: sqlite
import sqlite3
def work():
    base = sqlite3.connect(":memory:")
    base.execute("create table t (n integer)")
    base.executemany("insert into t values (?)", ((n,) for n in range(5000)))
    return base.execute("select sum(n) from t where n % 3 = 0").fetchone()[0]

#: coroutines
def work():
    async def tree(n): return 1 if n == 0 else await tree(n - 1) + await tree(n - 1)
    try:
        tree(12).send(None)
    except StopIteration as end:
        return end.value

#: deepcopy
import copy
data = {n: [n, {"a": (n, [n])}] for n in range(400)}
def work(): return len(copy.deepcopy(data))
'''
