//! One pass over the record.

use std::collections::BTreeMap;

use crate::cell::REFERENCE;
use crate::record::{Invocation, InvocationKind, RunInfo, Side};
use crate::stats::pair_value;

use super::against::Gate;
use super::blocks::{Block, Blocks, Member};
use super::capacity::Capacities;
use super::compare::Pairs;
use super::disturbed::Disturbed;
use super::reference::References;
use super::results::{Counts, RESULTS_SCHEMA, Results, RivalResult, Sampling, WorkloadInfo};
use super::roles::Roles;
use super::tally::Tally;
use super::{advice, checksums, derive, proof, ratio, steady, summary, warnings};

/// What the record shows, in the plan's order. Reads each invocation once and keeps per cell a few
/// numbers per invocation and block; the order in which the invocations come doesn't matter as long as
/// the members of a block aren't more than some 60 blocks apart.
pub fn analyse(run: &RunInfo, records: impl IntoIterator<Item = Invocation>) -> Results {
    analyse_over(run, records, &run.matrix.interpreters.baseline)
}

/// The same with another interpreter as baseline than the run's own. Where a cell and the new baseline were
/// alive in the same blocks, the ratio comes from there; else from both over the run's own baseline, with an
/// interval as wide as that makes it.
pub fn analyse_over(run: &RunInfo, records: impl IntoIterator<Item = Invocation>, baseline: &str) -> Results {
    let mut fold = Fold::new(run, baseline);
    for invocation in records {
        fold.take(invocation);
    }
    fold.finish()
}

struct Fold<'a> {
    run: &'a RunInfo,
    baseline: &'a str,
    roles: Roles,
    tallies: Vec<Tally>,
    blocks: Blocks,
    capacities: Capacities,
    rivals: BTreeMap<(usize, usize), Vec<(u64, f64)>>,
    gate: Gate,
    references: References,
    /// Invocations of cells that aren't in the plan.
    strangers: u32,
    disturbed: Disturbed,
    sampling: Sampling,
}

impl<'a> Fold<'a> {
    fn new(run: &'a RunInfo, baseline: &'a str) -> Self {
        Self {
            run,
            baseline,
            roles: Roles::new(run, &run.matrix.interpreters.baseline),
            tallies: run.plan.cells.iter().map(|_| Tally::default()).collect(),
            blocks: Blocks::default(),
            capacities: Capacities::default(),
            rivals: BTreeMap::new(),
            gate: Gate::default(),
            references: References::default(),
            strangers: 0,
            disturbed: Disturbed::default(),
            sampling: Sampling::default(),
        }
    }

    fn take(&mut self, mut invocation: Invocation) {
        let objection = proof::objection(self.run, &invocation);
        if invocation.kind == InvocationKind::Reference {
            self.references.take(&invocation, objection.is_none());
            if invocation.cell.workload == REFERENCE {
                return;
            }
        }
        let Some(cell) = self.roles.find(&invocation.cell) else {
            self.strangers += 1;
            return;
        };
        self.disturbed.take(&invocation);
        invocation.resources.iter().for_each(|resources| self.sampling.take(resources));
        if invocation.kind == InvocationKind::Against || invocation.side == Side::Base {
            self.gate.take(cell, &invocation, objection.as_deref());
        }
        // The base side says nothing about the cell itself.
        if invocation.side == Side::Base {
            return;
        }
        let paired = !matches!(invocation.kind, InvocationKind::Against | InvocationKind::Reference);
        let counts = self.tallies[cell].take(&mut invocation, objection);
        if paired && let Some(block) = self.blocks.add(cell, &invocation, counts) {
            self.close(block);
        }
    }

    fn close(&mut self, block: Block) {
        match block.kind {
            InvocationKind::Capacity => self.capacities.take(block),
            InvocationKind::Block | InvocationKind::Rivals => self.pair(&block),
            InvocationKind::Solo | InvocationKind::Against | InvocationKind::Reference => {}
        }
    }

    fn pair(&mut self, block: &Block) {
        for member in block.distinct() {
            let (base, own) = (self.roles.base[member.cell], self.roles.own[member.cell]);
            let against = |other: Option<usize>| block.of(other.filter(|other| *other != member.cell)?);
            let work = |other: &Member| self.roles.work[member.cell] - self.roles.work[other.cell];
            let wall =
                |other: &Member| Some((block.id, pair_value(&other.passes, &member.passes)? + work(other)));
            // More CPU time for the same work is above 0.
            let cpu = |other: &Member| Some((block.id, pair_value(&member.cpu, &other.cpu)? - work(other)));
            let (base, own) = (against(base), against(own));
            let tally = &mut self.tallies[member.cell];
            tally.over_base.extend(base.and_then(wall));
            tally.over_own.extend(own.and_then(wall));
            tally.cpu_over_base.extend(base.and_then(cpu));
            tally.cpu_over_own.extend(own.and_then(cpu));
        }
        if block.kind == InvocationKind::Rivals {
            for cell in block.distinct() {
                for other in block.distinct().filter(|other| other.cell > cell.cell) {
                    if let Some(value) = pair_value(&other.passes, &cell.passes) {
                        let work = self.roles.work[cell.cell] - self.roles.work[other.cell];
                        self.rivals
                            .entry((cell.cell, other.cell))
                            .or_default()
                            .push((block.id, value + work));
                    }
                }
            }
        }
    }

    fn finish(mut self) -> Results {
        for block in self.blocks.drain() {
            self.close(block);
        }
        let Self {
            run,
            baseline,
            roles,
            mut tallies,
            blocks,
            capacities,
            rivals,
            gate,
            references,
            strangers,
            disturbed,
            sampling,
        } = self;
        steady::judge(&mut tallies);
        checksums::judge(run, &roles, &mut tallies);
        let pairs = Pairs::new(&mut tallies, rivals, roles.base.clone());
        let roles = if roles.baseline == baseline { roles } else { Roles::new(run, baseline) };
        let cells = summary::cells(run, &roles, &mut tallies, &pairs);
        let mut results = Results {
            schema: RESULTS_SCHEMA.to_owned(),
            run_id: run.run_id.clone(),
            tool_version: run.tool_version.clone(),
            status: run.status,
            command: run.command.clone(),
            seed: run.seed,
            started_unix_ns: run.started_unix_ns,
            finished_unix_ns: run.finished_unix_ns,
            host: run.host.clone(),
            parts: run.parts.clone(),
            interpreters: run.interpreters.clone(),
            missing: run.missing.clone(),
            modes: run.modes_of_plan(),
            baseline: baseline.to_owned(),
            precision: run.matrix.run.precision,
            max_memory_bytes: run.matrix.run.max_memory_bytes,
            workloads: workloads(run),
            counts: Counts::default(),
            rivals: rival_results(run, &pairs, &cells),
            against: gate.results(run, &roles, &cells, &tallies),
            references: references.results(run),
            harness_sha256: Some(run.harness_sha256.clone()).filter(|sum| !sum.is_empty()),
            single_thread: Vec::new(),
            scaling: Vec::new(),
            memory_growth: Vec::new(),
            break_even: Vec::new(),
            overall: Vec::new(),
            choices: Vec::new(),
            cells,
            capacity: capacities.results(run),
            sampling: (sampling.invocations > 0).then_some(sampling),
            advice: Vec::new(),
            warnings: Vec::new(),
        };
        derive::all(&mut results, &tallies, &pairs);
        results.counts = summary::counts(&results.cells);
        results.counts.disturbed = disturbed.invocations;
        results.warnings = warnings::all(run, &roles, &results, &pairs, blocks.late, strangers);
        results.warnings.extend(disturbed.warning());
        results.advice = advice::all(&results, &pairs);
        results.choices = advice::choices(&results, &pairs);
        results
    }
}

fn workloads(run: &RunInfo) -> Vec<WorkloadInfo> {
    let info = |workload: &crate::matrix::Workload| WorkloadInfo {
        name: workload.name.clone(),
        tasks: workload.tasks,
        args: workload.shown_args(),
        script_sha256: workload.script.as_ref().map(|script| script.sha256.clone()),
        scaling: workload.scaling,
        sweep: workload.sweep.clone(),
        stress: workload.stress.clone(),
        expect: workload.expect.clone(),
    };
    run.matrix.workloads.iter().map(info).collect()
}

/// The faster of each two comes first. Nothing is said about cells that failed.
fn rival_results(run: &RunInfo, pairs: &Pairs, cells: &[super::CellResult]) -> Vec<RivalResult> {
    let mut results = Vec::new();
    for ((first, second), values) in &pairs.rivals {
        if cells[*first].outcome.is_failure() || cells[*second].outcome.is_failure() {
            continue;
        }
        let logs = ratio::logs(values);
        let swap = logs.iter().sum::<f64>() < 0.0;
        let logs: Vec<f64> = logs.into_iter().map(|value| if swap { -value } else { value }).collect();
        let (cell, against) = if swap { (*second, *first) } else { (*first, *second) };
        let name = run.plan.cells[against].cell.to_string();
        if let Some(speedup) = ratio::speedup(name, &logs, run.matrix.run.precision) {
            results.push(RivalResult { workload: cells[cell].workload.clone(), cell, against, speedup });
        }
    }
    results
}
