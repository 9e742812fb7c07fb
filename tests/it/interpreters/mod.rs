//! Asking for interpreters, against real ones: the pair that the test command installs.

mod bare_version;
mod cache;
mod comparability;
mod packages;
mod refused;
mod tools;
mod variants;
