//! What is different from when the run was started; each difference with its name.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::commands::prepare::Prepared;
use crate::harness;
use crate::interpreter::packages::recorded;
use crate::measure::host;
use crate::record::RunInfo;

/// More differences of one part than these are counted, not listed.
const LISTED: usize = 6;

/// Returns one line for each change that forbids to go on; empty: none.
pub(super) fn since(info: &RunInfo, now: &Prepared) -> Vec<String> {
    let mut changes = Vec::new();
    note(&mut changes, "gilmatrix: version", &info.tool_version, crate::VERSION);
    note(&mut changes, "harness: sha256", &info.harness_sha256, &harness::sha256());
    changes.extend(listed("matrix", &json(&info.matrix), &json(&now.matrix)));
    interpreters(&mut changes, info, now);
    changes.extend(listed("packages", &json(&info.packages), &json(&recorded(&now.interpreters))));
    if changes.is_empty() && info.plan != now.plan {
        let both = info.plan.cells.iter().zip(&now.plan.cells).filter(|(before, after)| before != after);
        let cells: Vec<String> = both.take(LISTED).map(|(before, _)| before.cell.to_string()).collect();
        changes.push(format!(
            "plan: cells: {}, now {}; planned otherwise: {}",
            info.plan.cells.len(),
            now.plan.cells.len(),
            if cells.is_empty() { "the last ones".to_owned() } else { cells.join(", ") }
        ));
    }
    let (before, today) = (&info.host, host::host(now.matrix.run.cpus.as_ref()));
    note(&mut changes, "host: cpu_model", &before.cpu_model, &today.cpu_model);
    note(&mut changes, "host: architecture", &before.architecture, &today.architecture);
    note(&mut changes, "host: cpus", &before.cpus, &today.cpus);
    note(&mut changes, "host: effective_cpus", &before.effective_cpus, &now.effective_cpus);
    let kernel = |kernel: &Option<String>| kernel.clone().unwrap_or_default();
    note(&mut changes, "host: kernel", &kernel(&before.kernel), &kernel(&today.kernel));
    changes
}

fn interpreters(changes: &mut Vec<String>, info: &RunInfo, now: &Prepared) {
    for before in &info.interpreters {
        let part = format!("interpreter `{}`", before.name);
        match now.interpreters.iter().find(|after| after.name == before.name) {
            None => changes.push(format!("{part}: isn't here any more")),
            Some(after) => {
                changes.extend(listed(&part, &json(&before.facts), &json(&after.facts)));
                let environments = (json(&before.environments), json(&after.environments));
                changes.extend(listed(&part, &environments.0, &environments.1));
                note(
                    changes,
                    &format!("{part}: command"),
                    &before.command.join(" "),
                    &after.command.join(" "),
                );
            }
        }
    }
    for after in &now.interpreters {
        if !info.interpreters.iter().any(|before| before.name == after.name) {
            changes.push(format!("interpreter `{}`: wasn't here then", after.name));
        }
    }
}

fn note<T: PartialEq<U> + std::fmt::Display + ?Sized, U: std::fmt::Display + ?Sized>(
    changes: &mut Vec<String>,
    what: &str,
    before: &T,
    after: &U,
) {
    if before != after {
        changes.push(format!("{what}: was {before}, is {after}"));
    }
}

fn json(value: &impl serde::Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

/// Returns the differing leaves, as `matrix: run.precision: was 0.05, is 0.02`.
fn listed(part: &str, before: &Value, after: &Value) -> Vec<String> {
    let mut found = Vec::new();
    differing(String::new(), before, after, &mut found);
    let more = found.len().saturating_sub(LISTED);
    let mut lines: Vec<String> =
        found.into_iter().take(LISTED).map(|line| format!("{part}: {line}")).collect();
    if more > 0 {
        lines.push(format!("{part}: and {more} more"));
    }
    lines
}

fn differing(path: String, before: &Value, after: &Value, found: &mut Vec<String>) {
    let below = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    match (before, after) {
        (Value::Object(before), Value::Object(after)) => {
            let keys: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
            for key in keys {
                let of = |map: &serde_json::Map<String, Value>| map.get(key).cloned().unwrap_or_default();
                differing(below(key), &of(before), &of(after), found);
            }
        }
        (Value::Array(before), Value::Array(after)) if before.len() == after.len() => {
            for (index, (before, after)) in before.iter().zip(after).enumerate() {
                differing(below(&index.to_string()), before, after, found);
            }
        }
        (before, after) if before != after => {
            found.push(format!("{path}: was {}, is {}", short(before), short(after)));
        }
        _ => {}
    }
}

fn short(value: &Value) -> String {
    let text = value.to_string();
    let mut cut: String = text.chars().take(60).collect();
    if cut.len() < text.len() {
        cut.push('…');
    }
    cut
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_difference_has_its_name() {
        let before = json!({"run": {"precision": 0.05, "seed": null}, "use": ["a", "b"], "same": 1});
        let after =
            json!({"run": {"precision": 0.02, "seed": null}, "use": ["a", "c"], "same": 1, "new": true});
        assert_eq!(
            listed("matrix", &before, &after),
            [
                "matrix: new: was null, is true",
                "matrix: run.precision: was 0.05, is 0.02",
                "matrix: use.1: was \"b\", is \"c\""
            ]
        );
        assert!(listed("matrix", &before, &before).is_empty());
    }
}
