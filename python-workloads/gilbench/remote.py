"""The main process's side of workers that have their own copy of everything: processes and
subinterpreters. Only items and answers travel."""
from . import processworker
from .failure import RemoteFailure
from .mode import Mode


class RemoteMode(Mode):
    """A mode says how to `submit` calls, and gives `arrived` and `gate`, two semaphores that
    workers and main process share."""

    before = None

    def meet(self, waiting):
        """Hold the calls that were submitted, one for each worker, until all have begun; their
        answers. No time limit here: if a worker dies, the death watch ends all."""
        for _ in range(self.workers):
            self.take(self.arrived)
        for _ in range(self.workers):
            self.gate.release()
        answers = waiting()
        for answer in answers:
            _check(answer[0])
        return answers

    def take(self, semaphore):
        semaphore.acquire()

    def first_meeting(self, waiting):
        """The facts of each worker; keeps their order."""
        answers = self.meet(waiting)
        self.order = [who for _, _, who, _ in answers]
        return [facts for _, facts, _, _ in answers]

    def between(self):
        """Each worker resets what its tasks share and collects its garbage before the clock
        starts; their own clocks are read."""
        answers = self.meet(self.submit(processworker.meet, range(self.workers)))
        self.before = {who: cpu_ns for _, _, who, cpu_ns in answers}
        return answers

    def warm_workers(self):
        portions = [self.portion(number) for number in range(self.workers)]
        answers = self.meet(self.submit(processworker.warm, portions))
        return [warmed for _, warmed, _, _ in answers]

    def run_tasks(self):
        return self.submit(processworker.run, self.items)()

    def after_pass(self, done):
        """What each worker used by its own clock, until its last task ended."""
        after = dict(self.before)
        rounds = []
        for answers in done.rounds:
            for failure, _, who, cpu_ns in answers:
                _check(failure)
                after[who] = max(cpu_ns, after[who])
            rounds.append([result for _, result, _, _ in answers])
        done.rounds = rounds
        used = [after[who] - self.before[who] for who in self.order]
        done.workers_cpu(used)
        Mode.after_pass(self, done)
        if self.own_clocks:
            done.cpu_ns += sum(used) // done.repeats

    own_clocks = True
    """Whether the workers' CPU time isn't in the main process's already."""

    def checked(self):
        answers = self.meet(self.submit(processworker.check, range(self.workers)))
        return [checked for _, checked, _, _ in answers]

    def finish(self):
        answers = self.between()
        left = self.meet(self.submit(processworker.leave, range(self.workers)))
        self.seen = [seen for _, seen, _, _ in left]
        return [facts for _, facts, _, _ in answers]


def _check(failure):
    if failure is not None:
        raise RemoteFailure(failure)
