//! What would make one distrust an answer.

use crate::doubts::{Doubt, DoubtKind};
use crate::interpreter::difference_texts;

use super::{Answer, NamedCell, Results};
use crate::analysis::results::Capacity;
use crate::analysis::warnings::low_capacity;

/// CPUs that other programs may keep busy before an answer says so.
const BUSY: f64 = 0.25;

/// Returns them all. `busy_cpus`: how many other programs kept busy while this was measured; else it is taken from what
/// was seen before the run.
pub(super) fn all(results: &Results, answer: &Answer, busy_cpus: Option<f64>) -> Vec<Doubt> {
    let Some(NamedCell(choice)) = &answer.choose else { return Vec::new() };
    let chosen = results.cells.iter().find(|cell| cell.cell == *choice);
    let mut doubts = chosen.map(|cell| cell.doubts.clone()).unwrap_or_default();
    let host = results.host_of(&answer.workload);
    let busy = busy_cpus.or(host.busy_cpus).filter(|busy| *busy >= BUSY).map(|busy| {
        let cpus = host.all_cpus();
        let gain =
            if choice.is_command() { "" } else { ": without them ways with several workers may gain more" };
        format!("other programs kept {busy:.1} of {cpus:.1} CPUs busy{gain}")
    });
    // Whoever took it, a neighbour of this virtual machine or the other thread of a core: it was less than the CPUs.
    let base =
        |it: &&Capacity| it.cell.workload == answer.workload && it.cell.interpreter == results.baseline;
    let low = || low_capacity(host, results.capacity.iter().find(base)?);
    doubts.extend(busy.or_else(low).map(|text| Doubt { kind: DoubtKind::BusyMachine, text }));
    let builds = [&choice.interpreter, &results.baseline].map(|name| results.interpreter(name));
    if let [Some(one), Some(other)] = builds {
        let differences = difference_texts(one, other);
        if !differences.is_empty() {
            let text = format!("the builds differ: {}", differences.join("; "));
            doubts.push(Doubt { kind: DoubtKind::DifferentBuilds, text });
        }
    }
    doubts
}
