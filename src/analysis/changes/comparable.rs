//! Whether two stored runs can be compared at all.

use std::fmt;

use crate::analysis::Results;
use crate::interpreter::difference_texts;

/// In what two runs can differ so that their numbers have nothing to say to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aspect {
    Cpu,
    Cpus,
    Flags,
    Harness,
}

impl Aspect {
    pub const ALL: [Self; 4] = [Self::Cpu, Self::Cpus, Self::Flags, Self::Harness];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Cpus => "cpus",
            Self::Flags => "flags",
            Self::Harness => "harness",
        }
    }
}

impl fmt::Display for Aspect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Every difference, named. What one of the two doesn't tell is no difference.
pub fn unlike(base: &Results, new: &Results) -> Vec<(Aspect, String)> {
    let mut found = Vec::new();
    if base.host.cpu_model != new.host.cpu_model {
        let text = format!("the base ran on `{}`, the new on `{}`", base.host.cpu_model, new.host.cpu_model);
        found.push((Aspect::Cpu, text));
    }
    let (left, right) = (base.host.effective_cpus, new.host.effective_cpus);
    if (left - right).abs() > 0.01 {
        found.push((Aspect::Cpus, format!("the base had {left} usable CPUs, the new {right}")));
    }
    for one in &base.interpreters {
        let other = new.interpreter(&one.name);
        for text in other.map(|other| difference_texts(one, other)).unwrap_or_default() {
            found.push((Aspect::Flags, format!("base and new: {text}")));
        }
    }
    if let (Some(left), Some(right)) = (&base.harness_sha256, &new.harness_sha256)
        && left != right
    {
        found.push((Aspect::Harness, "the harness has changed between the two".to_owned()));
    }
    found
}
