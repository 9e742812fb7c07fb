//! What to use, for every workload and situation. An answer stands as soon as two cells have been compared; what
//! isn't known is the size of its regret. Nothing else in the crate judges what is best.

mod doubts;
mod types;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use crate::cell::ModeKind;
use crate::pairing::Pair;
use crate::plan::Situation;
use crate::record::Outcome;
use crate::stats::{Contest, Meeting, counted, mean};

use super::tally::Tally;
use super::{CellResult, Results};

pub(crate) use types::{Answer, Gain, NamedCell, NotConsidered};
pub(crate) use words::{advice, full_name};

/// Memory that differs by less than this share is the same.
const AS_LIGHT: f64 = 1.05;

/// What was measured of the cells of a run, by index, ready to be compared.
#[derive(Debug, Default)]
pub(super) struct ContestEvidence {
    /// By workload, for each block in which two were alive.
    pub(crate) warm: BTreeMap<String, Vec<Meeting>>,
    /// Cells, by index, that this run isn't asked about.
    pub(crate) unasked: BTreeSet<usize>,
    /// CPUs that other processes kept busy, by block.
    pub(crate) others_cpus: BTreeMap<u64, f64>,
    /// Round and log of the cold total, for each cell.
    pub(crate) totals: Vec<Vec<(u64, f64)>>,
    /// Block and log of the median longest stall of the loop, for each cell.
    pub(crate) stalls: Vec<Vec<(u64, f64)>>,
}

impl ContestEvidence {
    /// Takes a meeting of two contenders.
    pub(crate) fn take(&mut self, workload: &str, pair: &Pair) {
        if let Some(meeting) = pair.meeting() {
            self.warm.entry(workload.to_owned()).or_default().push(meeting);
            self.others_cpus.insert(pair.block, pair.others_cpus);
        }
    }

    /// Takes from what was kept of each cell what doesn't come from pairs.
    pub(crate) fn take_solos_and_stalls(&mut self, tallies: &[Tally]) {
        let totals = |tally: &Tally| {
            let mut totals = tally.totals.clone();
            totals.sort_unstable();
            totals.iter().map(|&(round, _, ns)| (u64::from(round), (ns.max(1) as f64).ln())).collect()
        };
        let stalls = |tally: &Tally| {
            let mut stalls: Vec<(u64, f64)> =
                tally.stalls.iter().map(|&(block, ns)| (block, ns.max(1.0).ln())).collect();
            stalls.sort_unstable_by_key(|(block, _)| *block);
            stalls
        };
        self.totals = tallies.iter().map(totals).collect();
        self.stalls = tallies.iter().map(stalls).collect();
    }

    fn of(&self, workload: &str, situation: Situation, cells: &[usize]) -> Vec<Meeting> {
        match situation {
            // Those with another interpreter's cells, too: they tell how meetings vary.
            Situation::Warm | Situation::SameInterpreter => {
                self.warm.get(workload).cloned().unwrap_or_default()
            }
            Situation::Cold => meetings(&self.totals, cells),
            Situation::Responsive => meetings(&self.stalls, cells),
        }
    }

    /// Leaves those that were started more than once, if there are: the others were slower at their first start.
    fn keep_started_again(&self, cells: &mut Vec<usize>) {
        let again = |index: &usize| self.totals.get(*index).is_some_and(|totals| totals.len() > 1);
        if cells.iter().filter(|index| again(index)).count() > 1 {
            cells.retain(again);
        }
    }

    /// Returns how many CPUs other processes kept busy in the blocks that count, on average. `None`: the situation rests
    /// on none.
    fn busy_cpus(&self, situation: Situation, meetings: &[Meeting]) -> Option<f64> {
        if situation == Situation::Cold {
            return None;
        }
        let blocks: BTreeSet<u64> = counted(meetings).map(|meeting| meeting.block).collect();
        let busy: Vec<f64> = blocks.iter().filter_map(|block| self.others_cpus.get(block).copied()).collect();
        mean(&busy)
    }
}

/// Cells meet where they were measured in the same block or round.
fn meetings(levels: &[Vec<(u64, f64)>], cells: &[usize]) -> Vec<Meeting> {
    let mut together: BTreeMap<u64, Vec<(usize, f64)>> = BTreeMap::new();
    for &cell in cells {
        let mut seen = None;
        for &(at, level) in levels.get(cell).map_or(&[][..], Vec::as_slice) {
            // The first of several: a second one is no independent meeting.
            if seen.replace(at) != Some(at) {
                together.entry(at).or_default().push((cell, level));
            }
        }
    }
    let mut found = Vec::new();
    for (&block, members) in &together {
        for (place, &(one, ours)) in members.iter().enumerate() {
            let others = members[place + 1..].iter();
            found.extend(others.map(|&(other, theirs)| {
                let value = theirs - ours;
                Meeting { one, other, value, waiting: 0.0, block, disturbed: false }
            }));
        }
    }
    found
}

/// Answers every question of a run.
pub(super) fn all(results: &Results, evidence: &ContestEvidence) -> Vec<Answer> {
    let mut answers = Vec::new();
    for workload in &results.workloads {
        for situation in Situation::ALL {
            let question = OpenQuestion::new(results, evidence, &workload.name, situation);
            answers.extend(question.and_then(|question| question.answer(evidence)));
        }
    }
    answers
}

/// One question under way to its answer.
struct OpenQuestion<'a> {
    results: &'a Results,
    workload: &'a str,
    situation: Situation,
    /// Every cell that could be the answer.
    candidates: Vec<usize>,
}

impl<'a> OpenQuestion<'a> {
    /// `None` where the question doesn't arise: no cell could answer it.
    fn new(
        results: &'a Results,
        evidence: &ContestEvidence,
        workload: &'a str,
        situation: Situation,
    ) -> Option<Self> {
        let admitted = |cell: &CellResult| {
            let has_loop = cell.loop_lag_ns.is_some();
            cell.workload == workload && situation.admits(cell, &results.baseline, has_loop)
        };
        let cells = results.cells.iter().enumerate();
        let candidates = cells.filter(|(index, cell)| admitted(cell) && !evidence.unasked.contains(index));
        let candidates: Vec<usize> = candidates.map(|(index, _)| index).collect();
        // An environment that an interpreter doesn't know is no other way to run a command.
        let a_way = |index: &&usize| {
            let cell = &results.cells[**index];
            !cell.is_command() || cell.outcome != Outcome::Skipped
        };
        let ways = candidates.iter().filter(a_way).count();
        // With one way there is nothing to ask but whether it could be measured.
        let asked = ways > 1 || (situation == Situation::Warm && !candidates.is_empty());
        asked.then_some(Self { results, workload, situation, candidates })
    }

    fn cell(&self, index: usize) -> &'a CellResult {
        &self.results.cells[index]
    }

    fn answer(&self, evidence: &ContestEvidence) -> Option<Answer> {
        let mut completed: Vec<usize> =
            (self.candidates.iter().copied()).filter(|&index| self.cell(index).is_comparable()).collect();
        if self.situation == Situation::Cold {
            evidence.keep_started_again(&mut completed);
        }
        let meetings = evidence.of(self.workload, self.situation, &completed);
        let several: Vec<bool> = self.results.cells.iter().map(|cell| cell.workers > 1).collect();
        let contest = Contest::new(&several, &meetings);
        let compared = connected(&completed, &contest);
        let precision = self.results.precision.ln_1p();
        let in_play = contest.in_play(&compared);
        let within = contest.deciding(&in_play, precision, self.stay(&compared));
        let chosen = match within.is_empty() {
            false => self.lightest(&within),
            true => {
                let first = self.worth_a_change(contest.front_runner(&in_play), &in_play, &contest);
                contest.regrets(&in_play).into_iter().find(|(index, _)| Some(*index) == first)
            }
        };
        let chosen = chosen.filter(|_| compared.len() > 1);
        // With nothing to choose from, nothing is as good.
        let is_as_good = |index: usize| chosen.is_some_and(|(choice, _)| choice != index);
        let as_good = within.iter().filter(|(index, _)| is_as_good(*index));
        let mut answer = Answer {
            workload: self.workload.to_owned(),
            situation: self.situation,
            choose: chosen.map(|(index, _)| self.named(index)),
            gain: chosen.and_then(|(index, _)| self.gain(index, &compared, &contest)),
            regret: chosen.map(|(_, regret)| regret.exp_m1()),
            decided: chosen.is_some() && !within.is_empty(),
            as_good: as_good.map(|(index, _)| self.named(*index)).collect(),
            compared: compared.len() as u32,
            not_considered: self.not_considered(&compared),
            memory_bytes: chosen.and_then(|(index, _)| self.cell(index).peak_bytes()),
            doubts: Vec::new(),
            text: String::new(),
        };
        answer.doubts = doubts::all(self.results, &answer, evidence.busy_cpus(self.situation, &meetings));
        answer.text = words::text(self.results, &answer);
        Some(answer)
    }

    fn named(&self, index: usize) -> NamedCell {
        NamedCell(self.cell(index).cell.clone())
    }

    /// Of those that are as good the lightest, then the simplest, then one on the baseline interpreter, then the one
    /// with the least regret.
    fn lightest(&self, within: &[(usize, f64)]) -> Option<(usize, f64)> {
        let bytes = |index: usize| self.cell(index).peak_bytes().unwrap_or(u64::MAX);
        let least = within.iter().map(|&(index, _)| bytes(index)).min()?;
        let light =
            within.iter().copied().filter(|&(index, _)| bytes(index) as f64 <= AS_LIGHT * least as f64);
        let rank = |index: usize| {
            let cell = self.cell(index);
            let kind = self.results.kind(&cell.mode).map_or(u8::MAX, simplicity);
            (kind, cell.interpreter != self.results.baseline)
        };
        light.min_by(|a, b| rank(a.0).cmp(&rank(b.0)).then(a.1.total_cmp(&b.1)))
    }

    /// Where the one that looks fastest doesn't even look faster than what people have, that is what to stay with.
    fn worth_a_change(&self, first: Option<usize>, in_play: &[usize], contest: &Contest) -> Option<usize> {
        let first = first?;
        let no_lead = |over: &usize| {
            let lead = contest.contrast(first, *over).map_or(f64::INFINITY, |found| found.estimate);
            lead <= self.results.precision.ln_1p()
        };
        self.stay(in_play).filter(no_lead).or(Some(first))
    }

    fn gain(&self, choice: usize, compared: &[usize], contest: &Contest) -> Option<Gain> {
        let over = self.what_people_have(choice, compared)?;
        let (ratio, ci95) = match choice == over {
            true => (1.0, [1.0, 1.0]),
            false => {
                let contrast = contest.contrast(choice, over)?;
                (contrast.estimate.exp(), contrast.ci95().map(f64::exp))
            }
        };
        Some(Gain { over: self.named(over), ratio, ci95 })
    }

    /// The plain loop that people have already; a stall's choice has nothing to stay with.
    fn stay(&self, compared: &[usize]) -> Option<usize> {
        let asked = self.situation != Situation::Responsive;
        compared.iter().copied().find(|&index| asked && self.cell(index).is_single_of(&self.results.baseline))
    }

    /// The baseline interpreter's plain loop; of a stall the worst on the choice's interpreter, which is what a loop
    /// that computes by itself does.
    fn what_people_have(&self, choice: usize, compared: &[usize]) -> Option<usize> {
        if self.situation != Situation::Responsive {
            return self.stay(compared);
        }
        let home = &self.cell(choice).interpreter;
        let at_home = compared.iter().copied().filter(|&index| self.cell(index).interpreter == *home);
        at_home.max_by_key(|&index| self.cell(index).loop_lag_ns)
    }

    fn not_considered(&self, compared: &[usize]) -> Vec<NotConsidered> {
        let others = self.candidates.iter().filter(|index| !compared.contains(index));
        others
            .map(|&index| {
                let cell = self.cell(index);
                let disqualified = cell.disqualified().map(|doubt| &doubt.text);
                let reason = match (cell.outcome, cell.reason.as_ref().or(disqualified)) {
                    (Outcome::Completed, None) if self.situation == Situation::Cold => {
                        "its first start was slower than that of those that were started again".to_owned()
                    }
                    (Outcome::Completed, None) => "it never ran beside the others".to_owned(),
                    (_, Some(reason)) => reason.clone(),
                    (outcome, None) => format!("{outcome:?}"),
                };
                NotConsidered { cell: self.named(index), reason }
            })
            .collect()
    }
}

/// The largest part of the cells in which each can be compared with each.
fn connected(cells: &[usize], contest: &Contest) -> Vec<usize> {
    let reach = |&one: &usize| -> Vec<usize> {
        let met = |other: &usize| *other == one || contest.contrast(one, *other).is_some();
        cells.iter().copied().filter(met).collect()
    };
    let largest = cells.iter().map(reach).max_by_key(Vec::len).unwrap_or_default();
    let all_met =
        |one: &usize| largest.iter().all(|other| one == other || contest.contrast(*one, *other).is_some());
    largest.iter().copied().filter(all_met).collect()
}

/// Of two that are as good and as light, people rather take the one with less machinery.
fn simplicity(kind: ModeKind) -> u8 {
    match kind {
        ModeKind::Inline | ModeKind::Command => 0,
        ModeKind::Loop => 1,
        ModeKind::Threads => 2,
        ModeKind::Interpreters => 3,
        ModeKind::Processes => 4,
    }
}
