//! What answers say of worlds whose best way is known.

use super::NamedCell;
use super::synthetic::{World, cell};
use super::tests::{run, world};
use crate::cell::Cell;
use crate::plan::Situation;
use crate::record::InvocationKind;

#[test]
fn answers_read_well() {
    let mut world = world(13);
    world.fill(12, 8);
    let results = run(&world);
    let texts: Vec<&str> = results.answers.iter().map(|answer| answer.text.as_str()).collect();
    insta::assert_snapshot!(texts.join("\n"));
}

#[test]
fn who_loses_against_a_loop_is_not_sold_as_a_win_and_other_packages_are_a_doubt() {
    let mut world = World::new(17, &["3.13", "3.13t"], &["fib"], &["single", "threads", "mp"], &[2]);
    world.plant(&cell("3.13t", "fib", "threads", 2), 0.5);
    world.plant(&cell("3.13", "fib", "mp", 2), 0.2);
    world.plant(&cell("3.13t", "fib", "single", 1), 0.9);
    world.fill(12, 8);
    for (interpreter, version) in world.run.interpreters.iter_mut().zip(["2.5.5", "2.4.6"]) {
        let environment = crate::interpreter::packages::Environment {
            command: interpreter.command.clone(),
            packages: vec![format!("numpy=={version}")],
            gil_switched_on_by: None,
        };
        interpreter.environments.insert("fib".to_owned(), environment);
    }
    let results = run(&world);
    let warm = &results.answers[0];
    assert!(warm.text.starts_with("stay with a plain loop on 3.13"), "{warm:?}");
    assert_eq!(warm.gain.as_ref().map(|gain| gain.ratio), Some(1.0), "{warm:?}");
    let doubt = "`3.13t` runs numpy==2.4.6, `3.13` numpy==2.5.5";
    assert!(results.single_thread[0].differences.iter().any(|known| known == doubt), "{results:?}");
}

#[test]
fn what_isnt_decided_has_a_choice_and_a_regret() {
    let mut world = world(14);
    world.between = 0.3;
    world.fill(6, 8);
    let results = run(&world);
    let warm = &results.answers[0];
    assert!(warm.choose.is_some() && !warm.decided, "{warm:?}");
    assert!(warm.regret.is_some_and(|regret| regret > results.precision), "{warm:?}");
    assert!(warm.text.contains("use ") && !warm.text.contains("can't say"), "{warm:?}");
    assert!(results.warnings.iter().any(|warning| warning.kind == "unsettled"));
}

/// What is planted is found: the choice, its gain, and that nothing else is faster.
#[test]
fn the_fastest_is_chosen_and_the_lightest_of_equals() {
    let mut world = World::new(18, &["3.13", "3.13t"], &["fib"], &["single", "threads", "mp"], &[2]);
    for (name, mode, speed) in [("3.13", "mp", 1.8), ("3.13t", "threads", 1.8), ("3.13t", "mp", 1.4)] {
        world.plant(&cell(name, "fib", mode, 2), speed);
    }
    let all: Vec<Cell> = world.run.plan.runnable().cloned().collect();
    for round in 1..=12 {
        world.block(InvocationKind::Block, round, &all, 8);
        all.iter().filter(|_| round <= 3).for_each(|one| world.solo(round, one));
    }
    let results = run(&world);
    let of = |situation| results.answers.iter().find(|one| one.situation == situation).unwrap();
    let warm = of(Situation::Warm);
    // Threads take less memory than processes, and are as fast here.
    assert_eq!(warm.choose.as_ref().unwrap().0, cell("3.13t", "fib", "threads", 2), "{warm:?}");
    assert_eq!(warm.as_good, [NamedCell(cell("3.13", "fib", "mp", 2))], "{warm:?}");
    assert!(warm.decided && warm.regret.unwrap() <= 0.05 && warm.compared == 6, "{warm:?}");
    let gain = warm.gain.as_ref().unwrap();
    assert!(gain.ci95[0] < 1.8 && gain.ci95[1] > 1.75, "{gain:?}");
    let home = of(Situation::SameInterpreter);
    assert_eq!(home.choose.as_ref().unwrap().0, cell("3.13", "fib", "mp", 2), "{home:?}");
    assert!(results.answers.iter().all(|answer| answer.situation != Situation::Responsive), "no loop here");
}

/// Blocks of two halves of the cells with one cell in common: the halves are compared through it.
#[test]
fn contenders_that_never_met_are_compared_through_a_third() {
    let mut world = World::new(19, &["3.13"], &["fib"], &["single", "threads", "mp"], &[2]);
    world.plant(&cell("3.13", "fib", "threads", 2), 1.3);
    world.plant(&cell("3.13", "fib", "mp", 2), 1.9);
    let single = Cell::single("3.13", "fib");
    for round in 1..=10 {
        for mode in ["threads", "mp"] {
            world.block(InvocationKind::Block, round, &[single.clone(), cell("3.13", "fib", mode, 2)], 8);
        }
    }
    let results = run(&world);
    let warm = &results.answers[0];
    assert_eq!((warm.compared, warm.decided), (3, true), "{warm:?}");
    assert_eq!(warm.choose.as_ref().unwrap().0.mode, "mp");
}

#[test]
fn where_nothing_was_compared_nothing_is_as_good() {
    let mut world = World::new(20, &["3.13"], &["fib"], &["single", "threads"], &[2]);
    world.block(InvocationKind::Block, 1, &[Cell::single("3.13", "fib")], 8);
    let results = run(&world);
    let warm = &results.answers[0];
    assert_eq!((warm.choose.as_ref(), warm.as_good.len(), warm.compared), (None, 0, 1), "{warm:?}");
}
