//! Processes as the kernel sees them: who descends from whom, how they end, what they cost.

mod children;
mod end;
mod exit;
mod pin;
pub mod semaphores;
mod tree;

pub use children::{children, descendants};
pub use end::{Patience, end_all, lives};
pub use exit::{Exit, ExitWatch, Usage};
pub use pin::{hold, pinned};
pub use tree::{Roots, adopt_orphans, signal_group};
