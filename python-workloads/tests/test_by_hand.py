"""The command line for a person, and the catalogue that the runner reads too."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

from driver import BENCH, LOOPS, MODES, ROOT, catalogue, fixture


def run(*arguments):
    done = subprocess.run([sys.executable, BENCH] + list(arguments), stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          universal_newlines=True, timeout=120)
    return done.returncode, done.stdout, done.stderr


class ByHand(unittest.TestCase):
    def test_every_mode_prints_a_summary(self):
        for mode in MODES:
            with self.subTest(mode=mode):
                code, out, err = run("--mode", mode, "--workers", "2", "--arg", "n=10",
                                     "--passes", "2")
                self.assertEqual((code, err), (0, ""))
                for word in (mode, "pass 2", "tasks/s", "GIL", "imports", "pool", "teardown"):
                    self.assertIn(word, out)
                self.assertEqual("stall" in out, mode in LOOPS)

    def test_json(self):
        sums = set()
        for mode in MODES:
            code, out, _ = run("--mode", mode, "--workers", "2", "--arg", "n=10", "--json")
            self.assertEqual(code, 0)
            result = json.loads(out)
            self.assertEqual(len(result["passes"]), 3)
            sums.update(one["checksum"] for one in result["passes"])
        self.assertEqual(len(sums), 1)

    def test_list_and_help(self):
        code, out, _ = run("--list")
        self.assertEqual(code, 0)
        for name in MODES + ("fib", "matmul", "matmul-numpy"):
            self.assertIn(name, out)
        code, out, _ = run("--help")
        self.assertEqual(code, 0)
        self.assertIn("examples:", out)

    def test_a_file_of_ones_own(self):
        code, out, err = run("--workload", fixture("plain"), "--mode", "threads")
        self.assertEqual((code, err), (0, ""))
        self.assertIn("plain", out)

    def test_anyones_function(self):
        target = fixture("anyones") + ":work"
        for mode in MODES:
            with self.subTest(mode=mode):
                code, out, err = run("--workload", target, "--mode", mode, "--workers", "2",
                                     "--arg", "3", "--arg", "step=2")
                self.assertEqual((code, err), (0, ""))
                self.assertIn("work", out)
        code, _, err = run("--workload", fixture("anyones") + ":wrok")
        self.assertEqual(code, 2)
        self.assertIn("there are: `broken_down`", err)

    def test_wrong_usage_is_2_and_names_what_there_is(self):
        for arguments, words in ((("--mode", "thread"), "threads"),
                                 (("--workload", "fob"), "fib"),
                                 (("--arg", "x=1"), "`n`"), (("--arg", "n"), "NAME=VALUE"),
                                 (("--workers", "0", "--mode", "mp"), "at least 1"),
                                 (("--workload", "nowhere.py"), "nowhere.py")):
            with self.subTest(arguments=arguments):
                code, out, err = run(*arguments)
                self.assertEqual((code, out), (2, ""))
                self.assertIn(words, err)

    def test_failures_are_70(self):
        code, _, err = run("--workload", fixture("killed"), "--mode", "mp", "--workers", "2")
        self.assertEqual(code, 70)
        self.assertIn("WorkerDied", err)
        code, _, err = run("--workload", fixture("needy"))
        self.assertEqual(code, 70)
        self.assertIn("Unsupported", err)


class Catalogue(unittest.TestCase):
    def test_every_file_describes_itself(self):
        keys = {"modes": {"name", "summary", "workers", "asyncio", "since"},
                "workloads": {"name", "summary", "args", "tasks", "requires", "stress", "expect"}}
        for kind, expected in keys.items():
            for name in catalogue.names(kind):
                with self.subTest(kind=kind, name=name):
                    entry = catalogue.entry(catalogue.path_of(kind, name))
                    self.assertLessEqual(expected, set(entry))
                    self.assertEqual(entry["name"], name)

    def test_a_slip_in_a_modes_line_is_named(self):
        whole = {"name": "slip", "summary": "", "workers": "inline", "asyncio": False, "since": None}
        with tempfile.TemporaryDirectory() as folder:
            copy = os.path.join(folder, "copy")
            shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns("tests", "__pycache__"))
            for line, words in ((json.dumps(dict(whole, workers="thread")), "is `thread`, not one of inline, loop, threads"),
                                (json.dumps({key: whole[key] for key in ("name", "summary")}),
                                 "lacks `workers`, `asyncio`, `since`"),
                                (json.dumps(dict(whole, name="slap")), "calls itself `slap`"),
                                ("{name: slip}", "is no JSON"), ("", "is no JSON")):
                with self.subTest(line=line):
                    with open(os.path.join(copy, "modes", "slip.py"), "w") as file:
                        file.write('"""A slip.\n\ngilmatrix: %s\n"""\n' % line)
                    done = subprocess.run([sys.executable, os.path.join(copy, "cpu_bench.py"), "--mode", "slip"],
                                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True)
                    self.assertEqual((done.returncode, done.stdout), (2, ""))
                    self.assertIn("modes/slip.py", done.stderr)
                    self.assertIn(words, done.stderr)

    def test_light_modes_do_not_import_heavy_modules(self):
        code = ("import sys; sys.path.insert(0, %r); from gilbench import driven; "
                "from gilbench.cell import Cell; from gilbench.workload import Workload; "
                "Cell(%r, 2, None, Workload('fib')).load(None); print(' '.join(sys.modules))")
        for mode, absent in (("single", ("asyncio", "threading", "multiprocessing", "argparse")),
                             ("threads", ("asyncio", "multiprocessing", "argparse")),
                             ("asyncio", ("multiprocessing", "argparse"))):
            out = subprocess.run([sys.executable, "-S", "-c", code % (ROOT, mode)], check=True,
                                 stdout=subprocess.PIPE, universal_newlines=True).stdout.split()
            for module in absent:
                with self.subTest(mode=mode, module=module):
                    self.assertNotIn(module, out)


if __name__ == "__main__":
    unittest.main()
