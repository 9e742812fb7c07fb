"""What every mode is to the rest: start, warm-up, passes, facts after the work, stop."""
from . import facts
from .clock import MOST_REPEATS, SHORTEST_NS, OwnWork, RunQueue, Stopwatch, monotonic_ns
from .crowd import Crowd
from .proof import LARGE, Proof


class Pass:
    """One execution of all tasks, or a few in a row where one is too short for the clock.

    `rounds` has the results of each execution, in task order, until `proof` has taken them. `ns`, `cpu_ns`
    and `run_delay_ns` are of one execution, the mean over the `repeats`; `lag_ns` is the longest over all
    of them.
    """

    __slots__ = ("rounds", "repeats", "start_ns", "total_ns", "cpu_ns", "own_cpu_ns", "lag_ns",
                 "extra", "proof", "checksum", "others_at_end_ns")

    def __init__(self, rounds, stopwatch, lag_ns=None, extra=None, proof=None):
        self.rounds = rounds
        self.repeats = len(rounds)
        self.proof = proof
        self.checksum = None
        self.start_ns = stopwatch.start_ns
        self.total_ns = stopwatch.ns
        self.cpu_ns = stopwatch.cpu_ns // len(rounds)
        self.own_cpu_ns = stopwatch.own_cpu_ns
        self.others_at_end_ns = stopwatch.others_at_end_ns
        self.lag_ns = lag_ns
        self.extra = extra or {}
        if stopwatch.run_delay_ns is not None:
            self.extra["run_delay_ns"] = stopwatch.run_delay_ns // len(rounds)

    @property
    def ns(self):
        return self.total_ns // self.repeats

    def workers_cpu(self, used):
        """Note what each worker used, in the order of the `ready` row, `None` if not known."""
        if used is not None:
            used = [ns // self.repeats for ns in used]
        self.extra["workers_cpu_ns"] = used


class Mode:
    """The base, and all that a mode with one worker in the main thread needs.

    A mode file defines a class `Mode` on top of this one. It imports what it needs at its top, so
    that the imports phase shows what a user of that mode waits for, and it leaves nothing running
    between passes that uses the CPU.
    """

    work = None
    # Said where no result has content; `None`: what its type says.
    unproven = None

    def __init__(self, cell, on_worker_death):
        self.workers = cell.workers
        self.tasks = cell.workload.tasks
        self.start_method = cell.start_method
        self.semaphores = cell.semaphores
        self.chunksize = cell.chunksize
        self.workload = cell.workload
        self.on_worker_death = on_worker_death
        self.repeats = 1
        self.one_worker = cell.one_worker
        # What the harness itself did while the workers were brought up.
        self.own = OwnWork()
        # What a result was, where a pass had only such in which there is nothing to compare.
        self.nothing = None
        # What each process tells of itself after the work, and on which CPUs the main thread's calls left it.
        self.seen = []
        self.pinned_to = None
        # What a call takes alone and beside another thread, where it ends by the clock.
        self.by_the_clock = None
        # Whether results are so large that they aren't to be kept; `None`: not known yet.
        self.large = None
        # Of several workers each may wait for a CPU, for another worker too: that is their own affair.
        self.queue = RunQueue() if cell.one_worker else None

    def start(self):
        """Bring up the workers and their inputs; returns the facts of each, once all answered."""
        self.items = self.workload.items()
        return self.start_workers()

    def start_workers(self):
        self.work = self.workload.ready()
        self.work.alone = self.one_worker
        self.task, self.prepared = self.work.task, self.work.prepared
        return [facts.worker()]

    def warm(self):
        """Have every worker run its even share of the tasks, whoever would get them in a pass.

        Returns what each says of it: `pid`, `thread`, `tasks`, `ns`.
        """
        self.between()
        warmed = self.watched(self.warm_workers)
        self.count(sum(worker["tasks"] for worker in warmed))
        if self.workload.checks_passes():
            self.checked()  # or what these calls left behind would count as a pass's
        return warmed

    def warm_workers(self):
        return [dict(self.work.warm(self.portion(0)), thread=None)]

    def portion(self, number):
        """What worker `number` runs to warm up: as many tasks for each, in all at least all."""
        size = -(-self.tasks // self.workers)
        return [self.items[(number * size + step) % self.tasks] for step in range(size)]

    def run_pass(self):
        """Run all tasks; a `Pass`. The next one repeats them if this was short for the clock."""
        self.between()
        done = self.watched(self.executed)
        self.after_pass(done)
        if done.proof is None:
            done.proof = self.proof()
            done.proof.take(done.rounds)
        if self.workload.checks_passes():
            with done.proof.own:
                done.proof.stand_in(self.checked())
        done.checksum = done.proof.checksum()
        self.large = done.proof.size > LARGE * self.tasks
        if not done.proof.proves:
            self.nothing = done.proof.nothing
        if done.total_ns < SHORTEST_NS:
            # A little more than needed, so that one slow pass doesn't raise it again and again.
            needed = -(-SHORTEST_NS * 5 // 4 // max(1, done.ns))
            self.repeats = max(self.repeats, min(needed, MOST_REPEATS))
        return done

    def proof(self):
        return Proof(self.workload.digest(), self.workload.name)

    def checked(self):
        """What the workload's `check` says in each process that has tasks run."""
        return [self.work.checked()]

    def between(self):
        """Put what tasks share back to its start, outside the clock."""
        self.work.reset()

    def watched(self, work):
        """`work()`; what it changes is noted. The runner holds this thread to a CPU, too, but not meanwhile."""
        before = facts.cpus()
        result = work()
        if self.work is not None:
            self.task = self.work.settle()
        after = facts.cpus()
        if before is not None and set(after) < set(before):
            self.pinned_to = after
        return result

    def executed(self):
        return self.timed_pass()

    def timed_pass(self):
        stopwatch = Stopwatch(self.queue)
        stopwatch.start()
        rounds = [self.run_tasks() for _ in range(self.repeats)]
        stopwatch.stop()
        return Pass(rounds, stopwatch)

    def after_pass(self, done):
        """What is to be worked out about a pass after the clock has stopped."""
        self.count(self.tasks * done.repeats)

    def count(self, tasks):
        """Tasks that ran on this process's inputs, for the `reset` that follows."""
        if self.work is not None:
            self.work.done += tasks

    def run_tasks(self):
        """All tasks once, results in task order: the part inside the clock."""
        raise NotImplementedError

    def crowd(self):
        """Look whether tasks end by the clock, once, after the last pass: for modes with one worker."""
        self.between()
        crowd = Crowd(lambda item: self.task(self.prepared, item), self.items)
        self.by_the_clock = crowd.found()
        self.count(crowd.calls)
        if self.workload.checks_passes():
            self.checked()

    def finish(self):
        """The facts of each worker again, after the work."""
        self.between()
        self.seen = [self.work.seen()]
        self.work.leave()
        return [facts.worker()]

    def stop(self):
        """End the workers in an orderly way."""

    def abandon(self):
        """End worker processes at once, from any thread and in any state."""


def timed_warm_up(mode):
    """`start_ns`, `ns` and `workers` of a warm-up."""
    begin = monotonic_ns()
    workers = mode.warm()
    return {"start_ns": begin, "ns": monotonic_ns() - begin, "workers": workers}
