//! The sampling thread of one solo invocation.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::TreeFold;
use super::budget::{Allowance, share};
use crate::platform::{TreeReader, boot_ns, command_line, thread_cpu_ns};
use crate::record::{ProcessSeries, Sample, SamplerCost};

/// PSS walks the page tables: this often, or when RSS has grown beyond all that a PSS was read for ...
const PSS_INTERVAL: Duration = Duration::from_millis(500);
const PSS_GROWTH: f64 = 1.02;
/// ... and within this share of one core.
const PSS_SHARE: f64 = 0.02;
/// What may be spent ahead of the shares: opening the files of a whole tree, a short invocation's few PSS.
const STORE: Duration = Duration::from_millis(5);
const PSS_STORE: Duration = Duration::from_millis(20);
/// Held back for more than this share of the time, the rate counts as lowered.
const HELD_BACK: f64 = 0.1;

/// A running sampler. Dropping it stops it and loses what it read.
#[derive(Debug)]
pub struct Sampler {
    /// What is sent has everything read now, PSS too, and is answered when that is done.
    marks: Sender<Sender<()>>,
    thread: JoinHandle<Sampled>,
}

/// What a sampler has seen.
#[derive(Debug, Default)]
pub struct Sampled {
    /// The tree at each moment.
    pub samples: Vec<Sample>,
    /// Its processes, parents before their children.
    pub processes: Vec<ProcessSeries>,
    /// How many processes have no series, since there were too many.
    pub left_out: u32,
    /// How many of the samples have PSS.
    pub pss_samples: u32,
    /// What sampling itself took.
    pub cost: SamplerCost,
    /// Whether the rate was lowered to keep within the budget.
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
        let (marks, inbox) = channel();
        let thread = std::thread::Builder::new()
            .name("sampler".into())
            .spawn(move || Worker::new(root, launched, interval, reader).run(&inbox))?;
        Ok(Self { marks, thread })
    }

    /// Takes a full sample, PSS included, at a moment when memory is known to be in use.
    pub async fn mark(&self) {
        let (done, answer) = channel();
        if self.marks.send(done).is_ok() {
            // The thread answers within milliseconds; the runner has nothing else to do meanwhile.
            let _ = tokio::task::spawn_blocking(move || answer.recv()).await;
        }
    }

    /// Ends the thread and gives what it read.
    pub fn stop(self) -> Sampled {
        drop(self.marks);
        self.thread.join().unwrap_or_default()
    }
}

struct Worker {
    root: u32,
    launched: Instant,
    started: Instant,
    interval: Duration,
    reader: Box<dyn TreeReader>,
    fold: TreeFold,
    seen: Sampled,
    allowance: Allowance,
    pss_allowance: Allowance,
    last_pss: Duration,
    /// Highest RSS of the tree for which PSS was read.
    pss_at_rss: u64,
    /// How long it waited for the allowance, beyond the interval.
    held_back: Duration,
    /// CPU of this thread when it was last looked at.
    cpu_ns: u64,
}

impl Worker {
    fn new(root: u32, launched: Instant, interval: Duration, reader: Box<dyn TreeReader>) -> Self {
        let cost = SamplerCost {
            asked_interval_ns: interval.as_nanos() as u64,
            backend: reader.name().to_owned(),
            ..SamplerCost::default()
        };
        Self {
            root,
            launched,
            started: Instant::now(),
            interval,
            reader,
            fold: TreeFold::new(boot_ns().saturating_sub(launched.elapsed().as_nanos() as u64)),
            seen: Sampled { cost, ..Sampled::default() },
            allowance: Allowance::new(STORE),
            pss_allowance: Allowance::new(PSS_STORE),
            last_pss: Duration::ZERO,
            pss_at_rss: 0,
            held_back: Duration::ZERO,
            cpu_ns: 0,
        }
    }

    fn run(mut self, inbox: &Receiver<Sender<()>>) -> Sampled {
        self.started = Instant::now();
        let cpu_before = thread_cpu_ns();
        self.cpu_ns = cpu_before;
        let mut due = self.started;
        loop {
            match inbox.recv_timeout(due.saturating_duration_since(Instant::now())) {
                Ok(done) => {
                    self.sample(true);
                    self.name_processes(1);
                    let _ = done.send(());
                    continue;
                }
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => {}
            }
            if due.elapsed() > self.interval / 2 {
                self.seen.cost.late_ticks += 1;
            }
            self.seen.cost.ticks += 1;
            let share = self.sample(false);
            self.name_processes(2);
            let afford = Instant::now() + self.allowance.wait(self.started.elapsed(), share);
            due = (due + self.interval).max(Instant::now());
            self.held_back += afford.saturating_duration_since(due);
            due = due.max(afford);
        }
        let wall = self.started.elapsed();
        let cost = &mut self.seen.cost;
        cost.wall_ns = wall.as_nanos() as u64;
        cost.cpu_ns = thread_cpu_ns() - cpu_before;
        self.seen.slowed = self.held_back.as_secs_f64() > HELD_BACK * wall.as_secs_f64();
        cost.interval_ns = match self.seen.slowed {
            true => cost.wall_ns / u64::from(cost.ticks.max(1)),
            false => cost.asked_interval_ns,
        };
        (self.seen.processes, self.seen.left_out) = self.fold.finish();
        self.seen
    }

    /// Reads the tree, PSS too where it is its turn; gives the share that the next reading may take.
    fn sample(&mut self, mark: bool) -> f64 {
        let readings = self.reader.read(self.root);
        let share = share(readings.len());
        // All that this thread has done since it last read PSS, waking up included.
        let cost = self.cpu_since();
        let now = self.started.elapsed();
        self.allowance.spend(now, share, cost);

        let rss: u64 = readings.iter().map(|reading| reading.rss_bytes).sum();
        let grown = rss as f64 > self.pss_at_rss as f64 * PSS_GROWTH;
        let wanted = grown || now.saturating_sub(self.last_pss) >= PSS_INTERVAL;
        let pss = if mark || (wanted && self.pss_allowance.wait(now, PSS_SHARE).is_zero()) {
            let pids: Vec<u32> = readings.iter().map(|reading| reading.pid).collect();
            self.pss_at_rss = self.pss_at_rss.max(rss);
            self.last_pss = now;
            self.reader.pss(&pids)
        } else {
            None
        };
        self.seen.pss_samples += u32::from(pss.is_some());
        let t_ns = self.launched.elapsed().as_nanos() as u64;
        self.seen.samples.extend(self.fold.sample(t_ns, &readings, pss.as_deref()));
        if self.last_pss == now {
            let cost = self.cpu_since();
            self.seen.cost.pss_cpu_ns += cost;
            self.pss_allowance.spend(self.started.elapsed(), PSS_SHARE, cost);
        }
        share
    }

    fn cpu_since(&mut self) -> u64 {
        let now = thread_cpu_ns();
        let since = now.saturating_sub(self.cpu_ns);
        self.cpu_ns = now;
        since
    }

    /// Says what processes are, once they have been there for some samples.
    fn name_processes(&mut self, samples: usize) {
        for pid in self.fold.unnamed(samples) {
            self.fold.name(pid, &command_line(pid));
        }
    }
}
