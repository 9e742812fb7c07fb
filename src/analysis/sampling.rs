//! What the sampler did in all solo invocations together.

use crate::record::Resources;

use super::Sampling;

impl Sampling {
    /// Adds one invocation's.
    pub(super) fn take(&mut self, resources: &Resources) {
        let cost = &resources.sampler;
        self.invocations += 1;
        // Records without what was asked (schema 1) can't tell.
        self.slowed += u32::from(cost.asked_interval_ns > 0 && cost.interval_ns > cost.asked_interval_ns);
        self.samples += resources.samples.len() as u64;
        self.pss_samples += u64::from(resources.pss_samples);
        self.asked_interval_ns = self.asked_interval_ns.max(cost.asked_interval_ns);
        self.longest_interval_ns = self.longest_interval_ns.max(cost.interval_ns);
        self.cpu_ns = self.cpu_ns.saturating_add(cost.cpu_ns);
        self.pss_cpu_ns = self.pss_cpu_ns.saturating_add(cost.pss_cpu_ns);
        self.wall_ns = self.wall_ns.saturating_add(cost.wall_ns);
        self.late_ticks += u64::from(cost.late_ticks);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::SamplerCost;

    #[test]
    fn invocations_add_up_and_slowed_ones_are_counted() {
        let one = |asked_interval_ns, interval_ns| Resources {
            pss_samples: 3,
            samples: vec![Default::default(); 10],
            sampler: SamplerCost {
                asked_interval_ns,
                interval_ns,
                cpu_ns: 5,
                pss_cpu_ns: 2,
                wall_ns: 1000,
                late_ticks: 1,
                ..Default::default()
            },
            ..Default::default()
        };
        let mut sampling = Sampling::default();
        for resources in [one(50, 50), one(50, 200), one(0, 70)] {
            sampling.take(&resources);
        }
        let expected = Sampling {
            invocations: 3,
            slowed: 1,
            samples: 30,
            pss_samples: 9,
            asked_interval_ns: 50,
            longest_interval_ns: 200,
            cpu_ns: 15,
            pss_cpu_ns: 6,
            wall_ns: 3000,
            late_ticks: 3,
        };
        assert_eq!(sampling, expected);
    }
}
