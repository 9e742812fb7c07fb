use super::*;
use crate::stats::simulate::Random;

/// What is found where each night has a value of its own.
fn changes(nights: &[SeriesValue], boundaries: &[usize], alpha: f64, least: f64) -> Vec<LevelShift> {
    LevelSeries::new(nights.to_vec(), boundaries).changes(&ShiftTest { alpha, least, correlation: 0.0 })
}

/// What is found in a history of series, of each.
fn in_history(all: &[Vec<SeriesValue>], alpha: f64, least: f64) -> Vec<Vec<LevelShift>> {
    let all: Vec<LevelSeries> = all.iter().map(|nights| LevelSeries::new(nights.clone(), &[])).collect();
    let test = ShiftTest { alpha: alpha / all.len() as f64, least, correlation: correlation(&all) };
    all.iter().map(|series| series.changes(&test)).collect()
}

fn series(random: &mut Random, levels: &[(usize, f64)], sigma: f64) -> Vec<SeriesValue> {
    let mut nights = Vec::new();
    for (count, level) in levels {
        for _ in 0..*count {
            nights.push(SeriesValue { value: level + sigma * random.normal(), error: sigma / 2.0 });
        }
    }
    nights
}

#[test]
fn a_planted_change_is_found_on_the_third_night() {
    let mut random = Random::new(1);
    let trials = 300;
    let (mut hits, mut near) = (0, 0);
    for _ in 0..trials {
        let nights = series(&mut random, &[(30, 0.0), (3, -0.06)], 0.01);
        let found = changes(&nights, &[], 0.001, 0.02);
        hits += u32::from(!found.is_empty());
        near += u32::from(found.first().is_some_and(|change| change.at.abs_diff(30) <= 1));
    }
    assert!(hits >= trials * 95 / 100, "{hits} of {trials}");
    assert!(near >= hits * 95 / 100, "{near} of {hits} at the right place");
}

#[test]
fn nothing_is_found_where_nothing_changed() {
    let mut random = Random::new(2);
    let alarms: usize =
        (0..2000).map(|_| changes(&series(&mut random, &[(60, 0.0)], 0.01), &[], 0.01, 0.0).len()).sum();
    // 2000 x 1 % would be 20; Bonferroni over overlapping places keeps it well below.
    assert!(alarms <= 20, "{alarms}");
}

#[test]
fn one_bad_night_or_two_are_outliers_and_no_change() {
    let mut random = Random::new(3);
    let mut nights = series(&mut random, &[(40, 0.0)], 0.01);
    nights[20].value -= 0.3;
    nights[30].value -= 0.2;
    nights[31].value -= 0.2;
    nights[39].value -= 0.2;
    assert!(changes(&nights, &[], 0.01, 0.02).is_empty());
    let odd = LevelSeries::new(nights, &[]).outliers();
    assert!(odd[20] && odd[30] && odd[31] && odd[39], "{odd:?}");
}

#[test]
fn two_changes_are_two() {
    let mut random = Random::new(4);
    let nights = series(&mut random, &[(20, 0.0), (15, 0.08), (15, 0.0)], 0.01);
    let found = changes(&nights, &[], 0.01, 0.02);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].at.abs_diff(20) <= 1 && found[1].at.abs_diff(35) <= 1, "{found:?}");
    assert!(found[0].shift > 0.0 && found[1].shift < 0.0);
}

#[test]
fn a_shift_at_a_known_place_is_told_apart() {
    let mut random = Random::new(5);
    let nights = series(&mut random, &[(20, 0.0), (12, -0.1), (10, -0.16)], 0.01);
    let found = changes(&nights, &[20], 0.01, 0.02);
    assert_eq!(
        found.iter().map(|change| (change.at, change.known)).collect::<Vec<_>>(),
        [(20, true), (32, false)]
    );
    assert!(changes(&nights[..22], &[20], 0.01, 0.02).is_empty(), "two nights after it are too few");
}

#[test]
fn short_series_say_nothing() {
    for count in 0..6 {
        let nights = vec![SeriesValue { value: count as f64, error: 0.0 }; count];
        assert!(changes(&nights, &[], 0.05, 0.0).is_empty());
    }
}

#[test]
fn what_changed_does_not_hide_itself_in_a_short_series() {
    let mut random = Random::new(6);
    for _ in 0..200 {
        let fall = series(&mut random, &[(8, 0.0), (5, -2.3)], 0.015);
        let four_of_twelve = series(&mut random, &[(6, 0.0), (4, 2.3), (2, 0.0)], 0.015);
        for (nights, at) in [(fall, 8), (four_of_twelve, 6)] {
            let found = in_history(&[nights], 0.01, 0.02);
            assert!(found[0].iter().any(|change| change.at == at), "{found:?}");
        }
    }
}

#[test]
fn an_incident_that_was_repaired_masks_nothing() {
    let mut random = Random::new(7);
    for _ in 0..200 {
        let nights = series(&mut random, &[(20, 0.0), (4, 1.1), (26, 0.0), (10, 0.22)], 0.015);
        let found = in_history(&[nights], 1e-4, 0.02);
        let near = |night: usize| found[0].iter().any(|change| change.at.abs_diff(night) <= 1);
        assert!(near(20) && near(24) && near(50), "{found:?}");
    }
}

#[test]
fn a_known_change_is_no_correlation() {
    let mut random = Random::new(10);
    let nights = |random: &mut Random| series(random, &[(30, 0.0), (30, 0.05)], 0.015);
    let known: Vec<LevelSeries> = (0..50).map(|_| LevelSeries::new(nights(&mut random), &[30])).collect();
    assert!(correlation(&known) < 0.1, "{}", correlation(&known));
}

/// Nights of an autoregressive process of order one.
fn alike(random: &mut Random, count: usize, rho: f64) -> Vec<SeriesValue> {
    const SIGMA: f64 = 0.015;
    let mut level = random.normal();
    let night = |_| {
        let value = SIGMA * level;
        level = rho * level + (1.0 - rho * rho).sqrt() * random.normal();
        SeriesValue { value, error: SIGMA / 3.0 }
    };
    (0..count).map(night).collect()
}

/// `GILMATRIX_HISTORIES=2000 cargo test --lib nights_that_are_alike -- --nocapture` prints docs/history.md's table.
#[test]
fn nights_that_are_alike_raise_few_alarms() {
    let histories = std::env::var("GILMATRIX_HISTORIES").map_or(200, |text| text.parse().unwrap());
    let mut random = Random::new(8);
    // Of one trend the correlation is known badly.
    for (trends, most) in [(1, 0.035), (6, 0.03), (96, 0.02)] {
        for (nights, rho) in [(20, 0.0), (20, 0.6), (60, 0.0), (60, 0.6)] {
            let alarmed = (0..histories).filter(|_| {
                let all: Vec<_> = (0..trends).map(|_| alike(&mut random, nights, rho)).collect();
                in_history(&all, 0.01, 0.02).iter().any(|found| !found.is_empty())
            });
            let share = alarmed.count() as f64 / f64::from(histories);
            #[allow(clippy::disallowed_macros, reason = "what a longer simulation found")]
            {
                println!("| {trends} | {nights} | {rho} | {:.1} % |", 100.0 * share);
            }
            // By chance three standard deviations more.
            let chance = 3.0 * (most / f64::from(histories)).sqrt();
            assert!(share <= most + chance, "{trends} {nights} {rho}: {share}");
        }
    }
}

#[test]
fn what_could_be_shown_is_found_when_it_is_there() {
    let mut random = Random::new(9);
    let test = ShiftTest { alpha: 0.001, least: 0.02, correlation: 0.0 };
    let (mut found, trials) = (0, 300);
    for _ in 0..trials {
        let mut nights = series(&mut random, &[(30, 0.0)], 0.015);
        let shift = LevelSeries::new(nights.clone(), &[]).smallest(&test).unwrap();
        nights[27..].iter_mut().for_each(|night| night.value += shift);
        found += u32::from(!LevelSeries::new(nights, &[]).changes(&test).is_empty());
    }
    assert!((trials * 65 / 100..trials * 95 / 100).contains(&found), "{found} of {trials}");
    let short = series(&mut random, &[(5, 0.0)], 0.01);
    assert_eq!(LevelSeries::new(short, &[]).smallest(&test), None);
}
