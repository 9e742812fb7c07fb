//! What results hold is anybody's: each file made of them is one of its format all the same.

use std::collections::{BTreeMap, BTreeSet};

use rand::RngExt as _;
use rand::seq::IndexedRandom as _;
use rand_chacha::ChaCha8Rng;
use serde_json::Value;

use super::reports;
use super::spoil::{HOSTILE, bend, generator, numbers, survives};
use crate::analysis::Results;
use crate::analysis::run_diff::of_gate;
use crate::report::{self, strict};

/// The texts in a value, each with the fields in which it stands.
fn texts(value: &mut Value, place: &str, each: &mut dyn FnMut(&str, &mut String)) {
    match value {
        Value::String(text) => each(place, text),
        Value::Array(list) => list.iter_mut().for_each(|item| texts(item, place, each)),
        Value::Object(map) => {
            map.iter_mut().for_each(|(key, item)| texts(item, &format!("{place}.{key}"), each));
        }
        _ => {}
    }
}

/// The fields that take any text.
fn open_fields(sound: &Value) -> BTreeSet<String> {
    let mut places = BTreeSet::new();
    texts(&mut sound.clone(), "", &mut |place, _| {
        places.insert(place.to_owned());
    });
    places.retain(|place| {
        let mut changed = sound.clone();
        let put = |at: &str, text: &mut String| {
            if at == place {
                *text = HOSTILE[0].to_owned()
            }
        };
        texts(&mut changed, "", &mut { put });
        place != ".schema" && serde_json::from_value::<Results>(changed).is_ok()
    });
    places
}

/// Puts something hostile in the place of some texts: of what stood for one name, everywhere the same.
fn rename(value: &mut Value, open: &BTreeSet<String>, random: &mut ChaCha8Rng) {
    let mut put: BTreeMap<String, String> = BTreeMap::new();
    texts(value, "", &mut |place, text| {
        if !open.contains(place) {
            return;
        }
        let new = put.entry(text.clone()).or_insert_with(|| match random.random_range(0..6) {
            0 => HOSTILE.choose(random).copied().unwrap_or_default().to_owned(),
            1 => format!("{text}{}", HOSTILE.choose(random).copied().unwrap_or_default()),
            2 => text.repeat(random.random_range(1..30)),
            _ => text.clone(),
        });
        text.clone_from(new);
    });
}

#[test]
fn whatever_results_hold_each_writer_keeps_to_its_format() {
    let sound = serde_json::to_value(strict::results()).expect("JSON");
    let open = open_fields(&sound);
    assert!(open.len() > 40, "{open:?}");
    let mut written = 0;
    for number in numbers(24) {
        let random = &mut generator(number);
        let mut value = sound.clone();
        rename(&mut value, &open, random);
        for _ in 0..random.random_range(0..4) {
            bend(&mut value, random);
        }
        let text = value.to_string();
        survives(number, &text, || {
            let Ok(results) = serde_json::from_str::<Results>(&text) else { return };
            written += 1;
            reports(&results, number % 8 == 0);
            let several = [results.clone(), results.clone()];
            report::side_by_side::render(&several, |format| format != "png").iter().for_each(strict::file);
            strict::terminal(&report::lines(&report::side_by_side::terminal(&several, 80)), 80);
            if let Some(found) = of_gate(&results) {
                strict::terminal(&report::lines(&report::run_diff::terminal(&found)), usize::MAX);
                strict::markdown(&report::run_diff::markdown(&found));
                strict::annotations(&report::run_diff::github(&found));
            }
        });
    }
    assert!(written > 12, "{written}");
}
