//! From invocations to pairs: which two processes were alive together, what the one is to the other, and how many
//! times as fast it was in each sweep. Pure, and the only place where ratios are formed: `measure` reads it for the
//! run under way, `analysis` for a stored one.
//!
//! A ratio is formed between passes of one block. [`Pairing`] gathers the members of a block, in whatever order they
//! come, and gives the [`Pair`]s of each block that is complete.

mod blocks;
mod fold;
mod pair;
mod roles;
#[cfg(test)]
mod tests;

pub(crate) use fold::Pairing;
pub(crate) use pair::{Pair, PairRole};
pub(crate) use roles::Roles;
