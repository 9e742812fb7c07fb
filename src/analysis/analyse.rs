//! One pass over the record.

use std::collections::{BTreeMap, BTreeSet};

use crate::cell::PLAIN;
use crate::doubts::Ledger;
use crate::pairing::{Pair, Pairing, Roles};
use crate::plan::PlannedCell;
use crate::record::{Invocation, InvocationKind, Outcome, RunInfo, Side};

use super::against::AgainstFold;
use super::answers::{self, ContestEvidence};
use super::cell_pairs::CellPairs;
use super::disturbed::Disturbed;
use super::tally::Tally;
use super::{RESULTS_SCHEMA, Results, Sampling, WorkloadResult};
use super::{checksums, derive, proof, summary, warnings};

/// What the record shows, in the plan's order. Reads each invocation once and keeps per cell a few
/// numbers per invocation and block; the order in which the invocations come doesn't matter as long as
/// the members of a block aren't more than some 60 blocks apart.
pub fn analyse(run: &RunInfo, records: impl IntoIterator<Item = Invocation>) -> Results {
    analyse_over(run, records, &run.matrix.interpreters.baseline)
}

/// Does what [`analyse`] does, with another interpreter as baseline than the run's own. Where a cell and the new baseline were
/// alive in the same blocks, the ratio comes from there; else from both over the run's own baseline, with an
/// interval as wide as that makes it.
pub(crate) fn analyse_over(
    run: &RunInfo,
    records: impl IntoIterator<Item = Invocation>,
    baseline: &str,
) -> Results {
    let mut fold = Fold::new(run, baseline);
    for invocation in records {
        fold.take(invocation);
    }
    fold.finish()
}

struct Fold<'a> {
    run: &'a RunInfo,
    baseline: &'a str,
    pairing: Pairing,
    pairs: CellPairs,
    tallies: Vec<Tally>,
    ledger: Ledger,
    evidence: ContestEvidence,
    gate: AgainstFold,
    /// Invocations of cells that aren't in the plan.
    unplanned: u32,
    disturbed: Disturbed,
    sampling: Sampling,
    elapsed_ns: u64,
}

impl<'a> Fold<'a> {
    fn new(run: &'a RunInfo, baseline: &'a str) -> Self {
        let roles = roles(run, &run.matrix.interpreters.baseline);
        Self {
            run,
            baseline,
            pairs: CellPairs::new(roles.base.clone()),
            pairing: Pairing::new(roles),
            tallies: run.plan.cells.iter().map(|_| Tally::default()).collect(),
            ledger: Ledger::new(run.plan.cells.iter().map(|planned| &planned.cell)),
            evidence: ContestEvidence::default(),
            gate: AgainstFold::default(),
            unplanned: 0,
            disturbed: Disturbed::default(),
            sampling: Sampling::default(),
            elapsed_ns: 0,
        }
    }

    fn take(&mut self, mut invocation: Invocation) {
        self.elapsed_ns = self.elapsed_ns.max(invocation.ended_ns());
        let objection = proof::objection(self.run, &invocation);
        let sound = invocation.outcome == Outcome::Completed && objection.is_none();
        let pairs = self.pairing.take(&invocation, sound);
        self.keep(&pairs);
        let Some(cell) = self.pairing.roles.find(&invocation.cell) else {
            self.unplanned += u32::from(!invocation.cell.is_reference());
            return;
        };
        self.disturbed.take(&invocation);
        self.ledger.take(cell, &invocation);
        invocation.resources.iter().for_each(|resources| self.sampling.take(resources));
        if invocation.kind == InvocationKind::Against || invocation.side == Side::Base {
            self.gate.take(cell, &invocation, objection.as_ref().map(|(_, text)| text.as_str()));
        }
        // The base side says nothing about the cell itself.
        if invocation.side == Side::New {
            self.tallies[cell].take(&mut invocation, objection);
        }
    }

    fn keep(&mut self, pairs: &[Pair]) {
        for pair in pairs {
            self.pairs.take(pair);
            self.ledger.take_pair(pair);
            self.evidence.take(&self.run.plan.cells[pair.cell].cell.workload, pair);
        }
    }

    fn finish(mut self) -> Results {
        let last = self.pairing.close();
        self.keep(&last);
        let Self { run, baseline, .. } = self;
        self.pairs.sort();
        self.tallies.iter_mut().for_each(Tally::finish);
        self.evidence.take_solos_and_stalls(&self.tallies);
        self.evidence.unasked = unasked(run);
        checksums::judge(run, &self.pairing.roles, &mut self.tallies);
        for (index, planned) in run.plan.cells.iter().enumerate() {
            let changed = run.changed.iter().filter(|changed| changed.is_of(&planned.cell));
            changed.for_each(|changed| self.ledger.take_changed(index, changed));
        }
        let late = self.pairing.late();
        let own = self.pairing.roles;
        let roles = if own.baseline == baseline { own } else { roles(run, baseline) };
        let cells = summary::cells(run, &roles, &mut self.tallies, &self.pairs, &self.ledger);
        let mut results = Results {
            schema: RESULTS_SCHEMA.to_owned(),
            run_id: run.run_id.clone(),
            tool_version: run.tool_version.clone(),
            status: run.status,
            command: run.command.clone(),
            seed: run.seed,
            started_unix_ns: run.started_unix_ns,
            finished_unix_ns: run.finished_unix_ns,
            elapsed_ns: Some(self.elapsed_ns).filter(|&ns| ns > 0),
            host: run.host.clone(),
            parts: run.parts.clone(),
            loader_env: loader_env(run),
            interpreters: run.interpreters.clone(),
            missing: run.missing.clone(),
            modes: run.modes_of_plan(),
            baseline: baseline.to_owned(),
            precision: run.matrix.run.precision,
            max_memory_bytes: run.matrix.run.max_memory_bytes,
            workloads: workloads(run),
            against: self.gate.results(run, &roles, &cells, &self.tallies, &self.pairs),
            references: self.pairs.beside_reference(run),
            harness_sha256: Some(run.harness_sha256.clone()).filter(|sum| !sum.is_empty()),
            cells,
            capacity: self.pairs.capacities(run),
            sampling: (self.sampling.invocations > 0).then_some(self.sampling),
            // What follows from these.
            ..Results::default()
        };
        derive::all(&mut results, &self.tallies, &self.pairs);
        results.counts = summary::counts(&results.cells);
        results.counts.disturbed = self.disturbed.invocations;
        results.warnings = warnings::all(run, &roles, &results, &self.pairs, late, self.unplanned);
        results.warnings.extend(self.disturbed.warning());
        results.answers = answers::all(&results, &self.evidence);
        results
    }
}

/// Cells, by index, that the run isn't asked about.
fn unasked(run: &RunInfo) -> BTreeSet<usize> {
    let left_out = |planned: &PlannedCell| planned.skipped.as_ref().is_some_and(|it| it.kind.is_unasked());
    let cells = run.plan.cells.iter().enumerate();
    cells.filter(|(_, planned)| left_out(planned)).map(|(index, _)| index).collect()
}

fn loader_env(run: &RunInfo) -> BTreeMap<String, BTreeMap<String, String>> {
    let environments = std::iter::once(PLAIN).chain(run.matrix.variants.iter().map(|it| it.name.as_str()));
    let of_each = environments.map(|name| (name.to_owned(), run.matrix.loader_env(name)));
    of_each.filter(|(_, variables)| !variables.is_empty()).collect()
}

fn roles(run: &RunInfo, baseline: &str) -> Roles {
    let weak =
        |name: &str| run.matrix.workloads.iter().any(|workload| workload.name == name && workload.weak());
    Roles::new(run.plan.cells.iter().map(|planned| &planned.cell), baseline, weak)
}

fn workloads(run: &RunInfo) -> Vec<WorkloadResult> {
    let info = |workload: &crate::matrix::Workload| WorkloadResult {
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
