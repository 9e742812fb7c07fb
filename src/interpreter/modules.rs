//! Whether an interpreter can import a package.

use std::ffi::OsString;

use serde::Deserialize;

use super::Interpreter;
use super::probe::{LIMIT, ask_script};
use crate::process::Cancel;

/// Looks without importing: an import can take seconds, or switch the GIL on.
const SCRIPT: &str = r#"
import importlib.util, json, sys
path, nonce, name = sys.argv[1:4]
version = None
try:
    present = importlib.util.find_spec(name) is not None
except (ImportError, ValueError, AttributeError):
    present = False
if present:
    from importlib import metadata
    names = [name]
    try:
        names = metadata.packages_distributions().get(name.split(".")[0], []) + names
    except AttributeError:
        pass
    for each in names:
        try:
            version = metadata.version(each)
            break
        except metadata.PackageNotFoundError:
            pass
line = nonce + json.dumps({"present": present, "version": version}) + nonce + "\n"
try:
    with open(path, "r+") as report:
        report.write(line)
except OSError:
    sys.stdout.write("\n" + line)
"#;

#[derive(Debug, Deserialize)]
struct ModuleAnswer {
    present: bool,
    version: Option<String>,
}

/// Returns the installed version of the package that `import module` would take, `unknown` where it has none (the
/// standard library); `None`: it can't be imported, or the interpreter doesn't answer.
pub(crate) fn has_module(interpreter: &Interpreter, module: &str) -> Option<String> {
    let command: Vec<OsString> = interpreter.command.iter().map(OsString::from).collect();
    let text = ask_script(&command, &[], SCRIPT, &[module], None, (LIMIT, &Cancel::default())).ok()?;
    let answer: ModuleAnswer = serde_json::from_str(&text).ok()?;
    answer.present.then(|| answer.version.unwrap_or_else(|| "unknown".to_owned()))
}
