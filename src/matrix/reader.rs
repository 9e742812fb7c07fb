//! Small typed readers over the parsed TOML. A section asks for each of its keys once, with what it
//! expects; from what was asked follows which keys are unknown and what could have stood there.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

use super::problems::Problems;

/// A value of the file, and the name by which messages speak of it, as `run.budget`.
pub(super) struct TomlValue<'d, 's> {
    pub name: String,
    item: &'d Spanned<DeValue<'s>>,
}

impl<'d, 's> TomlValue<'d, 's> {
    pub(super) fn span(&self) -> Range<usize> {
        self.item.span()
    }

    pub(super) fn get(&self) -> &'d DeValue<'s> {
        self.item.get_ref()
    }

    /// Notes that the value is of another type than `expected`, as `a list of names`.
    pub(super) fn wrong_type(&self, expected: &str, problems: &mut Problems) {
        problems.add(self.span(), self.must_be(expected), format!("this is {}", describe(self.get())));
    }

    /// Notes that the type is right and the value isn't.
    pub(super) fn wrong_value(&self, expected: &str, why: impl Into<String>, problems: &mut Problems) {
        problems.add(self.span(), self.must_be(expected), why);
    }

    pub(super) fn string(&self, expected: &str, problems: &mut Problems) -> Option<&'d str> {
        let text = self.get().as_str();
        if text.is_none() {
            self.wrong_type(expected, problems);
        }
        text
    }

    pub(super) fn boolean(&self, problems: &mut Problems) -> Option<bool> {
        let value = self.get().as_bool();
        if value.is_none() {
            self.wrong_type("true or false", problems);
        }
        value
    }

    /// Reads a whole number inside `range`.
    pub(super) fn integer(
        &self,
        range: std::ops::RangeInclusive<u64>,
        problems: &mut Problems,
    ) -> Option<u64> {
        let (low, high) = (*range.start(), *range.end());
        let expected = match (low, high) {
            (0, u64::MAX) => "a whole number, 0 or more".to_owned(),
            _ => format!("a whole number from {low} to {high}"),
        };
        let Some(integer) = self.get().as_integer() else {
            self.wrong_type(&expected, problems);
            return None;
        };
        match u64::from_str_radix(integer.as_str(), integer.radix()) {
            Ok(value) if range.contains(&value) => Some(value),
            _ => {
                self.wrong_value(&expected, format!("{} is out of range", integer.as_str()), problems);
                None
            }
        }
    }

    pub(super) fn table(&self, expected: &str, problems: &mut Problems) -> Option<TomlTable<'d, 's>> {
        match self.get().as_table() {
            Some(table) => Some(TomlTable::new(self.name.clone(), self.span(), table)),
            None => {
                self.wrong_type(expected, problems);
                None
            }
        }
    }

    /// Reads the elements of a list that mustn't be empty.
    pub(super) fn list(&self, expected: &str, problems: &mut Problems) -> Option<Vec<TomlValue<'d, 's>>> {
        let Some(array) = self.get().as_array() else {
            match self.get().as_str() {
                Some(text) => problems.add_with_help(
                    self.span(),
                    self.must_be(expected),
                    "this is a single string",
                    format!("write `[\"{text}\"]`"),
                ),
                None => self.wrong_type(expected, problems),
            }
            return None;
        };
        if array.is_empty() {
            self.wrong_value(expected, "this list is empty", problems);
            return None;
        }
        Some(self.elements(array))
    }

    /// Reads the tables of `[[name]]`.
    pub(super) fn tables(&self, problems: &mut Problems) -> Option<Vec<TomlTable<'d, 's>>> {
        let name = &self.name;
        let Some(array) = self.get().as_array() else {
            problems.add_with_help(
                self.span(),
                self.must_be("a list of tables"),
                format!("this is {}", describe(self.get())),
                format!("write `[[{name}]]`, once for each {name}"),
            );
            return None;
        };
        let elements = self.elements(array);
        let tables: Vec<_> =
            elements.iter().filter_map(|element| element.table("a table", problems)).collect();
        (tables.len() == array.len()).then_some(tables)
    }

    fn elements(&self, array: &'d DeArray<'s>) -> Vec<TomlValue<'d, 's>> {
        array.iter().map(|item| TomlValue { name: self.name.clone(), item }).collect()
    }

    fn must_be(&self, expected: &str) -> String {
        format!("`{}` must be {expected}", self.name)
    }
}

/// A table, and which of its keys were asked for.
pub(super) struct TomlTable<'d, 's> {
    name: String,
    span: Range<usize>,
    table: &'d DeTable<'s>,
    asked: Vec<&'static str>,
}

impl<'d, 's> TomlTable<'d, 's> {
    /// Wraps a table; `name` is empty for the file's top level.
    pub(super) fn new(name: String, span: Range<usize>, table: &'d DeTable<'s>) -> Self {
        Self { name, span, table, asked: Vec::new() }
    }

    pub(super) fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// Returns every key with its value, for tables whose keys are names of the user's.
    pub(super) fn entries(
        &self,
    ) -> impl Iterator<Item = (&'d str, Range<usize>, TomlValue<'d, 's>)> + use<'d, 's> {
        let name = self.name.clone();
        self.table.iter().map(move |(key, item)| {
            let text: &'d str = key.get_ref();
            (text, key.span(), TomlValue { name: format!("{name}.{text}"), item })
        })
    }

    pub(super) fn get(&mut self, key: &'static str) -> Option<TomlValue<'d, 's>> {
        if !self.asked.contains(&key) {
            self.asked.push(key);
        }
        let name = if self.name.is_empty() { key.to_owned() } else { format!("{}.{key}", self.name) };
        self.table.get(key).map(|item| TomlValue { name, item })
    }

    /// Returns the value of a key without a default, as [`Self::get`] does; that it is missing is noted.
    pub(super) fn required(
        &mut self,
        key: &'static str,
        example: &str,
        problems: &mut Problems,
    ) -> Option<TomlValue<'d, 's>> {
        let value = self.get(key);
        if value.is_none() {
            let title = format!("`{}` lacks the key `{key}`", self.name);
            problems.add_with_help(
                self.span(),
                title,
                "this table lacks it",
                format!("add `{key} = {example}`"),
            );
        }
        value
    }

    /// Notes the keys that nobody asked for.
    pub(super) fn finish(self, problems: &mut Problems) {
        for key in self.table.keys().filter(|key| !self.asked.contains(&key.get_ref().as_ref())) {
            let word = key.get_ref();
            let title = match self.name.as_str() {
                "" => format!("unknown key `{word}`"),
                name => format!("unknown key `{word}` in `{name}`"),
            };
            problems.unknown(key.span(), title, word, &self.asked);
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
