//! What an invocation is asked to do, step by step.

use super::clock::Exchange;
use super::{Finished, Place, Session};
use crate::measure::protocol::{HarnessCommand, HarnessRow, PROTOCOL, RowWorker};
use crate::measure::warm::{self, WarmUpVerdict};
use crate::platform::{CpuSet, monotonic_ns, run_delay_ns};
use crate::record::{Outcome, Value, WarmUp};

impl Session<'_> {
    /// Waits until the pool is up and every worker has answered.
    pub(crate) async fn ready(&mut self) {
        let limit = self.context.timeout;
        match self.row(limit, "starting").await {
            Some(HarnessRow::Hello { protocol: PROTOCOL, pid, at_ns }) => {
                self.main_pid = self.in_tree(pid.unwrap_or(self.draft.pid));
                let now = monotonic_ns();
                // Both are CLOCK_MONOTONIC; where they aren't, our own arrival time is the bound.
                let at = if (self.launched_ns..=now).contains(&at_ns) { at_ns } else { now };
                self.draft.phases_ns.start = Some(at - self.launched_ns);
            }
            Some(HarnessRow::Hello { protocol, .. }) => {
                return self.fail(Outcome::ProtocolError, format!("the harness speaks protocol {protocol}"));
            }
            Some(other) => return self.fail_unexpected(&other, "hello"),
            None => return,
        }
        match self.row(limit, "creating its pool").await {
            Some(HarnessRow::Ready { phases_ns, workers, gc, harness_ns }) => {
                self.draft.gc = gc;
                self.draft.phases_ns.imports = Some(phases_ns.imports);
                self.starting_ns = harness_ns.unwrap_or(0);
                self.draft.phases_ns.pool = Some(phases_ns.pool.saturating_sub(self.starting_ns));
                self.draft.workers = workers.into_iter().map(|row| row.facts).collect();
                self.verify_gil();
            }
            Some(other) => self.fail_unexpected(&other, "ready"),
            None => {}
        }
    }

    /// Has every worker run its share of the tasks until all are warm. Only once something has begun cold:
    /// what a user waits for is never measured after it.
    pub(crate) async fn warm_up(&mut self) {
        let compiles = self.compiles();
        while self.healthy() {
            match warm::judge(&self.draft.workers, &self.draft.warm_ups, compiles) {
                WarmUpVerdict::Again => {}
                WarmUpVerdict::Warm => return,
                WarmUpVerdict::Doubtful(doubt) => return self.draft.warnings.push(doubt),
                WarmUpVerdict::Never(reason) => return self.fail(Outcome::NoSteadyState, reason),
            }
            let id = self.next_id();
            if self.command(HarnessCommand::Warm { id }).await.is_none() {
                return;
            }
            match self.row(self.context.timeout, "warming up").await {
                Some(HarnessRow::Warmed(row)) if row.id == id => {
                    let start_ns = self.context.on_run_clock(row.warm_up.start_ns);
                    self.draft.warm_ups.push(WarmUp { start_ns, ..row.warm_up });
                }
                Some(other) => self.fail_unexpected(&other, "warmed"),
                None => {}
            }
        }
    }

    /// Returns whether it compiles while it runs, and so needs more than one warm-up.
    fn compiles(&self) -> bool {
        let interpreter = self.context.interpreter(&self.draft.cell, self.draft.side);
        interpreter.is_some_and(|found| self.context.compiles(&self.draft.cell, found))
    }

    /// Returns the number of the next command.
    fn next_id(&mut self) -> u32 {
        self.last_id += 1;
        self.last_id
    }

    /// Asks for one pass and waits for its value. `None`: it has failed, and the draft says how.
    pub(crate) async fn pass(&mut self, place: Place) -> Option<u64> {
        self.end_rest();
        let id = self.next_id();
        self.gap_ns = 0;
        let (sent, delay) = (monotonic_ns(), self.run_delay_ns());
        self.command(HarnessCommand::Pass { id }).await?;
        match self.row(self.context.timeout, "working").await? {
            HarnessRow::Value(value) if value.id == id => {
                let seen_ns = (monotonic_ns() - sent).saturating_sub(self.gap_ns);
                let waited_ns =
                    self.run_delay_ns().zip(delay).map(|(after, before)| after.saturating_sub(before));
                self.exchanges.push(Exchange { told_ns: value.whole_ns, seen_ns, waited_ns });
                self.harness_cpu_ns += value.harness_cpu_ns;
                self.peak_rss_bytes = self.peak_rss_bytes.max(value.extra.peak_rss_bytes);
                self.draft.values.push(Value {
                    ns: value.ns,
                    repeats: value.repeats.unwrap_or(1),
                    total_ns: value.total_ns,
                    block: self.draft.block,
                    sweep: place.sweep,
                    seq: place.seq,
                    start_ns: self.context.on_run_clock(value.start_ns),
                    warmup: place.warmup,
                    concurrent: place.concurrent,
                    checksum: value.checksum,
                    cpu_ns: value.cpu_ns,
                    loop_lag_ns: value.lag_ns,
                    loop_lag_p99_ns: value.extra.lag_p99_ns,
                    beats: value.extra.beats,
                    workers_cpu_ns: value.extra.workers_cpu_ns,
                    run_delay_ns: value.extra.run_delay_ns,
                    harness_ns: value.harness_ns,
                    after: None,
                });
                self.begin_rest(place, value.extra.late_cpu_ns);
                Some(value.ns)
            }
            other => {
                self.fail_unexpected(&other, "value");
                None
            }
        }
    }

    /// Returns how long the two ends of the conversation have waited for a CPU so far; `None`: the kernel doesn't tell.
    fn run_delay_ns(&self) -> Option<u64> {
        Some(run_delay_ns(Some(self.main_pid?))? + run_delay_ns(None)?)
    }

    /// Returns what the harness calls its pid, where that is a process of its tree: behind a wrapper it may be another than
    /// the root's, and in a container it means nothing here.
    fn in_tree(&self, pid: u32) -> Option<u32> {
        let known =
            || Some(self.context.reader.lock().ok()?.read(self.draft.pid).iter().any(|it| it.pid == pid));
        (pid == self.draft.pid || known()?).then_some(pid)
    }

    /// Lets the process end, or ends it, and waits until its whole tree is gone. Does nothing the second
    /// time.
    pub(crate) async fn end(&mut self) {
        if self.live.is_none() {
            return;
        }
        self.end_rest();
        let ending = monotonic_ns();
        if self.healthy() && self.command(HarnessCommand::End { crowd: self.crowd }).await.is_some() {
            match self.row(self.context.timeout, "ending").await {
                Some(HarnessRow::End { workers, blas, doubts, calls }) => {
                    (self.draft.blas, self.draft.doubts) = (blas, doubts.unwrap_or_default());
                    self.draft.calls = calls;
                    self.note_workers_after(&workers);
                }
                Some(other) => self.fail_unexpected(&other, "end"),
                None => {}
            }
        }
        self.verify_gil();
        self.verify_cpus();
        self.verify_clock();
        self.close(ending).await;
    }

    /// Ends the session as [`Session::end`] does, and gives its record.
    pub(crate) async fn finish(mut self) -> Finished {
        self.end().await;
        let mut usage = self.exit.and_then(|exit| exit.usage).map(|_| self.usage);
        if let Some(usage) = &mut usage {
            usage.user_ns = usage.user_ns.saturating_sub(self.harness_cpu_ns);
        }
        // Nothing is alive any more, so dropping the session has nothing left to kill.
        Finished { invocation: std::mem::take(&mut self.draft), usage }
    }

    /// Takes over what the workers said after the work.
    fn note_workers_after(&mut self, workers: &[RowWorker]) {
        for worker in &mut self.draft.workers {
            let same = |row: &&RowWorker| row.facts.pid == worker.pid && row.facts.thread == worker.thread;
            let row = workers.iter().find(same);
            worker.gil_enabled_after = row.map(|row| row.facts.gil_enabled_before);
            worker.cpus = row.and_then(|row| CpuSet::new(row.cpus.iter().flatten().copied()));
        }
    }
}
