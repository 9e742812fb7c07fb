//! Which room of the library may read which, and what stands in one room only.
//!
//! Data flows one way: matrix -> interpreter -> plan -> measure -> record -> pairing -> doubts -> analysis -> report.

mod source;

use std::collections::BTreeMap;

use source::Source;

/// What a room may read, by the paths `crate::room`. Rooms of the ground floor, which all may read, are left out.
const ROOMS: [(&str, &[&str]); 13] = [
    ("process", &[]),
    ("harness", &[]),
    ("matrix", &["harness"]),
    ("interpreter", &["matrix", "process"]),
    ("plan", &["harness", "matrix", "interpreter"]),
    // The harness knows what the workers of a mode are where an older run.json doesn't say it.
    ("record", &["harness", "matrix", "interpreter", "plan"]),
    ("pairing", &["plan", "record"]),
    ("doubts", &["plan", "record", "pairing"]),
    ("measure", &["harness", "matrix", "interpreter", "plan", "record", "pairing", "doubts", "process"]),
    ("analysis", &["matrix", "interpreter", "plan", "record", "pairing", "doubts"]),
    ("report", &["interpreter", "record", "analysis"]),
    (
        "commands",
        &[
            "harness",
            "matrix",
            "interpreter",
            "plan",
            "record",
            "doubts",
            "measure",
            "analysis",
            "report",
            "process",
        ],
    ),
    ("cli", &["commands"]),
];

/// Read by all; among themselves they read nothing.
const GROUND_FLOOR: [&str; 7] = ["cell", "stats", "platform", "atomic", "parallel", "plural", "sha256"];

#[test]
fn a_room_reads_what_stands_left_of_it() {
    let mut wrong = Vec::new();
    for source in source::all() {
        let room = source.room();
        if ["lib", "main", "internals"].contains(&room) {
            continue;
        }
        let entry = ROOMS.iter().find(|(name, _)| *name == room);
        let ground = GROUND_FLOOR.contains(&room);
        assert!(entry.is_some() || ground, "`{room}` is a new room: say in ROOMS what it may read");
        let may = entry.map_or(&[][..], |(_, may)| may);
        for (at, read) in rooms_read(&source) {
            if read != room
                && !may.contains(&read.as_str())
                && (ground || !GROUND_FLOOR.contains(&read.as_str()))
            {
                wrong.push(format!("`{room}` reads `{read}`: {}", source.place(at)));
            }
        }
    }
    rule("a room reads what stands left of it (the map in CONTRIBUTING.md)", &wrong);
}

/// Fails with the rule and each place that breaks it.
fn rule(rule: &str, broken: &[String]) {
    assert!(broken.is_empty(), "{rule}, but:\n{}", broken.join("\n"));
}

/// Returns place and name of each room that stands in a path from `crate`.
fn rooms_read(source: &Source) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (at, start) in source.code.match_indices("crate::") {
        let from = at + start.len();
        let path = &source.code[from..];
        if source.code[..at].ends_with(|letter: char| letter.is_alphanumeric() || letter == '_') {
            continue;
        }
        let Some(group) = path.strip_prefix('{') else {
            found.push((at, word(path)));
            continue;
        };
        let mut depth = 1;
        let mut begins = true;
        for (index, letter) in group.char_indices() {
            match letter {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ if begins && letter.is_alphabetic() => {
                    found.push((from + 1 + index, word(&group[index..])));
                }
                _ => {}
            }
            if depth == 0 {
                break;
            }
            begins = depth == 1 && (letter == ',' || begins && letter.is_whitespace());
        }
    }
    // Macros and types that lib.rs itself exports are no rooms.
    let rooms = ROOMS.iter().map(|(name, _)| *name).chain(GROUND_FLOOR).collect::<Vec<_>>();
    found.retain(|(_, name)| rooms.contains(&name.as_str()));
    found
}

fn word(text: &str) -> String {
    text.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect()
}

#[test]
fn a_type_has_its_name_for_itself() {
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for source in source::all() {
        for (line_at, line) in lines(&source.code) {
            let item = line.trim_start();
            // Associated types stand deeper and are called as their trait wants it.
            let item = item.strip_prefix("pub").map_or(item, |rest| {
                let rest = rest
                    .strip_prefix('(')
                    .and_then(|rest| rest.split_once(')'))
                    .map_or(rest, |(_, rest)| rest);
                rest.trim_start()
            });
            let top = !line.starts_with(' ');
            for kind in ["struct ", "enum ", "trait ", "union ", "type "] {
                if let Some(rest) = item.strip_prefix(kind).filter(|_| top || kind != "type ") {
                    places.entry(word(rest)).or_default().push(source.place(line_at));
                }
            }
        }
    }
    places.retain(|_, places| places.len() > 1);
    let wrong: Vec<String> = places.into_values().flatten().collect();
    rule("no two types have one name", &wrong);
}

/// Returns each line with where it begins.
fn lines(code: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    code.split_inclusive('\n').map(move |line| {
        at += line.len();
        (at - line.len(), line)
    })
}

#[test]
fn what_one_system_only_has_stands_in_platform() {
    let mut wrong = Vec::new();
    for source in source::all() {
        if source.room() == "platform" {
            continue;
        }
        let found = ["libc::", "cfg(target_os", "cfg!(target_os"]
            .iter()
            .flat_map(|what| source.code.match_indices(what));
        let files = source.text.match_indices("\"/proc");
        wrong.extend(found.chain(files).map(|(at, _)| source.place(at)));
    }
    rule("what only one system has stands in src/platform", &wrong);
}

/// What a mode is stands in its file's header; to the right of the harness kinds decide, never names.
#[test]
fn no_mode_is_known_by_name_to_the_right_of_the_harness() {
    let modes = std::fs::read_dir(crate::support::repository("python-workloads/modes")).expect("modes");
    let names: Vec<String> = modes
        .filter_map(|entry| Some(entry.expect("an entry").path().file_stem()?.to_str()?.replace('_', "-")))
        .filter(|name| !ALSO_WORDS.contains(&name.as_str()))
        .collect();
    let mut wrong = Vec::new();
    for source in source::all() {
        if ["harness", "cell"].contains(&source.room()) || DEFAULTS.contains(&source.path.as_str()) {
            continue;
        }
        for name in &names {
            let literal = format!("\"{name}\"");
            wrong.extend(source.text.match_indices(&literal).map(|(at, _)| source.place(at)));
        }
    }
    rule("to the right of the harness the kind of a mode's workers decides, never its name", &wrong);
}

/// Modes whose name is also a key of run.json or of the matrix.
const ALSO_WORDS: [&str; 2] = ["command", "interpreters"];

/// Where the modes are chosen that are measured unless others are asked for.
const DEFAULTS: [&str; 2] = ["matrix/modes.rs", "commands/trial/mod.rs"];

#[test]
fn each_mode_and_workload_stands_in_its_table_of_the_docs() {
    let catalogue = gilmatrix::internals::Catalogue::embedded();
    let modes = catalogue.modes.iter().map(|mode| ("modes", &mode.name));
    let workloads = catalogue.workloads.iter().map(|workload| ("workloads", &workload.name));
    for (kind, name) in modes.chain(workloads) {
        let file = format!("docs/{kind}.md");
        let text = std::fs::read_to_string(crate::support::repository(&file)).expect("a page");
        assert!(text.contains(&format!("\n| `{name}` |")), "{file} has no row for `{name}`");
    }
}
