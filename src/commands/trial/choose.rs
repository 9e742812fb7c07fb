//! What to try a function on.

use indexmap::IndexMap;

use crate::cell::Cell;
use crate::commands::prepare::Prepared;
use crate::commands::{Exit, Failure, output};
use crate::interpreter::{Discovery, Facts};
use crate::matrix::request::Request;
use crate::matrix::{
    Comparability, InterpreterEntry, Interpreters, MissingPolicy, Variant, default_baseline,
};

/// Chooses the newest free-threaded CPython here, its twin with the GIL as baseline, and the newest with the GIL
/// where that is another.
///
/// # Errors
/// Exit 3: none is here.
pub(super) fn here() -> Result<Interpreters, Failure> {
    let discovery = Discovery::of_this_machine();
    let requests = pick(&discovery.facts());
    if requests.is_empty() {
        return Err(Exit::Missing.because(format!(
            "no Python to try it on; searched: {}\ntry `gilmatrix install 3.14 3.14t`, or give one with `-p`",
            discovery.searched.join(", ")
        )));
    }
    if !requests.iter().any(|request| request.ends_with('t')) {
        output::note("no free-threaded Python here: `gilmatrix install 3.14t` gets one");
    }
    Ok(interpreters(&requests, MissingPolicy::Skip))
}

/// Takes the interpreters that were named; each must be here.
///
/// # Errors
/// Exit 2: a request can't be read, or is there twice.
pub(super) fn asked(requests: &[String]) -> Result<Interpreters, Failure> {
    for (index, request) in requests.iter().enumerate() {
        request.parse::<Request>().map_err(|error| Exit::Usage.because(error))?;
        if requests[..index].contains(request) {
            return Err(Exit::Usage.because(format!("`{request}` is named twice")));
        }
    }
    Ok(interpreters(requests, MissingPolicy::Fail))
}

/// Returns each variant with all its variables, in the order of their names on the command line, then one for each of
/// the requirements after the first, which the plain environment has.
///
/// # Errors
/// Exit 2: two would have one name.
pub(super) fn variants(
    given: &[(String, (String, String))],
    with: &[String],
) -> Result<Vec<Variant>, Failure> {
    let mut all: IndexMap<String, Variant> = IndexMap::new();
    for (name, variable) in given.iter().cloned() {
        let new = || Variant { name: name.clone(), ..Variant::default() };
        all.entry(name.clone()).or_insert_with(new).env.extend([variable]);
    }
    for requirement in with.iter().skip(1) {
        let file = requirement.rsplit('/').next().unwrap_or_default();
        let parts = file.split(|c: char| !c.is_alphanumeric() && !"._-".contains(c));
        let parts: Vec<&str> =
            parts.map(|part| part.trim_matches(['.', '-'])).filter(|part| !part.is_empty()).collect();
        let variant =
            Variant { name: parts.join("-"), packages: vec![requirement.clone()], ..Variant::default() };
        if variant.name.is_empty() || with[0] == *requirement || all.contains_key(&variant.name) {
            return Err(Exit::Usage.because(format!(
                "`--with {requirement}`: give each another requirement, as `--with numpy==2.2.6 --with numpy==2.3.5`"
            )));
        }
        all.insert(variant.name.clone(), variant);
    }
    Ok(all.into_values().collect())
}

/// Refuses a variant whose packages no interpreter can have: nothing would be compared with it.
///
/// # Errors
/// Exit 3, or what else the reason means.
pub(super) fn all_can_be_had(prepared: &Prepared) -> Result<(), Failure> {
    for variant in prepared.matrix.variants.iter().filter(|variant| !variant.packages.is_empty()) {
        let is_of = |cell: &Cell| cell.environment == variant.name;
        if prepared.plan.runnable().any(is_of) {
            continue;
        }
        let skipped =
            prepared.plan.cells.iter().find(|it| is_of(&it.cell)).and_then(|it| it.skipped.as_ref());
        let reason = skipped.map(|skipped| skipped.reason.as_str()).unwrap_or_default();
        let text = format!("can't compare it with `{}`: {reason}", variant.packages.join("`, `"));
        return Err(Exit::of_missing(reason).because(text));
    }
    Ok(())
}

fn interpreters(requests: &[String], missing: MissingPolicy) -> Interpreters {
    let entries: Vec<_> = requests.iter().map(|request| InterpreterEntry::of_request(request)).collect();
    let baseline = default_baseline(&entries).unwrap_or_default();
    Interpreters { entries, baseline, missing, comparability: Comparability::Warn, allow_prerelease: false }
}

/// Returns requests, the baseline's first.
fn pick(facts: &[&Facts]) -> Vec<String> {
    let releases = || facts.iter().filter(|facts| facts.is_cpython_release());
    let newest = |free: bool| {
        let these = releases().filter(|facts| facts.free_threaded() == free);
        these.map(|facts| facts.minor()).max()
    };
    let has_gil =
        |minor: (u32, u32)| releases().any(|facts| !facts.free_threaded() && facts.minor() == minor);
    let (gil, free) = (newest(false), newest(true));
    let twin = free.filter(|minor| has_gil(*minor));
    let with_gil = twin.into_iter().chain(gil.filter(|newest| Some(*newest) != twin));
    let with_gil = with_gil.map(|(major, minor)| format!("{major}.{minor}"));
    with_gil.chain(free.map(|(major, minor)| format!("{major}.{minor}t"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interpreter::testing::facts;

    fn picked(versions: &[&str]) -> Vec<String> {
        let all: Vec<Facts> = versions.iter().map(|version| facts(version)).collect();
        pick(&all.iter().collect::<Vec<_>>())
    }

    #[test]
    fn the_newest_free_threaded_build_meets_its_twin() {
        assert_eq!(picked(&["3.12.1", "3.13.5", "3.13.5t"]), ["3.13", "3.13t"]);
        assert_eq!(picked(&["3.14.0", "3.13.5", "3.13.5t"]), ["3.13", "3.14", "3.13t"]);
        assert_eq!(picked(&["3.12.1", "3.13.5t"]), ["3.12", "3.13t"]);
        assert_eq!(picked(&["3.12.1", "3.11.4"]), ["3.12"]);
        assert_eq!(picked(&["3.13.5t"]), ["3.13t"]);
        assert!(picked(&["3.15.0a2", "3.13.5d"]).is_empty());
    }
}
