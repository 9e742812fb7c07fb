//! What may become of a file: changed here and there, or torn.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};

/// Names and messages that some format takes for itself.
pub(super) const HOSTILE: [&str; 14] = [
    "<script>alert(1)</script>",
    "\"' onload='x' <blink onclick=x>&amp;&lt;",
    "]]>--><!-- x",
    "| a | b |\n| --- | --- |",
    "# head\n- [x] __init__ *args* `code",
    "[x](javascript:1) ![y](z) @name #1 $a$ ~~b~~",
    "=cmd|'/c calc'!A1",
    "\u{1b}[31m\u{9b}2J\u{7}\r\n\u{2028}",
    "\u{202E}\u{2066}שלום 41 ms",
    "\u{FFFE}\u{FFFF}\u{0}\u{10FFFF}",
    "::error title=x::y%0A\n::stop-commands::",
    "a/../../b\\c:d*?",
    "",
    "ẞ e\u{301}🏳️‍🌈 漢字 \u{200B}",
];

/// The numbers of a target's inputs: as many as are tried `usual`ly; `GILMATRIX_FUZZ=20` tries twenty times as many, and
/// `GILMATRIX_FUZZ=20-30` the ten times as many that follow those.
pub(super) fn numbers(usual: u64) -> std::ops::Range<u64> {
    #[allow(clippy::disallowed_methods, reason = "a test may be told to try longer")]
    let more = std::env::var("GILMATRIX_FUZZ").unwrap_or_else(|_| "1".to_owned());
    let (from, to) = more.split_once('-').unwrap_or(("0", &more));
    let times = |text: &str| usual * text.parse::<u64>().expect("GILMATRIX_FUZZ is a number, or FROM-TO");
    times(from)..times(to)
}

/// Tells the input before a panic goes on.
pub(super) fn survives<T>(number: u64, input: &str, read: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| {
        let shown: String = input.chars().take(2_000).collect();
        panic!("input {number} ends in a panic: {shown}")
    })
}

/// What stands in the place of anything.
pub(super) fn odd(random: &mut ChaCha8Rng) -> Value {
    let all = [
        json!(null),
        json!(0),
        json!(-1),
        json!(1),
        json!(u64::MAX),
        json!(i64::MIN),
        json!(1e308),
        json!(-1e308),
        json!(5e-324),
        json!(0.5),
        json!(true),
        json!(""),
        json!("x"),
        json!("../../up"),
        json!("/etc/passwd"),
        json!("3.13t"),
        json!("single"),
        json!("fib"),
        json!("\u{0}\u{FFFE}\u{9b}"),
        json!(HOSTILE.choose(random)),
        json!([]),
        json!({}),
        json!([[[]]]),
        json!("א".repeat(300)),
        json!(["single", "single"]),
        json!(4_294_967_296_u64),
        json!("completed"),
    ];
    all.choose(random).expect("some").clone()
}

/// Changes something at one place, anywhere inside.
pub(super) fn bend(value: &mut Value, random: &mut ChaCha8Rng) {
    let stop = random.random_range(0..12) == 0;
    match value {
        Value::Object(map) if !map.is_empty() => {
            let keys: Vec<String> = map.keys().cloned().collect();
            let key = keys.choose(random).expect("some");
            match random.random_range(0..30) {
                0 => drop(map.remove(key)),
                1 => drop(map.insert(key.to_uppercase(), odd(random))),
                _ if stop => drop(map.insert(key.clone(), odd(random))),
                _ => bend(&mut map[key], random),
            }
        }
        Value::Array(list) if !list.is_empty() => {
            let at = random.random_range(0..list.len());
            match random.random_range(0..30) {
                0 => drop(list.remove(at)),
                1 => list.insert(at, list[at].clone()),
                2 => list.truncate(at),
                _ if stop => list[at] = odd(random),
                _ => bend(&mut list[at], random),
            }
        }
        other => {
            // Mostly of its own kind, so that it is read.
            let kind = std::mem::discriminant(other);
            let like = (0..20).map(|_| odd(random)).find(|odd| std::mem::discriminant(odd) == kind);
            *other = like.filter(|_| random.random_range(0..4) > 0).unwrap_or_else(|| odd(random));
        }
    }
}

/// Bytes cut, doubled, swapped or put in.
pub(super) fn tear(text: &str, random: &mut ChaCha8Rng) -> Vec<u8> {
    const WORDS: [&str; 12] = [
        "\0",
        "\u{FEFF}",
        "\u{FFFE}",
        "\"",
        "\n",
        "1e999",
        "-",
        "[",
        "}",
        "nan",
        "=",
        "99999999999999999999",
    ];
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..random.random_range(1..4) {
        let at = random.random_range(0..bytes.len().max(1)).min(bytes.len());
        let end = (at + random.random_range(0..40)).min(bytes.len());
        match random.random_range(0..5) {
            0 => bytes.truncate(at),
            1 => drop(bytes.drain(at..end)),
            2 => bytes.extend_from_within(at..end),
            3 => bytes.splice(at..at, WORDS.choose(random).expect("some").bytes()).for_each(drop),
            _ => bytes.splice(at..at, [random.random()]).for_each(drop),
        }
    }
    bytes
}

pub(super) fn generator(number: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(number)
}

/// Bends it here and there, or tears what it is written as.
pub(super) fn spoilt(text: &str, random: &mut ChaCha8Rng) -> Vec<u8> {
    if random.random_range(0..4) == 0 {
        return tear(text, random);
    }
    let mut value: Value = serde_json::from_str(text).expect("sound before");
    for _ in 0..random.random_range(1..4) {
        bend(&mut value, random);
    }
    value.to_string().into_bytes()
}
