//! Labels beside their points, pushed apart until none covers another.

use super::canvas::{Canvas, Font, HPos, Stroke};
use super::theme::Series;

/// A name beside a picture, and the point that it is of.
pub(super) struct EndLabel {
    pub point: (f64, f64),
    pub text: String,
    pub series: Series,
}

impl Canvas<'_> {
    /// Writes the names at `x`, where they cover neither each other nor the picture, each joined with its point by
    /// a thin line.
    pub(super) fn end_labels(
        &mut self,
        labels: &[EndLabel],
        x: f64,
        (px, height): (f64, f64),
        (top, bottom): (f64, f64),
    ) {
        let wishes: Vec<f64> = labels.iter().map(|label| label.point.1).collect();
        for (label, middle) in labels.iter().zip(push_apart(&wishes, height, top, bottom)) {
            let line = Stroke::new(0.8, label.series.mark).opacity(0.6);
            self.line(label.point, (x - 3.0, middle), line);
            self.text(&label.text, x, middle, HPos::Left, Font::bold(px, label.series.text));
        }
    }
}

/// Where labels of equal `height`, wished for at these middles, come to stand between `top` and
/// `bottom`: in the order of their wishes, as near to them as the room allows, in the input's order.
///
/// Labels that touch form a cluster that sits at the mean of its wishes (the least-squares answer,
/// found as in isotonic regression by merging neighbours). If there isn't room for all, they overflow
/// at the bottom rather than overlap.
fn push_apart(wishes: &[f64], height: f64, top: f64, bottom: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..wishes.len()).collect();
    order.sort_by(|&a, &b| wishes[a].total_cmp(&wishes[b]).then(a.cmp(&b)));

    // Each cluster: (sum of wished starts of its first label, number of labels).
    let mut clusters: Vec<(f64, usize)> = Vec::new();
    for &index in &order {
        clusters.push((wishes[index], 1));
        while let [.., a, b] = clusters[..] {
            let start = |(sum, n): (f64, usize)| sum / n as f64;
            if start(a) + a.1 as f64 * height <= start(b) {
                break;
            }
            let merged = (a.0 + b.0 - b.1 as f64 * a.1 as f64 * height, a.1 + b.1);
            clusters.truncate(clusters.len() - 2);
            clusters.push(merged);
        }
    }

    let mut middles: Vec<f64> = Vec::with_capacity(order.len());
    for (sum, n) in clusters {
        let first = sum / n as f64;
        middles.extend((0..n).map(|place| first + place as f64 * height));
    }
    // Back into the frame: up from the bottom first, then down from the top.
    let mut limit = bottom - height / 2.0;
    for middle in middles.iter_mut().rev() {
        *middle = middle.min(limit);
        limit = *middle - height;
    }
    let mut limit = top + height / 2.0;
    for middle in &mut middles {
        *middle = middle.max(limit);
        limit = *middle + height;
    }

    let mut placed = vec![0.0; wishes.len()];
    for (&index, middle) in order.iter().zip(middles) {
        placed[index] = middle;
    }
    placed
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::push_apart;

    #[test]
    fn labels_with_room_stay_where_they_are() {
        assert_eq!(push_apart(&[50.0, 10.0], 12.0, 0.0, 100.0), [50.0, 10.0]);
    }

    #[test]
    fn equal_wishes_spread_evenly_around_them() {
        assert_eq!(push_apart(&[50.0, 50.0, 50.0], 10.0, 0.0, 100.0), [40.0, 50.0, 60.0]);
    }

    #[test]
    fn they_stay_in_the_frame() {
        assert_eq!(push_apart(&[1.0, 2.0], 10.0, 0.0, 100.0), [5.0, 15.0]);
        assert_eq!(push_apart(&[99.0, 100.0], 10.0, 0.0, 100.0), [85.0, 95.0]);
    }

    proptest! {
        #[test]
        fn never_on_top_of_each_other_and_in_order(wishes in prop::collection::vec(-50.0..250.0_f64, 0..14)) {
            let placed = push_apart(&wishes, 12.0, 0.0, 200.0);
            for a in 0..placed.len() {
                prop_assert!(placed[a] >= 6.0 - 1e-9 && placed[a] <= 194.0 + 1e-9);
                for b in 0..placed.len() {
                    if a != b {
                        prop_assert!((placed[a] - placed[b]).abs() >= 12.0 - 1e-6);
                    }
                    if wishes[a] < wishes[b] {
                        prop_assert!(placed[a] < placed[b]);
                    }
                }
            }
        }
    }
}
