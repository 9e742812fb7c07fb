"""Everything that can go wrong has its own words, and leaves nothing behind."""
import os
import signal
import tempfile
import time
import unittest

from driver import MODES, PREFIX, PROCESSES, Harness, fixture, methods, semaphores, workload

PROCESS_CELLS = tuple((mode, method) for mode in PROCESSES for method in methods(mode))


class DyingWorkers(unittest.TestCase):
    def death(self, mode, method, work):
        with Harness(mode, start_method=method, work=work) as harness:
            harness.ready()
            harness.send(cmd="pass", id=1)
            begin = time.monotonic()
            row = harness.expect("error")
            took = time.monotonic() - begin
            self.assertEqual(harness.process.wait(timeout=20), 70)
            self.assertLess(took, 1.5 if os.getenv("CI") else 1.0)
            self.assertTrue(harness.gone_within(3))
            self.assertEqual((row["phase"], row["type"]), ("pass", "WorkerDied"))
            return row["message"]

    def test_a_signal_is_named_within_a_second(self):
        for mode, method in PROCESS_CELLS:
            with self.subTest(mode=mode, method=method):
                self.assertIn("signal 11 (SIGSEGV)", self.death(mode, method, workload("killed")))

    def test_an_exit_code_is_named(self):
        for mode, method in PROCESS_CELLS:
            with self.subTest(mode=mode, method=method):
                self.assertIn("exit code 5", self.death(mode, method, workload("exits")))

    def test_a_worker_killed_while_idle(self):
        for mode in PROCESSES:
            with self.subTest(mode=mode), Harness(mode) as harness:
                _, ready = harness.ready()
                harness.one_pass()
                pid = ready["workers"][1]["pid"]
                os.kill(pid, 9)
                row = harness.failed()
                self.assertEqual(row["type"], "WorkerDied")
                self.assertIn("process %d was killed by signal 9 (SIGKILL)" % pid, row["message"])
                self.assertTrue(harness.gone_within(2))


class Semaphores(unittest.TestCase):
    def test_they_have_the_runners_names_and_none_is_left(self):
        for mode, method in PROCESS_CELLS:
            with self.subTest(mode=mode, method=method):
                for end in (lambda harness: harness.end(), lambda harness: harness.process.kill(),
                            lambda harness: None):
                    with Harness(mode, start_method=method) as harness:
                        harness.ready()
                        strangers = semaphores("mp-")
                        # Forked workers inherit theirs, which have no names by then.
                        self.assertEqual(bool(semaphores(PREFIX)), method != "fork")
                        end(harness)
                    self.assertEqual(semaphores(PREFIX), set())
                    self.assertLessEqual(semaphores("mp-"), strangers)


class Exceptions(unittest.TestCase):
    def failure(self, mode, work, phase="pass"):
        with Harness(mode, work=work) as harness:
            harness.ready()
            harness.send(cmd="pass", id=1)
            row = harness.failed()
            self.assertTrue(harness.gone_within(2))
            self.assertEqual(row["phase"], phase)
            self.assertLessEqual(len(row["message"]), 2000)
            self.assertLessEqual(len(row["traceback"]), 4000)
            self.assertIn("task", row["traceback"])
            return row

    def test_a_huge_message_is_bounded(self):
        for mode in MODES:
            with self.subTest(mode=mode):
                row = self.failure(mode, workload("raises", what="huge"))
                self.assertEqual(row["type"], "ValueError")
                self.assertEqual(row["message"], "x" * 2000)

    def test_recursion(self):
        for mode in MODES:
            with self.subTest(mode=mode):
                row = self.failure(mode, workload("raises", what="recursion"))
                self.assertEqual(row["type"], "RecursionError")

    def test_memory(self):
        for mode in ("single", "mp"):
            with self.subTest(mode=mode):
                row = self.failure(mode, workload("raises", what="memory"))
                self.assertIn(row["type"], ("MemoryError", "OverflowError"))

    def test_an_exception_that_cannot_be_unpickled(self):
        for mode in MODES:
            with self.subTest(mode=mode):
                row = self.failure(mode, workload("raises", what="awkward"))
                self.assertEqual((row["type"], row["message"]), ("Awkward", "this and that"))

    def test_sys_exit(self):
        for mode in MODES:
            with self.subTest(mode=mode):
                row = self.failure(mode, workload("exits", soft=True))
                self.assertEqual((row["type"], row["message"]), ("SystemExit", "that's all"))

    def test_inputs_that_fail(self):
        for mode in MODES:
            with self.subTest(mode=mode), Harness(
                    mode, work=workload("raises", what="prepare")) as harness:
                harness.expect("hello")
                row = harness.failed()
                self.assertEqual((row["phase"], row["type"]), ("pool", "ValueError"))
                self.assertTrue(harness.gone_within(2))


class Impossible(unittest.TestCase):
    def refused(self, phase, **spec):
        with Harness(**spec) as harness:
            harness.expect("hello")
            row = harness.failed()
            self.assertEqual(row["phase"], phase)
            return row

    def test_a_missing_package(self):
        for mode in ("single", "mp"):
            row = self.refused("imports", mode=mode, work=workload("needy"))
            self.assertEqual(row["type"], "Unsupported")
            self.assertIn("no_such_package_anywhere", row["message"])

    def test_a_start_method_that_is_not_there(self):
        row = self.refused("pool", mode="mp", start_method="teleport")
        self.assertEqual(row["type"], "Unsupported")
        self.assertIn("fork, spawn", row["message"])

    def test_names_that_do_not_exist(self):
        row = self.refused("spec", mode="thread")
        self.assertIn("no mode `thread`", row["message"])
        row = self.refused("spec", mode="single", work=workload("fob"))
        self.assertIn("no workload `fob`", row["message"])
        row = self.refused("spec", mode="single", work=workload("fib", size=3))
        self.assertIn("no argument `size`", row["message"])
        row = self.refused("spec", mode="single", work=workload("fib", tasks=0))
        self.assertIn("`tasks`", row["message"])

    def test_another_protocol(self):
        row = self.refused("spec", mode="single", protocol=99)
        self.assertEqual(row["type"], "ProtocolError")

    def test_an_unknown_command(self):
        with Harness("threads") as harness:
            harness.ready()
            harness.send(cmd="dance")
            self.assertEqual(harness.failed()["type"], "ProtocolError")


def awkward(function, **more):
    return dict(more, name=function, path=fixture("awkward"), function=function, tasks=4, args={})


class Travel(unittest.TestCase):
    """What can't be pickled or unpickled is told at once, as what it is."""

    def refused(self, mode, method, work):
        with Harness(mode, start_method=method, work=work) as harness:
            harness.expect("hello")
            row = harness.row(10)
            if row["k"] == "ready":
                harness.send(cmd="pass", id=1)
                row = harness.row(10)
            self.assertEqual((row["k"], row["type"]), ("error", "NotFit"), row)
            self.assertTrue(harness.gone_within(2))
            return row["message"]

    def test_results_and_inputs(self):
        for mode, method in PROCESS_CELLS:
            for work, words in (
                    (awkward("refused"), "what its calls return can't be unpickled: TypeError: "),
                    (awkward("size", inputs="jobs"), "an input can't be unpickled: TypeError: "),
                    (awkward("size", inputs="locks"), "an input can't be pickled: TypeError: ")):
                for _ in range(2):
                    with self.subTest(mode=mode, method=method, work=work):
                        self.assertIn(words, self.refused(mode, method, work))

    def test_threads_need_no_pickle(self):
        for work in (awkward("refused"), awkward("size", inputs="locks")):
            with Harness("threads", work=work) as harness:
                harness.ready()
                harness.one_pass()
                harness.end()


class Environment(unittest.TestCase):
    def test_ends_of_workers_are_known_where_a_script_ignores_them(self):
        for mode, method in PROCESS_CELLS:
            with self.subTest(mode=mode, method=method), \
                    Harness(mode, start_method=method, work=awkward("size", inputs="ignored")) as harness:
                harness.ready()
                harness.one_pass()
                harness.end()

    def test_ends_of_workers_are_known_where_the_runner_ignores_them(self):
        before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        try:
            for mode in PROCESSES:
                with self.subTest(mode=mode), Harness(mode) as harness:
                    harness.ready()
                    harness.one_pass()
                    harness.end()
        finally:
            signal.signal(signal.SIGCHLD, before)

    def test_where_no_memory_can_be_shared_it_is_said(self):
        for mode in PROCESSES:
            with self.subTest(mode=mode), Harness(mode, work=awkward("size", inputs="without_semaphores")) as harness:
                harness.expect("hello")
                row = harness.failed()
                self.assertEqual((row["phase"], row["type"]), ("pool", "Unsupported"))
                self.assertIn("Read-only file system): mount /dev/shm for writing", row["message"])

    def test_pools_whose_threads_are_greenlets(self):
        for mode in PROCESSES:
            with self.subTest(mode=mode), Harness(mode, work=awkward("size", inputs="patched")) as harness:
                harness.expect("hello")
                if mode == "mp":
                    row = harness.failed(5)
                    self.assertEqual((row["phase"], row["type"]), ("pool", "Unsupported"))
                    self.assertIn("use `process-pool`, or don't patch", row["message"])
                else:
                    harness.expect("ready")
                    harness.one_pass()
                    harness.end()

    def test_a_thread_that_stays_is_named(self):
        for mode in ("single",) + PROCESSES:
            with self.subTest(mode=mode), Harness(mode, work=awkward("leaves_a_thread")) as harness:
                harness.ready()
                harness.one_pass()
                harness.send(cmd="end")
                row = harness.failed(5)
                self.assertEqual((row["phase"], row["type"]), ("teardown", "ThreadLeft"))
                self.assertIn("the thread `Thread-", row["message"])

    def test_threads_that_end_are_no_trouble(self):
        for function in ("leaves_a_short_thread", "keeps_a_pool"):
            for mode in MODES:
                if mode == "interpreters":
                    continue
                with self.subTest(function=function, mode=mode), Harness(mode, work=awkward(function)) as harness:
                    harness.ready()
                    harness.one_pass()
                    harness.end()

    def test_rows_never_land_in_files_of_the_work(self):
        for last in (1024, 70000):
            with tempfile.TemporaryDirectory() as folder, Harness(
                    "single", work=awkward("closes", positional=[folder + "/mine", last])) as harness:
                harness.ready()
                harness.one_pass()
                if last == 1024:
                    harness.one_pass()
                    harness.end()
                else:
                    row = harness.failed()
                    self.assertEqual(row["type"], "Disturbed")
                    self.assertIn("closed descriptors", row["message"])
                self.assertEqual(os.path.getsize(folder + "/mine"), 0)

    def test_half_a_surrogate_pair(self):
        for mode in ("single", "mp"):
            with Harness(mode, work=awkward("surrogate")) as harness:
                harness.ready()
                harness.send(cmd="pass", id=1)
                row = harness.failed()
                self.assertEqual(row["message"], "half \\udc80 of a pair, and a whole \U0001f600")


class RunnerGone(unittest.TestCase):
    def test_everything_ends_while_idle(self):
        for mode, method in (("single", None), ("threads", None)) + PROCESS_CELLS:
            with self.subTest(mode=mode, method=method), \
                    Harness(mode, start_method=method) as harness:
                harness.ready()
                harness.one_pass()
                harness.process.stdin.close()
                self.assertTrue(harness.gone_within(1), harness.members())

    def test_everything_ends_during_a_pass(self):
        for mode, method in tuple((mode, None) for mode in MODES) + PROCESS_CELLS:
            with self.subTest(mode=mode, method=method), \
                    Harness(mode, start_method=method, work=workload("endless")) as harness:
                harness.ready()
                harness.send(cmd="pass", id=1)
                time.sleep(0.3)
                harness.process.stdin.close()
                self.assertTrue(harness.gone_within(2), harness.members())

    def test_a_last_command_is_still_carried_out(self):
        for _ in range(5):
            with Harness("mp") as harness:
                harness.ready()
                harness.send(cmd="pass", id=1)
                harness.send(cmd="end")
                harness.process.stdin.close()
                harness.expect("value")
                harness.expect("end")
                self.assertEqual(harness.process.wait(10), 0)


if __name__ == "__main__":
    unittest.main()
