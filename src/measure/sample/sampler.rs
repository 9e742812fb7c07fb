//! The sampling thread of one solo invocation.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::reader::command_line;
use super::{Fold, TreeReader};
use crate::measure::clock::{boot_ns, thread_cpu_ns};
use crate::record::{ProcessSeries, Sample, SamplerCost};

/// PSS walks the page tables: read it at this many ordinary samples' distance.
const PSS_EVERY: u32 = 10;
/// Share of one core that sampling may take; beyond it the rate is halved.
const BUDGET: f64 = 0.01;
const SLOWEST: Duration = Duration::from_secs(1);

enum Order {
    /// Read everything now, PSS too, and answer when done.
    Mark(Sender<()>),
    Stop,
}

/// A running sampler. Dropping it stops it and loses what it read.
#[derive(Debug)]
pub struct Sampler {
    orders: Sender<Order>,
    thread: Option<JoinHandle<Sampled>>,
}

/// What a sampler has seen.
#[derive(Debug, Default)]
pub struct Sampled {
    pub samples: Vec<Sample>,
    pub processes: Vec<ProcessSeries>,
    /// Processes without a series, since there were too many.
    pub left_out: u32,
    pub pss_samples: u32,
    pub cost: SamplerCost,
    /// The rate was lowered to keep within the budget.
    pub slowed: bool,
}

impl Sampler {
    /// Follows `root` and all below it, one sample each `interval`, times counted from `launched`.
    ///
    /// # Errors
    /// No thread can be started.
    pub fn start(
        root: u32,
        launched: Instant,
        interval: Duration,
        reader: Box<dyn TreeReader>,
    ) -> std::io::Result<Self> {
        let (orders, inbox) = channel();
        let thread = std::thread::Builder::new()
            .name("sampler".into())
            .spawn(move || Worker::new(root, launched, interval, reader).run(&inbox))?;
        Ok(Self { orders, thread: Some(thread) })
    }

    /// Takes a full sample, PSS included, at a moment when memory is known to be in use.
    pub async fn mark(&self) {
        let (done, answer) = channel();
        if self.orders.send(Order::Mark(done)).is_ok() {
            // The thread answers within milliseconds; the runner has nothing else to do meanwhile.
            let _ = tokio::task::spawn_blocking(move || answer.recv()).await;
        }
    }

    /// Ends the thread and gives what it read.
    pub fn stop(mut self) -> Sampled {
        let _ = self.orders.send(Order::Stop);
        self.thread.take().and_then(|thread| thread.join().ok()).unwrap_or_default()
    }
}

struct Worker {
    root: u32,
    launched: Instant,
    interval: Duration,
    reader: Box<dyn TreeReader>,
    fold: Fold,
    seen: Sampled,
}

impl Worker {
    fn new(root: u32, launched: Instant, interval: Duration, reader: Box<dyn TreeReader>) -> Self {
        let cost = SamplerCost {
            asked_interval_ns: interval.as_nanos() as u64,
            backend: reader.name().to_owned(),
            ..SamplerCost::default()
        };
        let seen = Sampled { cost, ..Sampled::default() };
        let fold = Fold::new(boot_ns().saturating_sub(launched.elapsed().as_nanos() as u64));
        Self { root, launched, interval, reader, fold, seen }
    }

    fn run(mut self, inbox: &Receiver<Order>) -> Sampled {
        let (cpu_before, started) = (thread_cpu_ns(), Instant::now());
        let mut due = started;
        loop {
            match inbox.recv_timeout(due.saturating_duration_since(Instant::now())) {
                Ok(Order::Mark(done)) => {
                    self.sample(true);
                    self.name_processes(1);
                    let _ = done.send(());
                    continue;
                }
                Ok(Order::Stop) | Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => {}
            }
            if due.elapsed() > self.interval / 2 {
                self.seen.cost.late_ticks += 1;
            }
            self.seen.cost.ticks += 1;
            self.sample(self.seen.cost.ticks.is_multiple_of(PSS_EVERY));
            self.name_processes(2);
            self.keep_budget(thread_cpu_ns() - cpu_before);
            due = (due + self.interval).max(Instant::now());
        }
        self.seen.cost.interval_ns = self.interval.as_nanos() as u64;
        self.seen.cost.cpu_ns = thread_cpu_ns() - cpu_before;
        self.seen.cost.wall_ns = started.elapsed().as_nanos() as u64;
        (self.seen.processes, self.seen.left_out) = self.fold.finish();
        self.seen
    }

    fn sample(&mut self, with_pss: bool) {
        let readings = self.reader.read(self.root);
        let before = thread_cpu_ns();
        let pss = with_pss.then(|| readings.iter().map(|reading| reading.pid).collect::<Vec<_>>());
        let pss = pss.and_then(|pids| self.reader.pss(&pids));
        self.seen.cost.pss_cpu_ns += thread_cpu_ns() - before;
        self.seen.pss_samples += u32::from(pss.is_some());
        let t_ns = self.launched.elapsed().as_nanos() as u64;
        self.seen.samples.extend(self.fold.sample(t_ns, &readings, pss.as_deref()));
    }

    /// Says what processes are, once they have been there for some samples.
    fn name_processes(&mut self, samples: usize) {
        for pid in self.fold.unnamed(samples) {
            self.fold.name(pid, &command_line(pid));
        }
    }

    /// After a start that may cost more (ten ticks), a rate that costs too much is halved.
    fn keep_budget(&mut self, cpu_ns: u64) {
        let allowed = self.launched.elapsed().as_nanos() as f64 * BUDGET;
        if self.seen.cost.ticks > 10 && cpu_ns as f64 > allowed && self.interval < SLOWEST {
            self.interval = (self.interval * 2).min(SLOWEST);
            self.seen.slowed = true;
        }
    }
}
