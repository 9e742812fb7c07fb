"""An interpreter that misbehaves on demand: fake_interpreter.py BEHAVIOUR REAL_PYTHON ARGS...

It answers probes as the real one does, and goes wrong only where it is to run the harness.
"""

import json
import os
import signal
import subprocess
import sys
import time


def main():
    behaviour, real = sys.argv[1], sys.argv[2]
    arguments = sys.argv[3:]
    if "--spec" in arguments:
        BEHAVIOURS[behaviour](arguments)
    os.execvp(real, [real] + arguments)


def spec(arguments):
    with open(arguments[arguments.index("--spec") + 1]) as file:
        return json.load(file)


def hang(arguments):
    while True:
        time.sleep(60)


def hang_stubbornly(arguments):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    subprocess.Popen(["sleep", "456789"], start_new_session=True)
    hang(arguments)


def segfault(arguments):
    os.kill(os.getpid(), signal.SIGSEGV)


def exit_early(arguments):
    sys.stderr.write("fake: giving up\n")
    os._exit(3)


def silent(arguments):
    os._exit(0)


def garbage(arguments):
    with open(spec(arguments)["report"], "w") as report:
        report.write("Traceback (most recent call last): no row at all\n")
        report.flush()
        hang(arguments)


def print_much(arguments):
    sys.stdout.write('{"k": "value", "ns": 1}\n' * 20000)
    sys.stdout.flush()


def leave_grandchild(arguments):
    # A session of its own, and stdout kept open: the hardest one to get rid of.
    subprocess.Popen(["sleep", "345678"], start_new_session=True)


def wrong_checksum(arguments):
    def change(row):
        if row["k"] == "value":
            row["checksum"] = "0" * 16

    filtered(arguments, change)


def starved(arguments):
    def change(row):
        if row["k"] == "warmed":
            row["workers"][0]["tasks"] = 0

    filtered(arguments, change)


def ever_faster(arguments):
    state = {"passes": 0}

    def change(row):
        if row["k"] == "value":
            state["passes"] += 1
            row["ns"] = row["cpu_ns"] = int(1e8 * 0.8 ** state["passes"])

    filtered(arguments, change)


def filtered(arguments, change):
    """The real harness behind a filter that changes its rows."""
    given = spec(arguments)
    outer = given["report"]
    given["report"] = outer + ".inner"
    path = arguments[arguments.index("--spec") + 1] + ".inner"
    with open(path, "w") as file:
        json.dump(given, file)
    os.mkfifo(given["report"])
    arguments = [path if argument.endswith("spec.json") else argument for argument in arguments]
    child = subprocess.Popen([sys.argv[2]] + arguments)
    with open(given["report"]) as rows, open(outer, "w", buffering=1) as report:
        for line in rows:
            row = json.loads(line)
            change(row)
            report.write(json.dumps(row) + "\n")
    sys.exit(child.wait())


BEHAVIOURS = {
    "good": lambda arguments: None,
    "hang": hang,
    "hang-stubbornly": hang_stubbornly,
    "segfault": segfault,
    "exit-early": exit_early,
    "silent": silent,
    "garbage": garbage,
    "print-much": print_much,
    "leave-grandchild": leave_grandchild,
    "wrong-checksum": wrong_checksum,
    "starved": starved,
    "ever-faster": ever_faster,
}

main()
