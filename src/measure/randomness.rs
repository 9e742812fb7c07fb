//! Where a run's randomness comes from: the seed, and what is being decided. Not one long stream, so
//! that a resumed run draws as an uninterrupted one would, however much was drawn before.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// Decides which jobs a round has and their order.
pub(super) fn of_round(seed: u64, round: u32) -> ChaCha8Rng {
    stream(seed, u64::from(round) << 1)
}

/// Decides the order of a job's passes; `first` is the number of its first invocation.
pub(super) fn of_job(seed: u64, first: u64) -> ChaCha8Rng {
    stream(seed, (first << 1) | 1)
}

/// The streams of one ChaCha seed are independent of each other.
fn stream(seed: u64, number: u64) -> ChaCha8Rng {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    random.set_stream(number);
    random
}

#[cfg(test)]
mod tests {
    use rand::Rng;

    use super::*;

    #[test]
    fn every_round_and_every_job_has_a_stream_of_its_own() {
        let first = |mut random: ChaCha8Rng| random.next_u64();
        let mut seen = std::collections::BTreeSet::new();
        for number in 1..50 {
            assert!(seen.insert(first(of_round(7, number))));
            assert!(seen.insert(first(of_job(7, u64::from(number)))));
        }
        assert_eq!(first(of_round(7, 3)), first(of_round(7, 3)));
        assert_ne!(first(of_round(7, 3)), first(of_round(8, 3)));
    }
}
