//! Asking for interpreters, against real ones: the pair that the test command installs.

#[path = "interpreters/bare_version.rs"]
mod bare_version;
#[path = "interpreters/cache.rs"]
mod cache;
#[path = "interpreters/comparability.rs"]
mod comparability;
#[path = "interpreters/packages.rs"]
mod packages;
#[path = "interpreters/refused.rs"]
mod refused;
#[path = "interpreters/support.rs"]
mod support;
#[path = "interpreters/tools.rs"]
mod tools;
#[path = "interpreters/variants.rs"]
mod variants;
