//! Programs that are started, followed and ended.
//!
//! Each stands in a process group of its own, so that a Ctrl-C in the terminal reaches gilmatrix alone, which ends
//! what it started in order. [`run`] takes a program to its end and is what probing and installing need;
//! [`LiveProcess`] is a program that is talked to meanwhile, as an invocation is. Whatever way one ends, nothing of
//! its tree is left: see [`end_tree`] and [`Roots`].

mod end;
mod live;
mod roots;
mod run;
mod scratch;
mod tail;

pub(crate) use end::{Patience, end_all, end_tree};
pub(crate) use live::{LiveProcess, StartError};
pub(crate) use roots::Roots;
pub(crate) use run::Cancel;
pub(crate) use run::{ProgramError, Supervision, capture, describe_status, run, scrub_python};
pub(crate) use scratch::{FOLDER_PREFIX, Scratch};
pub(crate) use tail::{Tail, file_tail};
