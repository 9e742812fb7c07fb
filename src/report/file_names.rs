//! Names of files, after what they are of.

use std::collections::HashMap;

use crate::sha256;

/// Bytes of a file's name, so that every system takes it.
const LONGEST: usize = 120;

/// A name for each that no system objects to, and that no other has: `3.13t-fib-threads-2-speedup`.
pub(super) fn unique(wholes: &[String]) -> Vec<String> {
    let plains: Vec<String> = wholes.iter().map(|whole| plain(whole)).collect();
    let mut often: HashMap<String, u32> = HashMap::new();
    for plain in &plains {
        // There are systems to which great and small letters are one.
        *often.entry(plain.to_lowercase()).or_default() += 1;
    }
    let name = |(whole, plain): (&String, &String)| {
        // What is plain loses something of a name that isn't ASCII: another one might lose just that.
        if plain.len() <= LONGEST && whole.replace('×', "").is_ascii() && often[&plain.to_lowercase()] == 1 {
            return plain.clone();
        }
        let hash = sha256::of_bytes(whole.as_bytes());
        format!("{}-{}", &plain[..plain.len().min(LONGEST)], &hash[..8])
    };
    wholes.iter().zip(&plains).map(name).collect()
}

/// ASCII alone, and no name of the folder's own.
fn plain(name: &str) -> String {
    let taken = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '+' | '@');
    let plain: String = name.chars().map(|c| if taken(c) { c } else { '-' }).collect();
    let plain = plain.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-");
    // No name at all would be one that begins with its ending's dot.
    if plain.is_empty() || plain.starts_with('.') { format!("_{plain}") } else { plain }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_trend_has_a_file_of_its_own() {
        let (long, longer) = ("x".repeat(300), "x".repeat(301));
        let names = [
            "fib", "straße", "strage", "a b", "a-b", "größe", "grüße", &long, &longer, "A", "a", "..", "/",
            "",
        ];
        let files = unique(&names.map(str::to_owned));
        assert_eq!(files[0], "fib");
        let mut different: Vec<String> = files.iter().map(|file| file.to_lowercase()).collect();
        different.sort();
        different.dedup();
        assert_eq!(different.len(), names.len(), "{files:?}");
        assert!(
            files.iter().all(|file| {
                file.len() < 140 && file.is_ascii() && !file.starts_with('.') && !file.is_empty()
            }),
            "{files:?}"
        );
    }
}
