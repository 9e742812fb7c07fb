"""Anyone's functions, called as they are."""
import os
import tempfile
import unittest

from driver import MODES, PROCESSES, Harness, fixture, methods


def asked(function, tasks=4, args=None, **more):
    return dict(more, name=function, path=fixture("anyones"), function=function, tasks=tasks,
                args=args or {})


class Functions(unittest.TestCase):
    def sums(self, work, modes=MODES):
        """The checksums over all modes and two passes each."""
        sums = set()
        for mode in modes:
            for method in methods(mode) if mode in PROCESSES else (None,):
                with self.subTest(mode=mode, method=method):
                    with Harness(mode, work=work, start_method=method) as harness:
                        harness.ready()
                        sums.update(harness.one_pass()["checksum"] for _ in range(2))
                        harness.end()
        return sums

    def error(self, work, mode="single"):
        with Harness(mode, work=work) as harness:
            harness.expect("hello")
            row = harness.row()
            if row["k"] == "ready":
                harness.send(cmd="pass", id=1)
                row = harness.row()
                if row["k"] == "value":
                    harness.send(cmd="end")
                    row = harness.row()
            self.assertEqual(row["k"], "error")
            return row

    def test_arguments_in_every_mode(self):
        same = self.sums(asked("work", positional=[3], args={"step": 2}))
        self.assertEqual(len(same), 1)
        self.assertNotEqual(same, self.sums(asked("work", positional=[4]), ["single"]))

    def test_methods_and_coroutines_of_a_package(self):
        def packaged(function, **more):
            return dict(asked(function, **more), path=fixture("acme/sim"))
        same = self.sums(packaged("simulate"), ["single"])
        for function, more in (("Model.step", {}), ("Model.made", {}), ("Model.still", {}),
                               ("Needy.step", {"setup": "make"})):
            same |= self.sums(packaged(function, **more), ["single", "threads", "mp"])
        same |= self.sums(packaged("fetch"))
        self.assertEqual(len(same), 1)
        row = self.error(packaged("Needy.step"))
        self.assertIn("name a function that returns one as `setup`", row["message"])
        self.assertIn("there are: `made`, `step`, `still`", self.error(packaged("Model.nothing"))["message"])

    def test_a_loop_awaits_all_coroutines_at_once(self):
        with Harness("asyncio", work=dict(asked("fetch", tasks=20), path=fixture("acme/sim"))) as harness:
            harness.ready()
            together = min(harness.one_pass()["total_ns"] for _ in range(3))
            harness.end()
        with Harness("single", work=dict(asked("fetch", tasks=20), path=fixture("acme/sim"))) as harness:
            harness.ready()
            one_by_one = min(harness.one_pass()["total_ns"] for _ in range(3))
            harness.end()
        self.assertLess(together * 2, one_by_one)

    def test_inputs_from_a_list_or_a_function(self):
        given = [{"size": index} for index in range(4)]
        same = self.sums(asked("of_input", inputs=given, args={"base": 3}))
        same |= self.sums(asked("of_input", inputs="make", args={"base": 3}))
        self.assertEqual(len(same), 1)

    def test_a_generator_is_drawn_out_where_that_is_asked_for(self):
        same = self.sums(asked("lazy", drain=True))
        same |= self.sums(asked("lazy_iterator", drain=True), ["single", "threads"])
        same |= self.sums(asked("late_and_lazy", drain=True), ["single", "asyncio", "threads", "mp"])
        self.assertEqual(len(same), 1)

    def test_sets_and_addresses_are_no_differences(self):
        self.assertEqual(len(self.sums(asked("unordered"), ["single", "threads", "mp"])), 1)
        self.assertEqual(len(self.sums(asked("things"), ["single", "threads"])), 1)

    def test_hooks_run_once_in_each_process(self):
        for mode in MODES:
            if mode == "interpreters":  # one pid
                continue
            with self.subTest(mode=mode), tempfile.TemporaryDirectory() as folder:
                os.environ["GILBENCH_DOWN"] = os.path.join(folder, "down")
                work = asked("work", positional=[3], setup="up", teardown="down")
                with Harness(mode, work=work) as harness:
                    harness.ready()
                    harness.one_pass()
                    harness.end()
                with open(os.environ["GILBENCH_DOWN"]) as file:
                    pids = file.read().split()
                self.assertEqual(len(set(pids)), 2 if mode in PROCESSES else 1)
                self.assertEqual(len(pids), len(set(pids)))

    def test_what_cannot_be_called_is_told(self):
        for work, words in (
                (asked("wrok"), "no function `wrok`, there are: `broken_down`"),
                (asked("work"), "missing 1 required positional argument"),
                (asked("lazy"), "`lazy` returned a generator: nothing is computed before it is consumed; use `--drain`"),
                (asked("late_and_lazy"), "`async def whole(*args): return [one async for one in late_and_lazy(*args)]`"),
                (asked("work", positional=[3], drain=True), "returned a value of type `int`, not a generator"),
                (asked("of_input", inputs=[1], args={"base": 1}), "1 inputs for 4 tasks"),
                (asked("work", positional=[3], setup="sideways"), "no function `sideways`"),
                (asked("work", positional=[3], teardown="broken_down"), "no way down")):
            # A generator can't even travel back from a process.
            for mode in ("single",) if "lazy" in work["name"] else ("single", "mp"):
                with self.subTest(work=work, mode=mode):
                    self.assertIn(words, self.error(work, mode)["message"])

    def doubts(self, work, mode):
        with Harness(mode, work=work) as harness:
            harness.ready()
            harness.warm()
            sums = {harness.one_pass()["checksum"] for _ in range(3)}
            self.assertEqual(len(sums), 1)
            found = harness.end()["doubts"]
        return sums.pop(), [doubt["kind"] for doubt in found], "".join(doubt["text"] for doubt in found)

    def test_a_result_without_content_is_a_doubt(self):
        for mode in MODES:
            with self.subTest(mode=mode):
                _, kinds, text = self.doubts(asked("leaves"), mode)
                self.assertEqual(kinds, ["answer_unproven"])
                self.assertIn("return `None`", text)
                self.assertIn("--check FUNC", text)
                _, kinds, text = self.doubts(asked("thing"), mode)
                self.assertEqual(kinds, ["answer_unproven"])
                self.assertIn("`Thing`, has no content", text)
                self.assertEqual(self.doubts(asked("work", positional=[3]), mode)[1], [])

    def test_a_check_stands_for_the_answer(self):
        for check, kinds in (("left", []), ("kind_of", []), ("up", ["answer_unproven"])):
            sums = set()
            for mode in MODES:
                with self.subTest(mode=mode, check=check):
                    text, found, _ = self.doubts(asked("leaves", check=check), mode)
                    self.assertEqual(found, kinds)
                    sums.add(text)
            self.assertEqual(len(sums), 1)

    def test_a_check_that_fails_is_told(self):
        for mode in ("single", "mp"):
            self.assertIn("no way down", self.error(asked("leaves", check="broken_down"), mode)["message"])

    def test_results_that_cannot_travel(self):
        for mode in PROCESSES:
            with self.subTest(mode=mode):
                row = self.error(asked("unpicklable"), mode)
                self.assertEqual(row["type"], "NotFit")
                self.assertIn("what its calls return can't be pickled: ", row["message"])


if __name__ == "__main__":
    unittest.main()
