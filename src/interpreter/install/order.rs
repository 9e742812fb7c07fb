//! The order in which providers are asked.

use super::refusals::Refusals;
use super::{
    InstallEvent, InstallOptions, InstallOutcome, InstallResult, Installed, Provider, Refusal, external,
    source,
};
use crate::interpreter::comparable::differences;
use crate::interpreter::discover::Discovery;
use crate::interpreter::unavailable::Unavailable;
use crate::matrix::request::{Request, VersionRequest};

/// Gets each request from the first provider that can serve it. Only requests by version can be
/// installed. What is told while it goes on goes to `tell`; nothing is printed.
pub(crate) fn install(
    requests: &[String],
    options: &InstallOptions,
    tell: &mut dyn FnMut(InstallEvent),
) -> Vec<InstallResult> {
    let mut results = Vec::new();
    for text in requests {
        let outcome = match text.parse::<Request>() {
            Ok(Request::Version(request)) => one(&request, options, tell),
            Ok(Request::Path(_) | Request::Name(_)) => InstallOutcome::NotInstallable {
                reason: format!("`{text}` names a place; only a version can be installed, as `3.13t`"),
            },
            Err(error) => InstallOutcome::NotInstallable { reason: error.to_string() },
        };
        results.push(InstallResult { request: text.clone(), outcome });
    }
    results
}

fn one(
    request: &VersionRequest,
    options: &InstallOptions,
    tell: &mut dyn FnMut(InstallEvent),
) -> InstallOutcome {
    if options.cancel.is_cancelled() {
        return InstallOutcome::Cancelled;
    }
    if options.with_twin && request.twin().to_string().parse::<Request>().is_err() {
        let reason = format!("`{request}` has no twin: free-threaded builds begin with 3.13");
        return InstallOutcome::NotInstallable { reason };
    }
    let only_source = options.source.is_some() || options.optimized;
    if !only_source {
        let here = already_here(request, options.with_twin);
        if !here.is_empty() {
            return InstallOutcome::AlreadyHere { interpreters: here };
        }
    }
    let name = request.to_string();
    let mut memory = Refusals::read(&options.cache);
    let mut refusals: Vec<Refusal> = Vec::new();
    let chosen = if options.providers.is_empty() { &Provider::ALL[..] } else { &options.providers };
    for &provider in chosen.iter().filter(|&&provider| !only_source || provider == Provider::Source) {
        let remembered = options.remember_refusals.then(|| memory.get(provider, &name));
        let attempt = match remembered.flatten() {
            Some(reason) => Err(Unavailable::Refused { reason, lasting: false }),
            None => {
                tell(InstallEvent::Trying { request: name.clone(), provider });
                match provider {
                    Provider::Source => source::install(request, options, tell),
                    tool => external::install(tool, request, options, tell),
                }
            }
        };
        match attempt {
            Err(Unavailable::Cancelled) => return InstallOutcome::Cancelled,
            Err(Unavailable::Refused { reason, lasting }) => {
                if lasting && options.source.is_none() {
                    memory.remember(provider, &name, &reason);
                }
                tell(InstallEvent::Refused { request: name.clone(), provider, reason: reason.clone() });
                refusals.push(Refusal { provider, reason });
            }
            Ok(served) => {
                memory.forget(provider, &name);
                return InstallOutcome::Installed { provider, served, refusals };
            }
        }
    }
    InstallOutcome::Refused { refusals }
}

/// Returns what answers the request now: it, and with `with_twin` a pair built with the same flags; empty if not.
fn already_here(request: &VersionRequest, with_twin: bool) -> Vec<Installed> {
    let discovery = Discovery::of_this_machine();
    let here = |index: usize| {
        let found = &discovery.found[index];
        Installed { executable: found.path.clone(), facts: found.probed.facts.clone() }
    };
    let Some(best) = discovery.best(request) else { return Vec::new() };
    if !with_twin {
        return vec![here(best)];
    }
    let facts = &discovery.found[best].probed.facts;
    let twin = discovery.found.iter().position(|other| {
        let other = &other.probed.facts;
        other.version == facts.version
            && other.implementation == facts.implementation
            && other.free_threaded() != facts.free_threaded()
            && differences(facts, other).is_empty()
    });
    twin.map(|twin| vec![here(best), here(twin)]).unwrap_or_default()
}
