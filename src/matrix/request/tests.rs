use super::*;

fn parse(text: &str) -> Request {
    text.parse().unwrap_or_else(|error| panic!("{error}"))
}

fn canonical(text: &str) -> String {
    parse(text).to_string()
}

#[test]
fn every_form_of_the_grammar_is_read() {
    for (text, expected) in [
        ("3.13", "3.13"),
        ("3.13.5", "3.13.5"),
        ("3.13t", "3.13t"),
        ("3.14+freethreaded", "3.14t"),
        ("3.14+gil", "3.14"),
        ("3.13+freethreaded+debug", "3.13td"),
        ("3.13td", "3.13td"),
        ("3.15-dev", "3.15-dev"),
        ("3.15t-dev", "3.15t-dev"),
        ("3.15.0a2", "3.15.0a2"),
        (">=3.12", ">=3.12"),
        (">=3.12,<3.14", ">=3.12,<3.14"),
        (">=3.13+freethreaded", ">=3.13+freethreaded"),
        ("pypy", "pypy"),
        ("pypy@3.10", "pypy@3.10"),
        ("pypy3.10", "pypy@3.10"),
        ("cpython@3.13t", "3.13t"),
    ] {
        assert_eq!(canonical(text), expected, "{text}");
        assert!(matches!(parse(text), Request::Version(_)), "{text}");
        assert_eq!(canonical(expected), expected, "the canonical form reads as itself");
    }
    assert_eq!(parse("~/py/bin/python"), Request::Path("~/py/bin/python".into()));
    assert_eq!(parse("./python"), Request::Path("./python".into()));
    assert_eq!(parse("/opt/python"), Request::Path("/opt/python".into()));
    for name in ["python", "python3", "python3.13", "python3.13t", "python3-dbg"] {
        assert_eq!(parse(name), Request::Name(name.to_owned()));
    }
}

#[test]
fn a_typo_names_the_nearest_request_and_is_never_an_executable_to_look_for() {
    for (text, nearest) in [
        ("313", "3.13"),
        ("313t", "3.13t"),
        ("3.13x", "3.13"),
        ("3,13", "3.13"),
        ("v3.13", "3.13"),
        ("py314", "3.14"),
        ("3.13-t", "3.13t"),
        ("3.13-freethreaded", "3.13t"),
        ("3.14+freethread", "3.14t"),
        ("3.14t+gil", "3.14t"),
        ("3.12t", "3.12"),
        ("pyhton3.13", "python3.13"),
        ("python-3.13", "3.13"),
        ("=>3.12", ">=3.12"),
        (">=3.13t", ">=3.13+freethreaded"),
        ("3.13=t", "3.13t"),
        (">=banana", ">=3.8"),
        ("=t", "3.8"),
        ("pipy", "pypy"),
        ("pypy@3.10t", "pypy@3.10"),
        ("banana", "3.13"),
        ("", "3.13"),
    ] {
        let error = text.parse::<Request>().expect_err(text);
        assert!(error.nearest.parse::<Request>().is_ok(), "{} is no request either", error.nearest);
        if text != "banana" && !text.is_empty() {
            assert_eq!(error.nearest, nearest, "{text}");
        }
        assert!(error.to_string().contains("did you mean"), "{error}");
    }
}
