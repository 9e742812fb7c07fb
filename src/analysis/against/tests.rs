//! What was planted on one side of a gate is found on that side.

use crate::analysis::run_diff::{ChangeKind, Ending, of_gate};
use crate::analysis::synthetic::{World, cell};
use crate::analysis::{GateVerdict, Results, analyse};
use crate::cell::Cell;
use crate::record::{Against, Budgeted, InvocationKind, Outcome, Resources, Side};

const MIB: u64 = 1 << 20;

/// Two cells held against a base; both sides alone in the first rounds, as the schedule has it.
fn world() -> (World, Cell, Cell) {
    let mut world = World::new(1, &["3.13"], &["fib", "json"], &["single"], &[1]);
    (world.between, world.within) = (0.003, 0.005);
    let (fib, json) = (cell("3.13", "fib", "single", 1), cell("3.13", "json", "single", 1));
    let budget = |cell: &Cell| Budgeted { cell: cell.clone(), max_slowdown: 0.03, max_memory: 0.1 };
    world.run.against = Some(Against {
        request: "../base".to_owned(),
        commit: None,
        interpreters: world.run.interpreters.clone(),
        workloads: world.run.matrix.workloads.clone(),
        cells: vec![budget(&fib), budget(&json)],
        unmatched: Vec::new(),
        fail_on_undecided: false,
        allow_answers: false,
    });
    (world, fib, json)
}

/// One side alone, with this peak.
fn weigh(world: &mut World, cell: &Cell, side: Side, round: u32, bytes: u64) {
    world.solo(round, cell);
    let invocation = world.records.last_mut().expect("a solo");
    invocation.side = side;
    let resources = invocation.resources.take().unwrap_or_default();
    invocation.resources =
        Some(Resources { peak_rss_bytes: bytes * 2, peak_pss_bytes: Some(bytes), ..resources });
}

/// `blocks` meetings in which the new side is `slower` times as slow.
fn meet(world: &mut World, cell: &Cell, blocks: u32, slower: f64) {
    for _ in 0..blocks {
        let before = world.records.len();
        world.block(InvocationKind::Against, 2, &[cell.clone(), cell.clone()], 5);
        world.records[before].side = Side::Base;
        for value in &mut world.records[before + 1].values {
            value.ns = (value.ns as f64 * slower) as u64;
        }
    }
}

fn run(world: &World) -> Results {
    analyse(&world.run, world.records.clone())
}

#[test]
fn a_heavier_cell_is_confirmed_on_fresh_solos_of_both_sides() {
    let (mut world, fib, json) = world();
    for cell in [&fib, &json] {
        meet(&mut world, cell, 6, 0.98);
        weigh(&mut world, cell, Side::New, 1, 24 * MIB);
        weigh(&mut world, cell, Side::Base, 2, if *cell == fib { 20 } else { 24 } * MIB);
    }
    for more in 0..3 {
        weigh(&mut world, &fib, Side::New, 3, 24 * MIB + more * 1000);
        weigh(&mut world, &fib, Side::Base, 3, 20 * MIB);
    }
    let results = run(&world);
    let gate = results.against.as_ref().expect("a gate");
    let memory: Vec<_> = gate.cells.iter().map(|one| one.memory.as_ref().expect("weighed")).collect();
    assert_eq!([memory[0].verdict, memory[1].verdict], [GateVerdict::Confirmed, GateVerdict::Cleared]);
    assert!((memory[0].growth - 1.2).abs() < 1e-3 && memory[0].pairs == 3, "{:?}", memory[0]);
    let found = of_gate(&results).expect("changes");
    assert_eq!(found.ending(), Ending::Regression);
    let heavier: Vec<_> = found.changes.iter().filter(|one| one.kind == ChangeKind::Heavier).collect();
    assert_eq!(heavier.len(), 1);
    assert!(heavier[0].cell.contains("fib") && heavier[0].text.contains("+20.0 %"), "{:?}", heavier[0]);
    // The base's peaks are not the cell's own.
    assert_eq!(results.cells[0].peak_pss_bytes, Some(24 * MIB + 2000));
}

#[test]
fn one_pair_of_solos_makes_a_suspect_and_nothing_more() {
    let (mut world, fib, json) = world();
    meet(&mut world, &fib, 6, 0.98);
    weigh(&mut world, &fib, Side::New, 1, 30 * MIB);
    weigh(&mut world, &fib, Side::Base, 2, 20 * MIB);
    let results = run(&world);
    let found = of_gate(&results).expect("changes");
    assert!(found.changes.iter().any(|one| one.kind == ChangeKind::Undecided && one.text.contains("memory")));
    meet(&mut world, &json, 6, 0.98);
    weigh(&mut world, &json, Side::New, 1, 20 * MIB);
    weigh(&mut world, &json, Side::Base, 2, 20 * MIB);
    let found = of_gate(&run(&world)).expect("changes");
    assert_eq!((found.changes.len(), found.ending()), (1, Ending::Clean), "{:?}", found.changes);
    world.run.against.as_mut().expect("a gate").fail_on_undecided = true;
    assert_eq!(of_gate(&run(&world)).expect("changes").ending(), Ending::Failed);
}

#[test]
fn what_fails_says_whether_its_base_does() {
    let (mut world, fib, json) = world();
    for cell in [&fib, &json] {
        world.solo(1, cell);
        weigh(&mut world, cell, Side::Base, 2, 20 * MIB);
    }
    for record in &mut world.records {
        let base = record.side == Side::Base;
        if record.cell == fib && !base {
            (record.outcome, record.reason) = (Outcome::Crashed, Some("killed by signal 11".to_owned()));
        }
        if record.cell == json && base {
            (record.outcome, record.reason) = (Outcome::Failed, Some("ImportError".to_owned()));
        }
    }
    let found = of_gate(&run(&world)).expect("changes");
    let said =
        |kind: ChangeKind| found.changes.iter().find(|one| one.kind == kind).expect("said").text.clone();
    assert_eq!(said(ChangeKind::Outcome), "killed by signal 11 (invocation 1); the base completes");
    assert_eq!(said(ChangeKind::NotMeasured), "the base fails: ImportError");
    assert_eq!((found.compared, found.ending()), (0, Ending::Failed));
    for record in world.records.iter_mut().filter(|record| record.cell == fib) {
        (record.outcome, record.reason) = (Outcome::Failed, Some("no".to_owned()));
    }
    let found = of_gate(&run(&world)).expect("changes");
    let text = &found.changes.iter().find(|one| one.kind == ChangeKind::Outcome).expect("said").text;
    assert_eq!(text, "no (invocation 1); the base fails, too: no");
}

/// Both cells met and weighed, nothing wrong with either.
fn clean() -> (World, Cell, Cell) {
    let (mut world, fib, json) = world();
    for cell in [&fib, &json] {
        meet(&mut world, cell, 6, 0.98);
        weigh(&mut world, cell, Side::New, 1, 20 * MIB);
        weigh(&mut world, cell, Side::Base, 2, 20 * MIB);
    }
    (world, fib, json)
}

#[test]
fn what_was_never_measured_has_not_passed() {
    let (mut world, _, json) = clean();
    assert_eq!(of_gate(&run(&world)).expect("changes").ending(), Ending::Clean);
    // Five pairs are too few for anything.
    let last =
        world.records.iter().filter(|record| record.cell == json).filter_map(|record| record.block).max();
    world.records.retain(|record| record.block.is_none() || record.block != last);
    let found = of_gate(&run(&world)).expect("changes");
    let [one] = found.changes.as_slice() else { panic!("{:?}", found.changes) };
    assert!(one.kind == ChangeKind::NotMeasured && one.cell.contains("json"), "{one:?}");
    assert_eq!((found.compared, found.ending(), found.verdict()), (1, Ending::Failed, "failed"));
}

#[test]
fn memory_that_was_never_weighed_is_said() {
    let (mut world, _, json) = clean();
    world.records.retain(|record| record.cell != json || record.kind != InvocationKind::Solo);
    let found = of_gate(&run(&world)).expect("changes");
    let [one] = found.changes.as_slice() else { panic!("{:?}", found.changes) };
    assert!(one.kind == ChangeKind::Undecided && one.text.contains("memory was never weighed"), "{one:?}");
}

#[test]
fn another_answer_fails_whatever_its_time_unless_it_is_meant() {
    let (mut world, fib, _) = clean();
    for record in world.records.iter_mut().filter(|record| record.cell == fib && record.side == Side::Base) {
        record.values.iter_mut().for_each(|value| "old".clone_into(&mut value.checksum));
    }
    let found = of_gate(&run(&world)).expect("changes");
    let [one] = found.changes.as_slice() else { panic!("{:?}", found.changes) };
    assert!(one.kind == ChangeKind::Answers && one.text.contains("the base gives checksum `old`"), "{one:?}");
    assert_eq!(found.ending(), Ending::Failed);
    world.run.against.as_mut().expect("a gate").allow_answers = true;
    let found = of_gate(&run(&world)).expect("changes");
    assert_eq!((found.changes.len(), found.ending()), (1, Ending::Clean), "told all the same");
}

#[test]
fn a_base_that_fails_now_and_then_hides_no_slowdown() {
    let (mut world, fib, _) = clean();
    meet(&mut world, &fib, 1, 3.0);
    let accident = world.records.len() - 2;
    let fail = |world: &mut World, at: usize| {
        let record = &mut world.records[at];
        (record.outcome, record.reason) = (Outcome::Failed, Some("ValueError".to_owned()));
    };
    fail(&mut world, accident);
    let found = of_gate(&run(&world)).expect("changes");
    assert_eq!((found.changes.len(), found.ending()), (0, Ending::Clean), "{:?}", found.changes);
    assert!(found.notes.iter().any(|note| note.contains("the base failed in 1 of 8")), "{:?}", found.notes);
    for record in world.records.iter_mut().filter(|record| record.cell == fib && record.side == Side::New) {
        record.values.iter_mut().for_each(|value| value.ns *= 3);
    }
    meet(&mut world, &fib, 4, 3.0);
    let found = of_gate(&run(&world)).expect("changes");
    let slower = found.changes.iter().find(|one| one.kind == ChangeKind::Slower).expect("slower");
    assert!(slower.text.contains("the base failed in 1 of 12 invocations: ValueError"), "{slower:?}");
    assert_eq!(found.ending(), Ending::Regression);
}

#[test]
fn a_base_that_mostly_fails_decides_nothing() {
    let (mut world, fib, _) = clean();
    let base = |record: &crate::record::Invocation| record.cell == fib && record.side == Side::Base;
    let places: Vec<usize> = (0..world.records.len()).filter(|at| base(&world.records[*at])).collect();
    for at in &places[1..] {
        (world.records[*at].outcome, world.records[*at].reason) = (Outcome::Failed, Some("no".to_owned()));
    }
    let found = of_gate(&run(&world)).expect("changes");
    let said = found.changes.iter().find(|one| one.text.contains("the base failed in 6 of 7")).expect("said");
    assert_eq!(said.kind, ChangeKind::Undecided, "{said:?}");
}

#[test]
fn a_gil_that_came_back_is_told_from_a_crash() {
    let (mut world, fib, _) = world();
    weigh(&mut world, &fib, Side::New, 1, 20 * MIB);
    world.records[0].outcome = Outcome::GilMismatch;
    let found = of_gate(&run(&world)).expect("changes");
    assert!(found.changes.iter().any(|one| one.kind == ChangeKind::Gil && one.cell.contains("fib")));
}
