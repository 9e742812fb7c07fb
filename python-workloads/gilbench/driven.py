"""One cell, driven pass by pass by the runner: docs/protocol.md."""
import json
import os
import sys
import time

from . import blas, doubts, facts, leftovers
from .cell import Cell
from .clock import monotonic_ns, others_cpu_ns
from .commands import Commands
from .failure import EXIT_FAILED, ProtocolError, describe
from .mode import timed_warm_up
from .rows import Rows

PROTOCOL = 1


def main(spec_path, at_ns):
    """Serve the spec in the file `spec_path`; the exit code."""
    try:
        commands = Commands()
        with open(spec_path, encoding="utf-8") as file:
            spec = json.load(file)
        rows = Rows(spec["report"], spec["nonce"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        sys.stderr.write("cpu_bench: can't use the spec `%s`: %s: %s\n"
                         % (spec_path, type(error).__name__, error))
        return 2
    return Session(spec, commands, rows, at_ns).run()


class Session:
    def __init__(self, spec, commands, rows, at_ns):
        self.spec = spec
        self.commands = commands
        self.rows = rows
        self.at_ns = at_ns
        self.phase = "spec"
        self.mode = None
        self._keep_from_children()

    def run(self):
        try:
            self._hello()
            self._start()
            while self._serve(self.commands.next()):
                pass
            return 0
        except BrokenPipeError:
            self.gone()
        except BaseException as error:
            self.fail(error)

    def _hello(self):
        self.rows.write("hello", protocol=PROTOCOL, pid=os.getpid(), at_ns=self.at_ns,
                        facts=facts.interpreter())
        if self.spec.get("protocol") != PROTOCOL:
            raise ProtocolError("the harness speaks protocol %d, the spec is of protocol %r"
                                % (PROTOCOL, self.spec.get("protocol")))

    def _start(self):
        cell = Cell.from_spec(self.spec)
        self.phase = "imports"
        self.mode = cell.load(self.fail)
        imported = monotonic_ns()
        self.phase = "pool"
        self.commands.watch(self.gone)
        workers = self.workers = self.commands.guard(self.mode.start)
        up = monotonic_ns()
        phases = {"imports": imported - self.at_ns, "pool": up - imported}
        self.rows.write("ready", at_ns=up, phases_ns=phases, workers=workers,
                        gc=facts.collector(), harness_ns=self.mode.own.ns)

    def _serve(self, command):
        """Carry out one command; whether there may be another."""
        if command is None:
            self.gone()
        kind = command.get("cmd") if isinstance(command, dict) else None
        if kind == "pass":
            self._pass(command.get("id"))
            return True
        if kind == "warm":
            self._warm(command.get("id"))
            return True
        if kind == "end":
            self._end(command.get("crowd"))
            return False
        raise ProtocolError("no such command: %.200r" % (command,))

    def _pass(self, number):
        self.phase = "pass"
        begin = time.perf_counter_ns()
        done = self.commands.guard(self.mode.run_pass)
        # What threads of the work's own went on with after the clock had stopped.
        done.extra["late_cpu_ns"] = max(0, others_cpu_ns() - done.others_at_end_ns)
        self.rows.write("value", id=number, start_ns=done.start_ns, ns=done.ns,
                        repeats=done.repeats, total_ns=done.total_ns,
                        checksum=done.checksum, cpu_ns=done.cpu_ns, lag_ns=done.lag_ns,
                        gil_enabled=facts.gil_enabled(), extra=done.extra,
                        harness_ns=done.proof.own.ns, harness_cpu_ns=done.proof.own.cpu_ns,
                        whole_ns=time.perf_counter_ns() - begin)

    def _warm(self, number):
        self.phase = "warm-up"
        warmed = self.commands.guard(lambda: timed_warm_up(self.mode))
        self.rows.write("warmed", id=number, **warmed)

    def _end(self, crowd):
        self.phase = "teardown"
        if crowd and self.mode.one_worker:
            self.commands.guard(self.mode.crowd)
        self.commands.unwatch()
        workers = self.mode.finish()
        found = doubts.all(self.mode, self.workers, workers)
        begin = monotonic_ns()
        self.mode.stop()
        down = monotonic_ns()
        leftovers.check()
        self.rows.write("end", at_ns=down, phases_ns={"teardown": down - begin}, workers=workers,
                        blas=blas.threads(), doubts=found, calls=doubts.calls(self.mode))

    def fail(self, error):
        """Report an error, from whichever thread, and end everything."""
        try:
            self.rows.last("error", phase=self.phase, **describe(error))
        except OSError:
            pass  # the runner is gone
        if isinstance(error, Exception):
            _flush()
        self._die()

    def gone(self):
        """The runner is gone: nobody is left to tell."""
        self._die()

    def _die(self):
        try:
            if self.mode is not None:
                self.mode.abandon()
        finally:
            os._exit(EXIT_FAILED)

    def _keep_from_children(self):
        """A forked worker must neither hold the report open nor read commands."""
        if hasattr(os, "register_at_fork"):
            held = [self.commands, self.rows]

            def close():
                # Emptied: in a child's child these numbers may stand for files of the work's own.
                while held:
                    held.pop().own.close()

            os.register_at_fork(after_in_child=close)


def _flush():
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):
            pass
