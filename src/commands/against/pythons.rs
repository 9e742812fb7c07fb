//! A base of interpreters: another build beside each of the matrix's.

use std::path::Path;

use super::{matched, same};
use crate::commands::prepare::Prepared;
use crate::commands::prepare::packages::{self, Policy};
use crate::commands::{Exit, Failure};
use crate::interpreter::{Discovery, Interpreter, ResolveOptions, resolve};
use crate::matrix::{InterpreterEntry, meant};
use crate::record::Against;

/// Finds the interpreters of the base. `NAME=REQUEST` stands for one interpreter of the matrix, a bare request for
/// all of its kind: the same implementation, with or without the GIL.
///
/// # Errors
/// Exit 2: the matrix has no interpreter of that name; 3: an interpreter or a package is missing; 130: interrupted.
pub(super) fn of_requests(texts: &[String], folder: &Path, prepared: &Prepared) -> Result<Against, Failure> {
    let asked = named_requests(texts, prepared)?;
    let entries: Vec<_> = asked.iter().map(|(_, request)| InterpreterEntry::of_request(request)).collect();
    let resolution = resolve(&entries, &Discovery::of_this_machine(), &ResolveOptions::in_folder(folder));
    if let Some(missing) = resolution.missing.first() {
        let text = format!("the base `{}` is missing: {}", missing.request, missing.told("\n  "));
        return Err(Exit::Missing.because(text));
    }
    let mut against = same(prepared);
    against.interpreters.clear();
    for one in &prepared.interpreters {
        let stands = |(name, base): &(&(Option<&str>, &str), &Interpreter)| match name.0 {
            Some(name) => name == one.name,
            None => {
                base.facts.implementation == one.facts.implementation
                    && base.facts.free_threaded() == one.facts.free_threaded()
            }
        };
        if let Some((_, base)) = asked.iter().zip(&resolution.found).find(stands) {
            against.interpreters.push(Interpreter { name: one.name.clone(), ..base.clone() });
        }
    }
    let policy = Policy { named: true, required: false, offline: prepared.offline };
    let lacking = packages::provide(
        &prepared.matrix,
        &prepared.catalogue,
        &mut against.interpreters,
        &prepared.plan,
        folder,
        policy,
    )?;
    if let Some(((name, workload), reason)) = lacking.first_key_value() {
        let text = format!("`{workload}` can't run on the base of `{name}`: {reason}");
        return Err(Exit::Missing.because(text));
    }
    let bases: Vec<String> = against.interpreters.iter().map(|one| one.name.clone()).collect();
    matched::cells(&mut against, &prepared.plan, |cell| {
        (!bases.contains(&cell.interpreter)).then(|| "the base has no interpreter of its kind".to_owned())
    });
    Ok(against)
}

/// Returns the interpreter of the matrix that each request stands for (`None` for all of its kind), and the request.
fn named_requests<'a>(
    texts: &'a [String],
    prepared: &Prepared,
) -> Result<Vec<(Option<&'a str>, &'a str)>, Failure> {
    let names: Vec<&str> = prepared.interpreters.iter().map(|one| one.name.as_str()).collect();
    let mut asked: Vec<(Option<&'a str>, &'a str)> = Vec::new();
    for text in texts {
        asked.push(match text.split_once('=') {
            // `>=3.12` and `==3.13.0` are requests.
            Some((name, request))
                if !name.is_empty() && !name.ends_with(['<', '>', '!', '~']) && !request.starts_with('=') =>
            {
                if !names.contains(&name) {
                    let hint = meant(name, &names);
                    let text = format!("`--against {text}`: the matrix runs no interpreter `{name}`{hint}");
                    return Err(Exit::Usage.because(text));
                }
                (Some(name), request)
            }
            _ => (None, text.as_str()),
        });
    }
    Ok(asked)
}
