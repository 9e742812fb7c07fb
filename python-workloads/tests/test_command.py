"""A whole command: proved once, then started anew in each pass."""
import os
import sys
import unittest
from unittest import mock

from driver import Harness, fixture
from gilbench.program import filled_in


def command(*words, **more):
    return dict({"name": "x", "tasks": 1, "args": {}, "command": list(words), "folder": os.path.dirname(fixture("plain"))},
                **more)


def code(text):
    return command("{python}", "-c", text)


class Commands(unittest.TestCase):
    def failure(self, work):
        with Harness("command", work=work) as harness:
            harness.expect("hello")
            row = harness.failed()
        return row["type"], row["message"]

    def test_its_passes_and_its_proof(self):
        with Harness("command", work=code("print(sum(range(300000)))")) as harness:
            hello, ready = harness.ready()
            warmed = harness.warm()
            values = [harness.one_pass() for _ in range(2)]
            end = harness.end()
        worker, = ready["workers"]
        self.assertEqual(worker["executable"], hello["facts"]["executable"])
        self.assertEqual(warmed["workers"][0]["pid"], worker["pid"])
        self.assertEqual(end["workers"][0]["pid"], worker["pid"])
        self.assertEqual((end["doubts"], end["calls"]), ([], None))
        self.assertLess(ready["phases_ns"]["pool"] - ready["harness_ns"], 5000000, "to prove it is nobody's time")
        self.assertEqual(values[0]["checksum"], values[1]["checksum"])
        for value in values:
            self.assertEqual(value["extra"]["workers_cpu_ns"], [value["cpu_ns"]])
            self.assertGreater(value["cpu_ns"], 1000000)
            self.assertLessEqual(value["extra"].get("run_delay_ns", 0), value["ns"])

    def test_what_it_prints_is_the_answer(self):
        sums = set()
        for text in ("print(1)", "print(2)", "pass"):
            with Harness("command", work=code(text)) as harness:
                harness.ready()
                sums.add(harness.one_pass()["checksum"])
                doubts = harness.end()["doubts"]
            self.assertEqual([doubt["kind"] for doubt in doubts], ["answer_unproven"] if text == "pass" else [])
        self.assertEqual(len(sums), 3)

    def test_more_than_a_pipe_holds(self):
        work = code("import sys; print('x' * 5000000); sys.stderr.write('y' * 5000000)")
        with Harness("command", work=work) as harness:
            harness.ready()
            harness.one_pass()
            harness.end()

    def test_other_programs_are_refused_and_failures_named(self):
        kind, message = self.failure(command("sleep", "0"))
        self.assertEqual(kind, "WrongInterpreter")
        self.assertIn("and no Python that tells which one it is", message)
        kind, message = self.failure(command("{python}", "-I", "-c", "print(1)"))
        self.assertEqual(kind, "WrongInterpreter")
        kind, message = self.failure(code("raise SystemExit('no\\nsuch luck')"))
        self.assertEqual(kind, "CommandFailed")
        self.assertTrue(message.endswith("ended with exit code 1: such luck"), message)
        kind, message = self.failure(command("no-such-program"))
        self.assertEqual(kind, "CommandFailed")
        kind, message = self.failure(command("env", "TOKEN=secret", "{python}", "-c", "1/0"))
        self.assertTrue(message.startswith("`env TOKEN=\u2026 {python} -c 1/0` ended with exit code 1: Zero"), message)
        kind, message = self.failure(code("import os; os.abort()"))
        self.assertEqual(kind, "WorkerDied")
        self.assertIn("SIGABRT", message)
        with Harness("command") as harness:
            harness.expect("hello")
            self.assertIn("whole commands run in mode `command`", harness.failed()["message"])

    def test_shells_and_children_are_followed(self):
        with Harness("command", work=command("sh", "-c", "{python} -c 'print(3)' | cat")) as harness:
            _, ready = harness.ready()
            self.assertEqual(os.path.realpath(sys.executable), ready["workers"][0]["executable"])
            harness.one_pass()
            harness.end()

    def test_it_ends_with_the_runner(self):
        work = code("import os, time; time.sleep(0 if 'GILMATRIX_PROOF' in os.environ else 60)")
        with Harness("command", work=work) as harness:
            harness.ready()
            harness.send(cmd="pass", id=1)
            while len(harness.members()) < 2:
                pass
            harness.process.stdin.close()
            self.assertTrue(harness.gone_within(10))

    def test_options_of_the_interpreter_go_on(self):
        python = [sys.executable, "-X", "dev", "-X", "gil=1"]
        with mock.patch.object(sys, "_xoptions", {"dev": True, "gil": "1"}, create=True):
            self.assertEqual(filled_in(["{python}", "-c", "x"]), python + ["-c", "x"])
            self.assertEqual(filled_in(["sh", "-c", "{python} x"]), ["sh", "-c", " ".join(python) + " x"])


if __name__ == "__main__":
    unittest.main()
