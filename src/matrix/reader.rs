//! Small typed readers over the parsed TOML. A section asks for each of its keys once, with what it
//! expects; from what was asked follows which keys are unknown and what could have stood there.

use std::ops::{Range, RangeInclusive};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::problems::Problems;

/// A value of the file, and the name by which messages speak of it, as `run.budget`.
pub(super) struct TomlValue<'d> {
    pub name: String,
    item: &'d Spanned<DeValue<'d>>,
    problems: &'d Problems,
}

impl<'d> TomlValue<'d> {
    pub(super) fn span(&self) -> Range<usize> {
        self.item.span()
    }

    pub(super) fn get(&self) -> &'d DeValue<'d> {
        self.item.get_ref()
    }

    /// Notes that the value is of another type than `expected`, as `a list of names`.
    pub(super) fn wrong_type<T>(&self, expected: &str) -> Option<T> {
        self.wrong_value(expected, format!("this is {}", describe(self.get())))
    }

    /// Notes that the type is right and the value isn't.
    pub(super) fn wrong_value<T>(&self, expected: &str, why: impl Into<String>) -> Option<T> {
        self.problem(self.must_be(expected), why)
    }

    /// Notes a value that isn't as expected, and what to write instead.
    pub(super) fn rather<T>(
        &self,
        expected: &str,
        why: impl Into<String>,
        instead: impl Into<String>,
    ) -> Option<T> {
        self.problem_with_help(self.must_be(expected), why, instead)
    }

    /// Returns what was read of the value, or notes why it couldn't be.
    pub(super) fn parsed<T>(&self, expected: &str, read: Result<T, String>) -> Option<T> {
        read.map_or_else(|why| self.wrong_value(expected, why), Some)
    }

    pub(super) fn problem<T>(&self, title: impl Into<String>, label: impl Into<String>) -> Option<T> {
        self.problems.add(self.span(), title, label)
    }

    pub(super) fn problem_with_help<T>(
        &self,
        title: impl Into<String>,
        label: impl Into<String>,
        help: impl Into<String>,
    ) -> Option<T> {
        self.problems.add_with_help(self.span(), title, label, help)
    }

    pub(super) fn string(&self, expected: &str) -> Option<&'d str> {
        self.get().as_str().or_else(|| self.wrong_type(expected))
    }

    /// Reads a word among those known at this place; `title` says what another one is.
    pub(super) fn known(
        &self,
        expected: &str,
        known: &[&str],
        title: impl FnOnce(&str) -> String,
    ) -> Option<&'d str> {
        let word = self.string(expected)?;
        if known.contains(&word) { Some(word) } else { self.unknown(title(word), word, known) }
    }

    /// Notes a word that isn't among those known at this place.
    pub(super) fn unknown<T>(&self, title: String, word: &str, known: &[&str]) -> Option<T> {
        self.problems.unknown(self.span(), title, word, known)
    }

    /// Reads one of a few words.
    pub(super) fn one_of<T: clap::ValueEnum>(&self) -> Option<T> {
        let words: Vec<_> = T::value_variants().iter().filter_map(T::to_possible_value).collect();
        let known: Vec<&str> = words.iter().map(|word| word.get_name()).collect();
        let quoted: Vec<String> = known.iter().map(|word| format!("`{word}`")).collect();
        let expected = match quoted.split_last() {
            Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
            _ => quoted.concat(),
        };
        let chosen = self.known(&expected, &known, |word| format!("`{}` can't be `{word}`", self.name))?;
        T::from_str(chosen, false).ok()
    }

    /// Reads a name that tables can show: letters, digits and `signs`, and no `-` in front.
    pub(super) fn name(&self, signs: &str, otherwise: &str) -> Option<&'d str> {
        let quoted: Vec<String> = signs.chars().map(|sign| format!("`{sign}`")).collect();
        let expected = format!("a name of letters, digits and {}", quoted.join(", "));
        let text = self.string(&expected)?;
        let sound = text.chars().all(|c| c.is_alphanumeric() || signs.contains(c));
        match text.is_empty() || text.starts_with('-') || !sound {
            true => self.wrong_value(&expected, otherwise),
            false => Some(text),
        }
    }

    pub(super) fn boolean(&self) -> Option<bool> {
        self.get().as_bool().or_else(|| self.wrong_type("true or false"))
    }

    /// Reads a whole number inside `range`.
    pub(super) fn integer(&self, range: RangeInclusive<u64>) -> Option<u64> {
        let expected = match (*range.start(), *range.end()) {
            (0, u64::MAX) => "a whole number, 0 or more".to_owned(),
            (low, high) => format!("a whole number from {low} to {high}"),
        };
        let (meant, label) = match (self.get().as_integer(), self.get().as_str()) {
            (Some(integer), _) => {
                let number = i128::from_str_radix(integer.as_str(), integer.radix()).ok();
                if let Some(sound) = number.and_then(|it| it.try_into().ok()).filter(|it| range.contains(it))
                {
                    return Some(sound);
                }
                (number, format!("{} is out of range", integer.as_str()))
            }
            (None, text) => (text.and_then(|text| text.trim().parse().ok()), "this is a string".to_owned()),
        };
        match meant.map(|number| number.clamp((*range.start()).into(), (*range.end()).into())) {
            Some(nearest) => self.rather(&expected, label, format!("write `{nearest}`")),
            None => self.wrong_type(&expected),
        }
    }

    pub(super) fn table(&self, expected: &str) -> Option<TomlTable<'d>> {
        match self.get().as_table() {
            Some(table) => Some(TomlTable::new(self.name.clone(), self.span(), table, self.problems)),
            None => self.wrong_type(expected),
        }
    }

    /// Reads the elements of a list that mustn't be empty.
    pub(super) fn list(&self, expected: &str) -> Option<Vec<Self>> {
        let elements = match (self.elements(), self.get().as_str()) {
            (Some(elements), _) => elements,
            (None, Some(text)) => {
                return self.rather(expected, "this is a single string", format!("write `[\"{text}\"]`"));
            }
            (None, None) => return self.wrong_type(expected),
        };
        if elements.is_empty() { self.wrong_value(expected, "this list is empty") } else { Some(elements) }
    }

    /// Reads a list that mustn't be empty; `None` where an element can't be read, once all were tried.
    pub(super) fn list_of<T>(&self, expected: &str, read: impl FnMut(&Self) -> Option<T>) -> Option<Vec<T>> {
        all(self.list(expected)?.iter().map(read))
    }

    /// Reads the tables of `[[name]]`.
    pub(super) fn tables(&self) -> Option<Vec<TomlTable<'d>>> {
        let name = &self.name;
        match self.elements() {
            Some(elements) => all(elements.iter().map(|element| element.table("a table"))),
            None => self.rather(
                "a list of tables",
                format!("this is {}", describe(self.get())),
                format!("write `[[{name}]]`, once for each {name}"),
            ),
        }
    }

    fn elements(&self) -> Option<Vec<Self>> {
        let item = |item| Self { name: self.name.clone(), item, problems: self.problems };
        Some(self.get().as_array()?.iter().map(item).collect())
    }

    fn must_be(&self, expected: &str) -> String {
        format!("`{}` must be {expected}", self.name)
    }
}

/// Returns everything that was read; `None` where something couldn't be, once all of it was tried.
pub(super) fn all<T>(read: impl Iterator<Item = Option<T>>) -> Option<Vec<T>> {
    read.collect::<Vec<_>>().into_iter().collect()
}

/// A table, and which of its keys were asked for.
pub(super) struct TomlTable<'d> {
    pub problems: &'d Problems,
    name: String,
    span: Range<usize>,
    table: &'d DeTable<'d>,
    asked: Vec<&'static str>,
}

impl<'d> TomlTable<'d> {
    /// Wraps a table; `name` is empty for the file's top level.
    pub(super) fn new(
        name: String,
        span: Range<usize>,
        table: &'d DeTable<'d>,
        problems: &'d Problems,
    ) -> Self {
        Self { problems, name, span, table, asked: Vec::new() }
    }

    pub(super) fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// Returns every key with its value, for tables whose keys are names of the user's.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&'d str, Range<usize>, TomlValue<'d>)> + use<'d> {
        let (name, problems) = (self.name.clone(), self.problems);
        self.table.iter().map(move |(key, item)| {
            let text: &'d str = key.get_ref();
            (text, key.span(), TomlValue { name: format!("{name}.{text}"), item, problems })
        })
    }

    pub(super) fn get(&mut self, key: &'static str) -> Option<TomlValue<'d>> {
        if !self.asked.contains(&key) {
            self.asked.push(key);
        }
        let name = self.path(key);
        self.table.get(key).map(|item| TomlValue { name, item, problems: self.problems })
    }

    /// Returns a key as messages speak of it, as `run.budget`.
    pub(super) fn path(&self, key: &str) -> String {
        if self.name.is_empty() { key.to_owned() } else { format!("{}.{key}", self.name) }
    }

    /// Returns what `read` makes of a key's value; `None` where the key isn't there, too.
    pub(super) fn read<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&TomlValue<'d>) -> Option<T>,
    ) -> Option<T> {
        read(&self.get(key)?)
    }

    /// Returns the value of a key without a default, as [`Self::get`] does; that it is missing is noted.
    pub(super) fn required(&mut self, key: &'static str, example: &str) -> Option<TomlValue<'d>> {
        self.get(key).or_else(|| {
            let title = format!("`{}` lacks the key `{key}`", self.name);
            let help = format!("add `{key} = {example}`");
            self.problems.add_with_help(self.span(), title, "this table lacks it", help)
        })
    }

    /// Notes what is wrong with the table as a whole, and what to do.
    pub(super) fn problem_with_help<T>(&self, title: &str, label: &str, help: &str) -> Option<T> {
        self.problems.add_with_help(self.span(), title, label, help)
    }

    /// Notes the keys that nobody asked for.
    pub(super) fn finish(&self) {
        for key in self.table.keys().filter(|key| !self.asked.contains(&key.get_ref().as_ref())) {
            let word = key.get_ref();
            let title = match self.name.as_str() {
                "" => format!("unknown key `{word}`"),
                name => format!("unknown key `{word}` in `{name}`"),
            };
            self.problems.unknown::<()>(key.span(), title, word, &self.asked);
        }
    }
}

/// Names the type of a value: `a string`, `a list`, …
fn describe(value: &DeValue<'_>) -> String {
    let kind = match value {
        DeValue::Array(_) => "list",
        DeValue::Float(_) => "number with a fraction",
        DeValue::Integer(_) => "whole number",
        other => other.type_str(),
    };
    format!("a {kind}")
}
