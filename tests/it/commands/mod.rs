//! Commands from end to end, with the `python3` and the interpreters that are here.

mod check;
mod init;
mod nightly;
mod profile;
mod project;
mod shards;
mod slurm;
mod r#try;
