//! The machine's own package sources, in both of apt's formats. Pure.

/// One archive that the machine is configured with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Archive {
    pub uri: String,
    pub suites: Vec<String>,
    pub components: Vec<String>,
    /// The key as written: a path, a fingerprint, or a key block over several lines. `None`: apt's default.
    pub signed_by: Option<String>,
}

/// Reads the deb822 format (`*.sources`).
pub(super) fn parse_deb822(text: &str) -> Vec<Archive> {
    let mut archives = Vec::new();
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    for stanza in lines.split(|line| line.trim().is_empty()) {
        let field = |name: &str| {
            let at = stanza.iter().position(|line| {
                line.split_once(':').is_some_and(|(key, _)| key.eq_ignore_ascii_case(name))
            })?;
            let mut value = stanza[at].split_once(':')?.1.trim().to_owned();
            for more in stanza[at + 1..].iter().take_while(|line| line.starts_with([' ', '\t'])) {
                value.push('\n');
                value.push_str(more);
            }
            Some(value)
        };
        let words = |name: &str| -> Vec<String> {
            field(name).unwrap_or_default().split_whitespace().map(str::to_owned).collect()
        };
        if field("Enabled").is_some_and(|enabled| matches!(enabled.as_str(), "no" | "false" | "off" | "0")) {
            continue;
        }
        if !words("Types").iter().any(|kind| kind == "deb" || kind == "deb-src") {
            continue;
        }
        for uri in words("URIs") {
            archives.push(Archive {
                uri,
                suites: words("Suites"),
                components: words("Components"),
                signed_by: field("Signed-By").filter(|value| !value.is_empty()),
            });
        }
    }
    archives
}

/// Reads the one-line format (`sources.list`, `*.list`).
pub(super) fn parse_one_line(text: &str) -> Vec<Archive> {
    text.lines().filter_map(one_line).collect()
}

fn one_line(line: &str) -> Option<Archive> {
    let line = line.split('#').next()?.trim();
    let (kind, rest) = line.split_once(char::is_whitespace)?;
    if kind != "deb" && kind != "deb-src" {
        return None;
    }
    let rest = rest.trim_start();
    let (options, rest) = match rest.strip_prefix('[') {
        Some(inside) => inside.split_once(']')?,
        None => ("", rest),
    };
    let mut words = rest.split_whitespace().map(str::to_owned);
    let uri = words.next()?;
    let suite = words.next()?;
    let signed_by = options.split_whitespace().find_map(|option| option.strip_prefix("signed-by="));
    Some(Archive {
        uri,
        suites: vec![suite],
        components: words.collect(),
        signed_by: signed_by.map(str::to_owned),
    })
}

/// Returns the archive of the distribution itself: it has `main`, isn't the security archive, and serves the
/// machine's release (`codename`) where one does.
pub(super) fn main_archive<'a>(archives: &'a [Archive], codename: Option<&str>) -> Option<&'a Archive> {
    let usable = |archive: &&Archive| {
        archive.components.iter().any(|component| component == "main")
            && !archive.suites.iter().all(|suite| suite.ends_with("-security"))
            && !archive.uri.starts_with("cdrom:")
    };
    let own = |archive: &&Archive| {
        let rolling = ["stable", "testing", "unstable", "sid"];
        archive.suites.iter().any(|suite| codename == Some(suite) || rolling.contains(&suite.as_str()))
    };
    let mut usable = archives.iter().filter(usable);
    let first = usable.clone().find(own);
    first.or_else(|| usable.next())
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEB822: &str = "Types: deb\n# a comment\nURIs: http://mirror.example/debian\nSuites: bookworm \
                          bookworm-updates\nComponents: main contrib\nSigned-By: /usr/share/keyrings/a.gpg\n\n\
                          Types: deb\nURIs: http://mirror.example/debian-security\nSuites: bookworm-security\n\
                          Components: main\nSigned-By:\n -----BEGIN PGP-----\n .\n abc\n\n\
                          Enabled: no\nTypes: deb\nURIs: http://off.example/\nSuites: x\nComponents: main\n";

    #[test]
    fn deb822_is_read() {
        let archives = parse_deb822(DEB822);
        assert_eq!(archives.len(), 2, "a disabled stanza doesn't count");
        assert_eq!(archives[0].uri, "http://mirror.example/debian");
        assert_eq!(archives[0].suites, ["bookworm", "bookworm-updates"]);
        assert_eq!(archives[0].signed_by.as_deref(), Some("/usr/share/keyrings/a.gpg"));
        let key = archives[1].signed_by.as_deref();
        assert!(key.is_some_and(|key| key.contains("BEGIN PGP") && key.contains("\n abc")), "{key:?}");
        assert_eq!(main_archive(&archives, Some("bookworm")), Some(&archives[0]));
    }

    #[test]
    fn one_line_is_read() {
        let text = "# deb http://no.example x main\n\
                    deb [ arch=amd64 signed-by=/k.gpg ] https://other.example/node nodistro main\n\
                    deb http://mirror.example/ubuntu noble main universe # trailing\n\
                    deb-src http://mirror.example/ubuntu noble main\n";
        let archives = parse_one_line(text);
        assert_eq!(archives.len(), 3);
        assert_eq!(archives[0].signed_by.as_deref(), Some("/k.gpg"));
        assert_eq!(archives[1].components, ["main", "universe"]);
        let own = main_archive(&archives, Some("noble")).map(|archive| archive.uri.as_str());
        assert_eq!(own, Some("http://mirror.example/ubuntu"), "not the first, but the machine's own");
    }
}
