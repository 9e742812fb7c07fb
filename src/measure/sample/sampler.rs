//! The sampling thread of one solo invocation.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::{Fold, TreeReader};
use crate::measure::clock::thread_cpu_ns;
use crate::record::{Sample, SamplerCost};

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
        Self { root, launched, interval, reader, fold: Fold::default(), seen: Sampled::default() }
    }

    fn run(mut self, inbox: &Receiver<Order>) -> Sampled {
        let cpu_before = thread_cpu_ns();
        let mut due = Instant::now();
        loop {
            match inbox.recv_timeout(due.saturating_duration_since(Instant::now())) {
                Ok(Order::Mark(done)) => {
                    self.sample(true);
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
            self.keep_budget(thread_cpu_ns() - cpu_before);
            due = (due + self.interval).max(Instant::now());
        }
        self.seen.cost.interval_ns = self.interval.as_nanos() as u64;
        self.seen.cost.cpu_ns = thread_cpu_ns() - cpu_before;
        self.seen
    }

    fn sample(&mut self, with_pss: bool) {
        let readings = self.reader.read(self.root);
        let pss = if with_pss { self.reader.pss_bytes(self.root) } else { None };
        self.seen.pss_samples += u32::from(pss.is_some());
        let t_ns = self.launched.elapsed().as_nanos() as u64;
        self.seen.samples.extend(self.fold.sample(t_ns, &readings, pss));
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
