//! What every report says of a run's answers, and in which order. The sentences themselves are the analysis's.

use crate::analysis::{Answer, Doubt, DoubtKind, NamedCell, Situation};

use super::format;
use super::view::View;

/// A run that long would not be waited for.
const MOST_MINUTES: f64 = 120.0;

impl View<'_> {
    /// The answers that are told. Staying on the baseline interpreter is a question of its own only where the best
    /// way is on another one.
    pub(crate) fn told_answers(&self) -> Vec<&Answer> {
        let told = |answer: &&Answer| match answer.situation {
            Situation::Warm => true,
            Situation::SameInterpreter => self.best_way(&answer.workload) != answer.choose.as_ref(),
            Situation::Cold | Situation::Responsive => answer.choose.is_some(),
        };
        self.answers.iter().filter(told).collect()
    }

    /// The doubts that all told answers have: said once.
    pub(crate) fn shared_doubts(&self) -> Vec<&Doubt> {
        let told = self.told_answers();
        let Some((first, rest)) = told.split_first().filter(|(_, rest)| !rest.is_empty()) else {
            return Vec::new();
        };
        first.doubts.iter().filter(|doubt| rest.iter().all(|other| other.doubts.contains(doubt))).collect()
    }

    /// The doubts that an answer has beside those of all.
    pub(crate) fn own_doubts<'a>(&'a self, answer: &'a Answer) -> impl Iterator<Item = &'a Doubt> {
        let shared = self.shared_doubts();
        answer.doubts.iter().filter(move |doubt| !shared.contains(doubt))
    }

    /// The answer of a workload to the first question that people have.
    pub(crate) fn best_way(&self, workload: &str) -> Option<&NamedCell> {
        let mut of_workload = self.answers.iter().filter(|one| one.workload == workload);
        of_workload.find(|one| one.situation == Situation::Warm)?.choose.as_ref()
    }

    /// `5 of 6 questions answered`: of those that a run is waited for. `None`: there was none.
    pub(crate) fn answered(&self) -> Option<String> {
        let asked = self.waited_for();
        let decided = asked.iter().filter(|answer| answer.decided).count();
        (!asked.is_empty())
            .then(|| format!("{decided} of {} answered", format::count(asked.len(), "question")))
    }

    fn waited_for(&self) -> Vec<&Answer> {
        self.answers.iter().filter(|answer| answer.situation.is_waited_for()).collect()
    }

    /// What to do about questions that aren't decided; `None` where all are.
    pub(crate) fn remedy(&self) -> Option<String> {
        let open = || self.waited_for().into_iter().filter(|answer| !answer.decided);
        let worst = open().filter_map(|answer| answer.regret).max_by(f64::total_cmp)?;
        if open().flat_map(|answer| &answer.doubts).any(|doubt| doubt.kind == DoubtKind::BusyMachine) {
            return Some(
                "to decide more of this, close the programs that kept CPUs busy, or use a larger `--budget`"
                    .to_owned(),
            );
        }
        // An interval shrinks with the root of the time.
        let times = (worst.ln_1p() / self.precision.ln_1p()).powi(2);
        let minutes = self
            .elapsed_ns
            .map(|ns| (times * ns as f64 / 60e9).ceil())
            .filter(|minutes| *minutes <= MOST_MINUTES);
        Some(match minutes {
            Some(minutes) => {
                format!("to decide more of this, use about `--budget {minutes:.0}m`, or fewer cells")
            }
            None => {
                "to decide more of this, use a larger `--budget`, fewer cells, or an idle machine".to_owned()
            }
        })
    }
}
