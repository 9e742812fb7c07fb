//! Real interpreters, free-threaded among them: what gilmatrix is for.

mod accounting;
mod claims;
mod command;
mod ending;
mod facts;
mod gate;
mod guard;
mod kills;
mod laws;
mod limits;
mod modes;
mod new_mode;
mod paused;
