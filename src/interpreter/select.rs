//! Which of the interpreters here answers which request. Pure.

use std::cmp::Reverse;

use pep440_rs::Version;

use super::comparable::differences;
use super::matching::Mismatch;
use super::{Discovery, Facts};
use crate::matrix::request::{Build, VersionRequest};

/// The answer to one request: the index of the chosen interpreter and why it, or the nearest thing to an answer.
pub(super) type BestMatch = Result<(usize, String), Option<(usize, Mismatch)>>;

/// Chooses for each request the newest build that matches it. Where several builds of one minor version are here, a
/// GIL build is chosen by its flags: those of its free-threaded twin in the matrix.
pub(super) fn select(requests: &[VersionRequest], facts: &[&Facts]) -> Vec<BestMatch> {
    let mut choices: Vec<Option<BestMatch>> = vec![None; requests.len()];
    // Free-threaded builds first: there are fewer of them, so they say what their twin has to be like.
    for build in [Build::FreeThreaded, Build::Gil] {
        for (index, request) in requests.iter().enumerate().filter(|(_, request)| request.build == build) {
            let twins: Vec<&Facts> = match build {
                // Any GIL build that the matrix could take.
                Build::FreeThreaded => {
                    let gil = requests.iter().filter(|other| other.build == Build::Gil);
                    let could = |facts: &&&Facts| gil.clone().any(|other| other.mismatch(facts).is_none());
                    facts.iter().filter(could).copied().collect()
                }
                Build::Gil => choices
                    .iter()
                    .flatten()
                    .flatten()
                    .filter_map(|(index, _)| facts.get(*index).copied())
                    .filter(|facts| facts.free_threaded())
                    .collect(),
            };
            choices[index] = Some(choose(request, facts, &twins));
        }
    }
    choices.into_iter().map(|choice| choice.unwrap_or(Err(None))).collect()
}

fn choose(request: &VersionRequest, facts: &[&Facts], twins: &[&Facts]) -> BestMatch {
    let matches: Vec<usize> =
        (0..facts.len()).filter(|&index| request.mismatch(facts[index]).is_none()).collect();
    let rank = |index: usize| {
        let (facts, version) = (facts[index], version(facts[index]));
        let (same_flags, same_patch) = likeness(facts, twins);
        match request.build {
            // Its flags decide between builds of one version only.
            Build::FreeThreaded => (facts.minor(), false, false, version, same_flags, Reverse(index)),
            Build::Gil => (facts.minor(), same_flags, same_patch, version, false, Reverse(index)),
        }
    };
    let best = matches.iter().copied().max_by_key(|&index| rank(index));
    best.map(|best| (best, why(best, &matches, facts, twins))).ok_or_else(|| nearest(request, facts))
}

/// Whether a twin of the same minor version was built with the same flags, and is of the same patch.
fn likeness(facts: &Facts, twins: &[&Facts]) -> (bool, bool) {
    let alike = twins.iter().filter(|twin| {
        twin.minor() == facts.minor()
            && twin.free_threaded() != facts.free_threaded()
            && twin.implementation == facts.implementation
            && differences(twin, facts).is_empty()
    });
    (alike.clone().next().is_some(), alike.clone().any(|twin| twin.version == facts.version))
}

fn why(best: usize, matches: &[usize], facts: &[&Facts], twins: &[&Facts]) -> String {
    let chosen = facts[best];
    let others: Vec<&Facts> =
        matches.iter().filter(|&&index| index != best).map(|&index| facts[index]).collect();
    if others.is_empty() {
        return "the only one here that matches".to_owned();
    }
    let same_minor: Vec<&&Facts> = others.iter().filter(|other| other.minor() == chosen.minor()).collect();
    let newest = others.iter().all(|other| version(other) < version(chosen));
    let unlike = |other: &&&Facts| likeness(other, twins) < likeness(chosen, twins);
    if likeness(chosen, twins).0 && !same_minor.is_empty() && same_minor.iter().any(unlike) {
        let twin = if chosen.free_threaded() { "GIL" } else { "free-threaded" };
        return format!("of {} builds the one built like its {twin} twin", same_minor.len() + 1);
    }
    if newest {
        return format!("the newest of {} that match", others.len() + 1);
    }
    format!("the first of {} that match", others.len() + 1)
}

/// Returns the one that misses least.
fn nearest(request: &VersionRequest, facts: &[&Facts]) -> Option<(usize, Mismatch)> {
    let misses =
        facts.iter().enumerate().filter_map(|(index, facts)| Some((index, request.mismatch(facts)?)));
    let misses = misses.filter(|(_, mismatch)| *mismatch > Mismatch::Version);
    misses.max_by_key(|(index, mismatch)| (*mismatch, version(facts[*index])))
}

fn version(facts: &Facts) -> Option<Version> {
    facts.version.parse().ok()
}

impl Discovery {
    /// Returns the index in `found` of the best answer to a single request.
    pub fn best(&self, request: &VersionRequest) -> Option<usize> {
        select(std::slice::from_ref(request), &self.facts()).pop()?.ok().map(|(index, _)| index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interpreter::BuildSetting;
    use crate::interpreter::testing::facts;
    use crate::matrix::request::Request;

    fn choose_all(requests: &[&str], facts: &[Facts]) -> Vec<BestMatch> {
        let requests: Vec<VersionRequest> = requests
            .iter()
            .map(|text| match text.parse::<Request>() {
                Ok(Request::Version(request)) => request,
                other => panic!("{other:?}"),
            })
            .collect();
        select(&requests, &facts.iter().collect::<Vec<_>>())
    }

    fn index(choice: &BestMatch) -> Option<usize> {
        choice.as_ref().ok().map(|(index, _)| *index)
    }

    #[test]
    fn the_newest_patch_is_chosen() {
        let here = [facts("3.13.0"), facts("3.13.15"), facts("3.13.5"), facts("3.12.1")];
        let choices = choose_all(&["3.13", ">=3.12", "3.13.0"], &here);
        assert_eq!(choices.iter().map(index).collect::<Vec<_>>(), [Some(1), Some(1), Some(0)]);
        let why = "the newest of 3 that match".to_owned();
        assert_eq!(choices[0], Ok((1, why)));
    }

    #[test]
    fn of_two_builds_the_one_like_its_twin_is_chosen() {
        let mut pgo = facts("3.13.5");
        pgo.pgo = BuildSetting::Configured;
        let here = [pgo, facts("3.13.5"), facts("3.13.5t")];
        let choices = choose_all(&["3.13", "3.13t"], &here);
        let why = "of 2 builds the one built like its free-threaded twin".to_owned();
        assert_eq!(choices[0], Ok((1, why)));
        // Without the twin in the matrix there is nothing to be like.
        assert_eq!(index(&choose_all(&["3.13"], &here)[0]), Some(0));
    }

    #[test]
    fn the_free_threaded_build_can_be_the_one_that_has_to_fit() {
        let mut other = facts("3.13.5t");
        other.optimisation = Some("-Og".to_owned());
        let here = [other, facts("3.13.5t"), facts("3.13.5")];
        assert_eq!(index(&choose_all(&["3.13t", "3.13"], &here)[0]), Some(1));
    }

    #[test]
    fn a_bare_version_is_not_answered_by_a_free_threaded_build() {
        let here = [facts("3.13.5t"), facts("3.12.1")];
        let nearest = Some((0, Mismatch::FreeThreadedBuild));
        assert_eq!(choose_all(&["3.13"], &here), [Err(nearest)]);
        assert_eq!(choose_all(&["3.14"], &here), [Err(None)]);
    }
}
