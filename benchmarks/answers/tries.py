#!/usr/bin/env python3
"""How long does `gilmatrix try` take to a decided answer, for a function of about 60 ms?

    python3 benchmarks/answers/tries.py target/release/gilmatrix --runs 10

Seconds are of the whole command. Each answer's text is looked for on the terminal and in report.md, as results.json has
it. The exit code is 1 where one isn't there.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

SCRIPT = """def work(n):
    total = 0
    for i in range(n):
        total = (total + i * i) % 1000003
    return total
"""


def one_line(text):
    return " ".join(text.split())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=os.path.abspath)
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--milliseconds", type=float, default=60)
    options = parser.parse_args()
    namespace = {}
    exec(SCRIPT, namespace)
    began = time.perf_counter()
    namespace["work"](300_000)
    n = int(300_000 * options.milliseconds / 1000 / (time.perf_counter() - began))
    print("| seed | seconds | decided | warm: choice | gain (95 %) | nothing else is more than |\n| --- | ---: | --- | --- | --- | --- |")
    taken, apart = [], 0
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "mine.py"), "w") as file:
            file.write(SCRIPT)
        for seed in range(1, options.runs + 1):
            began = time.monotonic()
            command = [options.program, "try", "mine.py:work", "--arg", str(n), "--seed", str(seed), "--out", str(seed)]
            ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
            taken.append(time.monotonic() - began)
            with open(os.path.join(folder, str(seed), "results.json")) as file:
                answers = json.load(file)["answers"]
            with open(os.path.join(folder, str(seed), "report.md")) as file:
                page = one_line(file.read())
            warm = next(answer for answer in answers if answer["situation"] == "warm")
            said = one_line(ended.stdout + ended.stderr)
            apart += sum(one_line(answer["text"]) not in place for answer in answers for place in (page, said))
            waited_for = [answer["decided"] for answer in answers if answer["situation"] in ("warm", "same_interpreter")]
            choice, gain = warm["choose"], warm["gain"]
            print("| %d | %.1f | %d of %d | %s %s×%d | %.2f (%.2f to %.2f) | %.1f %% |" % (
                seed, taken[-1], sum(waited_for), len(waited_for), choice["interpreter"], choice["mode"], choice["workers"],
                gain["ratio"], *gain["ci95"], 100 * warm["regret"]), flush=True)
    print("\nmedian %.1f s, at most %.1f s; answers told otherwise: %d" % (
        statistics.median(taken), max(taken), apart))
    sys.exit(apart > 0)


main()
