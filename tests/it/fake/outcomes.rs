//! Cells that go wrong: their outcome and reason are reported, the others are unharmed, exit 4.

use crate::support::{Place, alive, code, stderr, stdout, with_fake};

/// Runs the fake beside the real one, checks what holds for every failure, and gives the reason.
fn fails(behaviour: &str, more: &str, outcome: &str) -> String {
    let place = Place::new(&with_fake(behaviour, more));
    let output = place.run(&[]);
    assert_eq!(code(&output), 4, "{}", stderr(&output));
    let bad = place.cell("fake", "single", 1);
    assert_eq!(bad["outcome"], outcome, "{bad}");
    assert!(bad["speedup"].is_null(), "a failed cell has no speedup: {bad}");
    let good = place.cell("real", "single", 1);
    assert_eq!(good["outcome"], "completed", "{good}");
    assert!(
        good["wall_ns"]["median"].as_u64().is_some_and(|ns| ns > 0) || good["total_ns"].is_object(),
        "{good}"
    );
    let reason = bad["reason"].as_str().expect("a reason").to_owned();
    // Rule 10: at the place where its number would have stood.
    let report = std::fs::read_to_string(place.out().join("report.md")).expect("report.md");
    assert!(report.contains("fake"), "{report}");
    assert!(stdout(&output).contains("fake"), "{}", stdout(&output));
    reason
}

#[test]
fn a_crash_is_named_by_its_signal() {
    assert!(fails("segfault", "", "crashed").contains("SIGSEGV"));
}

#[test]
fn an_early_exit_is_a_crash_and_its_last_words_are_kept() {
    let place = Place::new(&with_fake("exit-early", ""));
    let output = place.run(&[]);
    assert_eq!(code(&output), 4);
    let cell = place.cell("fake", "single", 1);
    assert_eq!(cell["outcome"], "crashed");
    assert!(cell["reason"].as_str().is_some_and(|reason| reason.contains("code 3")), "{cell}");
    let kept = place
        .records()
        .iter()
        .any(|record| record["stderr_tail"].as_str().is_some_and(|tail| tail.contains("fake: giving up")));
    assert!(kept);
}

#[test]
fn an_end_without_an_answer_breaks_the_protocol() {
    assert!(fails("silent", "", "protocol_error").contains("without an answer"));
}

#[test]
fn garbage_in_the_report_breaks_the_protocol() {
    assert!(fails("garbage", "", "protocol_error").contains("no row at all"));
}

#[test]
fn a_wrong_checksum_is_not_fast() {
    let reason = fails("wrong-checksum", "", "checksum_mismatch");
    assert!(reason.contains("0000000000000000"), "{reason}");
}

#[test]
fn a_worker_that_stays_cold_has_no_steady_state() {
    let reason = fails("starved", "", "no_steady_state");
    assert!(reason.contains("worker ") && reason.contains("ran no task in 3 warm-ups"), "{reason}");
}

#[test]
fn passes_that_never_come_to_rest_have_no_steady_state() {
    let more = "max_rounds = 12\nprecision = 0.001";
    let place = Place::new(&with_fake("ever-faster", "").replace("max_rounds = 3", more));
    let output = place.run(&[]);
    assert_eq!(code(&output), 4, "{}", stderr(&output));
    let cell = place.cell("fake", "single", 1);
    assert_eq!(cell["outcome"], "no_steady_state", "{cell}");
    assert!(cell["reason"].as_str().is_some_and(|reason| reason.contains("each pass was faster")), "{cell}");
    assert_eq!(place.cell("real", "single", 1)["outcome"], "completed");
}

#[test]
fn a_hanging_cell_is_timed_out_and_its_whole_tree_ended() {
    let reason = fails("hang-stubbornly", "timeout = \"1s\"", "timed_out");
    assert!(reason.contains("1 s"), "{reason}");
    let marker = "fake_interpreter.py hang-stubbornly";
    assert!(alive(marker).is_empty(), "{:?}", alive(marker));
}

#[test]
fn prints_and_leftovers_harm_nobody() {
    for behaviour in ["good", "print-much"] {
        let place = Place::new(&with_fake(behaviour, ""));
        let output = place.run(&[]);
        assert_eq!(code(&output), 0, "{behaviour}: {}", stderr(&output));
        assert_eq!(place.cell("fake", "single", 1)["outcome"], "completed", "{behaviour}");
    }
}

#[test]
fn a_grandchild_left_behind_is_ended_and_said() {
    let place = Place::new(&with_fake("leave-grandchild", ""));
    let output = place.run(&[]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let said =
        place.records().iter().any(|record| record["warnings"].to_string().contains("left 1 process behind"));
    assert!(said, "the record says that something was left behind");
    let mine: Vec<u32> = alive("sleep 345678");
    assert!(mine.is_empty(), "{mine:?}");
}
