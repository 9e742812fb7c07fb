//! A small catalogue for tests of the parts that read one.

use super::Catalogue;

const FILES: [(&str, &str); 10] = [
    ("modes/asyncio.py", r#"gilmatrix: {"name": "asyncio", "workers": "loop", "asyncio": true}"#),
    ("modes/executor.py", r#"gilmatrix: {"name": "executor", "workers": "threads", "asyncio": true}"#),
    ("modes/mp.py", r#"gilmatrix: {"name": "mp", "workers": "processes"}"#),
    ("modes/single.py", r#"gilmatrix: {"name": "single", "workers": "inline"}"#),
    (
        "modes/subinterpreters.py",
        r#"gilmatrix: {"name": "subinterpreters", "workers": "interpreters", "since": "3.14"}"#,
    ),
    ("modes/threads.py", r#"gilmatrix: {"name": "threads", "workers": "threads"}"#),
    ("workloads/fib.py", r#"gilmatrix: {"name": "fib", "args": {"n": 22}, "tasks": 8}"#),
    ("workloads/matmul.py", r#"gilmatrix: {"name": "matmul", "args": {"n": 40}, "tasks": 8}"#),
    (
        "workloads/matmul_numpy.py",
        r#"gilmatrix: {"name": "matmul-numpy", "args": {"n": 256}, "tasks": 8, "requires": ["numpy"]}"#,
    ),
    (
        "workloads/mix.py",
        r#"gilmatrix: {"name": "mix", "args": {"share": 0.5, "label": "a", "cold": false, "sizes": [1]}, "tasks": 4}"#,
    ),
];

pub(crate) fn catalogue() -> Catalogue {
    Catalogue::from_sources(FILES).expect("the sample is sound")
}
