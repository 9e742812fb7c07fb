//! A record without host names, user names and paths, to be shown to others.

mod paths;
mod redactor;
#[cfg(test)]
mod tests;
mod variables;

pub(crate) use redactor::Redactor;
