//! A fake interpreter, for what a real one won't do on demand.

mod machine;
mod outcomes;
mod resume;
mod terminal;
