//! What has to go from a run is found in all of it; then every field goes through here.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::paths::{Paths, is_path, last_part};
use super::variables::{assigned, hides};
use crate::record::{Invocation, RunInfo};

/// Folders whose folders are named after users.
const HOMES: [&str; 3] = ["/home/", "/Users/", "\\Users\\"];
/// What decides on a shape or proves an identity, and holds no word of anyone's.
pub(super) const KEPT: [&str; 9] = [
    "schema",
    "kind",
    "outcome",
    "status",
    "mode",
    "start_method",
    "checksum",
    "executable_sha256",
    "harness_sha256",
];

/// What holds sentences, or what a program printed: a path in it ends somewhere. Any other field may be a path whole.
pub(super) const PROSE: [&str; 10] = [
    "reason",
    "text",
    "hint",
    "why",
    "warnings",
    "stdout_tail",
    "stderr_tail",
    "expect",
    "stress",
    "configure_args",
];
/// What holds command lines, a word each.
const COMMAND_LINES: [&str; 3] = ["command", "prepare", "cleanup"];

/// What has to go from a run, known once all of it was looked at.
#[derive(Default)]
pub(crate) struct Redactor {
    users: BTreeSet<String>,
    /// The folders of all values that are paths.
    paths: Paths,
    /// What stands for each word that goes; the longest word first.
    words: Vec<(String, &'static str)>,
    /// What stands for each name that changes: two names never become one.
    names: BTreeMap<String, String>,
    /// What stands for each program: by it a record shows that all workers ran one.
    programs: BTreeMap<String, String>,
}

impl Redactor {
    /// Looks at a whole run. The host's and the users' names are to go, inside the names of workloads and
    /// interpreters too, and of every path only its last part stays. Users are those whose home folders occur,
    /// and `others`.
    ///
    /// # Errors
    /// What `records` gives.
    pub(crate) fn of<E>(
        run: &RunInfo,
        records: impl Iterator<Item = Result<Invocation, E>>,
        others: &[String],
    ) -> Result<Self, E> {
        let mut redactor = Self::default();
        // Our own types have string keys and finite structure, so this can't fail.
        redactor.look(&serde_json::to_value(run).unwrap_or_default(), "");
        for record in records {
            redactor.look(&serde_json::to_value(record?).unwrap_or_default(), "");
        }
        let hosts = std::iter::once(&run.host).chain(run.parts.iter().map(|part| &part.host));
        redactor.words(hosts.filter_map(|host| host.hostname.as_deref()), others);
        let named = run.matrix.workloads.iter().map(|one| &one.name);
        let named = named.chain(run.interpreters.iter().map(|one| &one.name));
        let named = named.chain(run.missing.iter().map(|one| &one.name));
        redactor.name(named.chain(run.matrix.variants.iter().map(|one| &one.name)));
        Ok(redactor)
    }

    /// # Errors
    /// A name that has to go is a word of the record's own format.
    pub(crate) fn run(&mut self, run: &RunInfo) -> serde_json::Result<RunInfo> {
        let mut open = run.clone();
        open.host.hostname = None;
        open.parts.iter_mut().for_each(|part| part.host.hostname = None);
        self.redacted(&open)
    }

    /// # Errors
    /// A name that has to go is a word of the record's own format. [`Redactor::run`] has to come first: programs keep the names that they got there.
    pub(crate) fn redacted<T: Serialize + DeserializeOwned>(&mut self, whole: &T) -> serde_json::Result<T> {
        let mut value = serde_json::to_value(whole)?;
        self.walk(&mut value, "");
        serde_json::from_value(value)
    }

    /// Finds folders, and users in the paths below.
    fn look(&mut self, value: &Value, key: &str) {
        match value {
            Value::String(text) => {
                if !PROSE.contains(&key) {
                    self.paths.learn(text);
                }
                for home in HOMES {
                    for rest in text.split(home).skip(1) {
                        let user = rest.split(['/', '\\']).next().unwrap_or_default();
                        let user = user.split(|c: char| !c.is_alphanumeric() && !"._-".contains(c));
                        let user = user.into_iter().next().unwrap_or_default();
                        if user.chars().count() > 1 {
                            self.users.insert(user.to_owned());
                        }
                    }
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.look(item, key)),
            Value::Object(fields) => {
                for (key, field) in fields {
                    self.paths.learn(key);
                    self.look(field, key);
                }
            }
            _ => {}
        }
    }

    fn words<'a>(&mut self, hosts: impl Iterator<Item = &'a str>, others: &[String]) {
        let names = hosts.flat_map(|host| [Some(host), host.split('.').next()]).flatten();
        for host in names.filter(|name| name.chars().count() > 1) {
            self.words.push((host.to_owned(), "host"));
        }
        let users = self.users.iter().chain(others.iter().filter(|name| name.chars().count() > 2));
        self.words.extend(users.map(|user| (user.clone(), "user")));
        self.words.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
    }

    fn name<'a>(&mut self, names: impl Iterator<Item = &'a String>) {
        let names: BTreeSet<&String> = names.collect();
        let mut taken: BTreeSet<String> =
            names.iter().filter(|name| self.plain(name) == ***name).map(|name| (*name).clone()).collect();
        for name in names {
            let put = self.plain(name);
            if put != *name {
                let put = unique(put, |put| taken.contains(put));
                taken.insert(put.clone());
                self.names.insert(name.clone(), put);
            }
        }
    }

    fn text(&self, text: &str) -> String {
        if let Some(name) = self.names.get(text) {
            return name.clone();
        }
        let named = self.names.iter().fold(text.to_owned(), |text, (name, put)| text.replace(name, put));
        self.plain(&named)
    }

    /// Without paths and words that have to go.
    fn plain(&self, text: &str) -> String {
        let bare = if is_path(text) { last_part(text) } else { self.paths.without(text) };
        self.without_words(bare)
    }

    fn without_words(&self, text: String) -> String {
        self.words.iter().fold(text, |text, (word, put)| without_word(&text, word, put))
    }

    /// A sentence, or what a program printed.
    fn prose(&self, text: &str) -> String {
        let named = self.names.iter().fold(text.to_owned(), |text, (name, put)| text.replace(name, put));
        self.without_words(self.paths.without(&named))
    }

    fn program(&mut self, text: &str) -> String {
        if let Some(known) = self.programs.get(text) {
            return known.clone();
        }
        let put = unique(self.text(text), |put| self.programs.values().any(|known| known == put));
        self.programs.insert(text.to_owned(), put.clone());
        put
    }

    fn walk(&mut self, value: &mut Value, key: &str) {
        match value {
            Value::String(text) if key == "executable" => *text = self.program(text),
            Value::String(text) if PROSE.contains(&key) => *text = self.prose(text),
            Value::String(text) if !KEPT.contains(&key) => *text = self.text(text),
            Value::Array(items) => {
                let mut before = String::new();
                for item in items.iter_mut() {
                    let word = item.as_str().unwrap_or_default().to_owned();
                    match assigned(&word, &before).filter(|_| COMMAND_LINES.contains(&key)) {
                        Some(kept) => *item = format!("{}…", &word[..kept]).into(),
                        None => self.walk(item, key),
                    }
                    before = word;
                }
            }
            Value::Object(fields) => {
                let told = |(name, value): &(&String, &mut Value)| {
                    !hides(name) || value.as_str().is_none_or(|text| text.parse::<f64>().is_ok())
                };
                for (_, value) in fields.iter_mut().filter(|field| key == "env" && !told(field)) {
                    *value = Value::String("…".to_owned());
                }
                for (key, field) in fields.iter_mut() {
                    self.walk(field, key);
                }
                let renamed: Vec<(String, String)> = fields
                    .keys()
                    .map(|key| (key.clone(), self.text(key)))
                    .filter(|(key, put)| key != put)
                    .collect();
                for (key, put) in renamed {
                    if let Some(field) = fields.remove(&key) {
                        let put = unique(put, |put| fields.contains_key(put));
                        fields.insert(put, field);
                    }
                }
            }
            _ => {}
        }
    }
}

/// `text`, with a number behind it where it is taken.
fn unique(text: String, taken: impl Fn(&str) -> bool) -> String {
    if !taken(&text) {
        return text;
    }
    (2..).map(|n| format!("{text}-{n}")).find(|other| !taken(other)).unwrap_or(text)
}

/// `word` replaced where it stands alone.
fn without_word(text: &str, word: &str, put: &str) -> String {
    let inside = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(word) {
        let after = &rest[at + word.len()..];
        let alone = !inside(rest[..at].chars().next_back()) && !inside(after.chars().next());
        out.push_str(&rest[..at]);
        out.push_str(if alone { put } else { word });
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hosts_of_all_parts_go() {
        let mut run = crate::analysis::synthetic::World::new(1, &["3.13"], &["fib"], &["single"], &[1]).run;
        for name in ["first.example", "second"] {
            let host = crate::record::Host { hostname: Some(name.to_owned()), ..run.host.clone() };
            let workloads = vec![format!("fib-{name}")];
            run.parts.push(crate::record::Part { run_id: name.to_owned(), shard: None, host, workloads });
        }
        let none = std::iter::empty::<Result<Invocation, std::io::Error>>();
        let mut redactor = Redactor::of(&run, none, &[]).unwrap();
        let text = serde_json::to_string(&redactor.run(&run).unwrap()).unwrap();
        assert!(!text.contains("second") && !text.contains("first"), "{text}");
    }

    #[test]
    fn words_go_where_they_stand_alone() {
        assert_eq!(without_word("bench: benchmarks of bench", "bench", "host"), "host: benchmarks of host");
    }

    #[test]
    fn two_names_never_become_one() {
        let mut redactor = Redactor::default();
        redactor.look(&Value::String("/home/alice/x".to_owned()), "");
        redactor.words(["bench.example"].into_iter(), &[]);
        let names =
            ["/home/alice/a/python3", "/home/alice/b/python3", "alice-work", "3.13"].map(str::to_owned);
        redactor.name(names.iter());
        let after: Vec<String> = names.iter().map(|name| redactor.text(name)).collect();
        assert_eq!(after, ["…/python3", "…/python3-2", "user-work", "3.13"]);
        assert_eq!(redactor.text("alice-work on bench"), "user-work on host");
        assert_eq!(redactor.program("/opt/a/python3"), redactor.program("/opt/a/python3"));
        assert_ne!(redactor.program("/opt/a/python3"), redactor.program("/opt/b/python3"));
    }
}
