//! Samples of each thread, as a flame graph's own titles tell them.

use super::graphs::ThreadShare;

/// Returns the rows `thread (13416): w0 (62 samples, 50.00%)`, most samples first; `looks`: samples of
/// which a thread could have been in each.
pub(super) fn threads(svg: &str, looks: f64) -> Vec<ThreadShare> {
    let titles = svg.split("<title>").skip(1).filter_map(|rest| rest.split_once("</title>"));
    let mut threads: Vec<ThreadShare> = titles.filter_map(|(title, _)| thread(title, looks)).collect();
    threads.sort_by(|a, b| b.samples.cmp(&a.samples).then_with(|| a.thread.cmp(&b.thread)));
    threads
}

/// Returns whether there are rows of several processes, each with a GIL of its own.
pub(super) fn several_processes(svg: &str) -> bool {
    svg.matches("<title>process ").nth(1).is_some()
}

fn thread(title: &str, looks: f64) -> Option<ThreadShare> {
    let (number, rest) = title.strip_prefix("thread (")?.split_once(')')?;
    let (name, counts) = rest.rsplit_once(" (")?;
    let samples = counts.split_once(" samples").or_else(|| counts.split_once(" sample"))?.0;
    let name = unescape(name.trim_start_matches(':').trim());
    let samples: u64 = samples.replace(',', "").parse().ok()?;
    Some(ThreadShare {
        thread: if name.is_empty() { number.to_owned() } else { format!("{name} ({number})") },
        samples,
        share: (samples as f64 / looks).min(1.0),
    })
}

fn unescape(text: &str) -> String {
    let named = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")];
    named.iter().fold(text.to_owned(), |text, (name, letter)| text.replace(name, letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_threads_are_found_among_the_frames() {
        let svg = "<svg><g><title>process 7:&quot;python m.py&quot; (300 samples, 100%)</title></g>\
            <g><title>thread (11): MainThread (2 samples, 1.61%)</title></g>\
            <g><title>&lt;module&gt; (w.py:7) (2 samples, 1.61%)</title></g>\
            <g><title>thread (12): pool &amp; co (1,062 samples, 50.00%)</title></g>\
            <g><title>thread (13) (62 samples, 3%)</title></g></svg>";
        let found: Vec<(String, u64)> =
            threads(svg, 200.0).into_iter().map(|it| (it.thread, it.samples)).collect();
        let expected = [("pool & co (12)", 1062), ("13", 62), ("MainThread (11)", 2)];
        assert_eq!(found, expected.map(|(name, samples)| (name.to_owned(), samples)));
        assert!(!several_processes(svg));
        assert!(several_processes(&svg.repeat(2)));
    }

    #[test]
    fn anything_else_has_no_threads() {
        for text in ["", "<title>", "<title>thread (</title>", "<title>thread (1): x (many samples)</title>"]
        {
            assert_eq!(threads(text, 200.0), [], "{text}");
        }
    }
}
