//! Whether two stored runs can be compared at all.

use std::collections::BTreeSet;

use crate::analysis::Results;
use crate::interpreter::difference_texts;
use crate::record::Host;

/// The machines that stand beside each other: of merged runs those of each workload.
fn hosts<'a>(base: &'a Results, new: &'a Results) -> Vec<(Option<&'a str>, &'a Host, &'a Host)> {
    if base.parts.is_empty() && new.parts.is_empty() {
        return vec![(None, &base.host, &new.host)];
    }
    let names = base.workloads.iter().map(|one| one.name.as_str());
    let common = names.filter(|name| new.workloads.iter().any(|one| one.name == *name));
    common.map(|name| (Some(name), base.host_of(name), new.host_of(name))).collect()
}

/// The environments of a run's cells.
fn variants(run: &Results) -> BTreeSet<&str> {
    run.cells.iter().map(|cell| cell.environment.as_str()).collect()
}

/// Every difference that leaves the numbers with nothing to say to each other, with the name by which `compare --allow`
/// allows it. What one of the two doesn't tell is no difference.
pub(crate) fn unlike(base: &Results, new: &Results) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    for (workload, old, now) in hosts(base, new) {
        let of = workload.map(|name| format!(" `{name}`")).unwrap_or_default();
        if old.cpu_model != now.cpu_model {
            let text = format!("the base ran{of} on `{}`, the new on `{}`", old.cpu_model, now.cpu_model);
            found.push(("cpu", text));
        }
        if old.loader_env != now.loader_env {
            let said = |host: &Host| format!("{:?}", host.loader_env);
            found.push((
                "flags",
                format!("libraries and allocator{of}: {} in the base, {} in the new", said(old), said(now)),
            ));
        }
        let (left, right) = (old.effective_cpus, now.effective_cpus);
        if (left - right).abs() > 0.01 {
            let of = workload.map(|name| format!(" for `{name}`")).unwrap_or_default();
            let (left, right) = (old.usable_cpus(left), now.usable_cpus(right));
            found.push(("cpus", format!("usable CPUs{of}: {left} in the base, {right} in the new")));
        }
    }
    for name in variants(base).intersection(&variants(new)) {
        let said =
            |run: &Results| run.loader_env.get(*name).map_or("none".to_owned(), |it| format!("{it:?}"));
        let [left, right] = [base, new].map(said);
        if left != right {
            found.push((
                "flags",
                format!(
                    "libraries and allocator of variant `{name}`: {left} in the base, {right} in the new"
                ),
            ));
        }
    }
    for one in &base.interpreters {
        let other = new.interpreter(&one.name);
        for text in other.map(|other| difference_texts(one, other)).unwrap_or_default() {
            found.push(("flags", format!("base and new: {text}")));
        }
    }
    if let (Some(left), Some(right)) = (&base.harness_sha256, &new.harness_sha256)
        && left != right
    {
        found.push(("harness", "the harness has changed between the two".to_owned()));
    }
    found
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::analysis::analyse;
    use crate::analysis::synthetic::World;

    #[test]
    fn another_allocator_of_a_variant_is_a_difference_where_both_have_it() {
        let run = |allocator: &str| {
            let world = World::new(1, &["3.13"], &["fib"], &["single"], &[2]);
            let mut cells = analyse(&world.run, world.records).cells;
            cells[0].cell.environment = "lean".to_owned();
            let variables = BTreeMap::from([("PYTHONMALLOC".to_owned(), allocator.to_owned())]);
            let loader_env = BTreeMap::from([("lean".to_owned(), variables)]);
            Results { cells, loader_env, ..Results::default() }
        };
        assert_eq!(unlike(&run("malloc"), &run("malloc")), []);
        let found = unlike(&run("malloc"), &run("pymalloc"));
        assert!(found.len() == 1 && found[0].1.contains("variant `lean`"), "{found:?}");
        assert_eq!(unlike(&run("malloc"), &Results { cells: Vec::new(), ..run("pymalloc") }), []);
    }

    #[test]
    fn another_allocator_is_another_machine() {
        let base = Results::default();
        let mut new = base.clone();
        assert_eq!(unlike(&base, &new), []);
        new.host.loader_env.insert("LD_PRELOAD".to_owned(), "libjemalloc.so".to_owned());
        let found = unlike(&base, &new);
        assert!(found.len() == 1 && found[0].1.contains("libjemalloc.so"), "{found:?}");
    }
}
