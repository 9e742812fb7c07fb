//! What is in an environment, and whether importing it switches the GIL on.

use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

use serde::Deserialize;

use crate::interpreter::probe::{LIMIT, ask_script};
use crate::process::Cancel;

/// Lists distributions without importing anything.
const LIST: &str = r#"
import json, sys
from importlib import metadata
path, nonce, site = sys.argv[1:4]
packages, modules = set(), set()
for dist in metadata.distributions(path=[site]):
    requested = dist.read_text("REQUESTED") is not None
    name = dist.metadata["Name"]
    # What `venv` itself put there.
    if name.lower() in ("pip", "setuptools"):
        continue
    packages.add("%s==%s" % (name, dist.version))
    if not requested:
        continue
    for file in dist.files or []:
        top, code = file.parts[0], file.name.endswith((".py", ".so"))
        top = top if len(file.parts) > 1 else top.split(".")[0]
        if code and top.isidentifier():
            modules.add(top)
line = nonce + json.dumps({"packages": sorted(packages), "modules": sorted(modules)}) + nonce + "\n"
with open(path, "r+") as report:
    report.write(line)
"#;

/// Imports modules one by one and reads the flag after each. The interpreter's own warning names the
/// extension module that did it, which may be one that the module imported.
const IMPORT: &str = r#"
import json, re, sys, warnings
path, nonce, site = sys.argv[1:4]
if site:
    sys.path.insert(0, site)
culprit = None
if not sys._is_gil_enabled():
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        for name in sys.argv[4:]:
            try:
                __import__(name)
            except BaseException:
                pass
            if sys._is_gil_enabled():
                found = [re.search(r"load module '([^']+)'", str(one.message)) for one in said]
                culprit = ([one.group(1) for one in found if one] or [name])[0]
                break
with open(path, "r+") as report:
    report.write(nonce + json.dumps(culprit) + nonce + "\n")
"#;

/// Heavy packages take seconds to import on a busy machine.
pub(crate) const IMPORT_LIMIT: Duration = Duration::from_secs(120);

#[derive(Debug, Deserialize)]
pub(super) struct Listing {
    /// The packages, sorted: `numpy==2.4.6`.
    pub packages: Vec<String>,
    /// What the requirements themselves bring to import, without what they depend on.
    pub modules: Vec<String>,
}

/// Lists what an environment holds; `site` is its `site-packages`.
pub(super) fn list(command: &[OsString], site: &Path) -> Result<Listing, String> {
    let watch = (LIMIT * 4, &Cancel::default());
    let text = ask_script(command, &["-I", "-S"], LIST, &[&site.to_string_lossy()], None, watch);
    let text = text.map_err(|trouble| trouble.reason())?;
    serde_json::from_str(&text).map_err(|error| error.to_string())
}

/// Returns the module that switches the GIL of a free-threaded build on when these are imported. With `site` nothing
/// but that folder is added to the standard library, and no `.pth` file of it is run. `None` where none does, and
/// where it couldn't be found out.
pub(crate) fn gil_switched_on_by(
    command: &[String],
    site: Option<&Path>,
    modules: &[String],
) -> Option<String> {
    let command: Vec<OsString> = command.iter().map(OsString::from).collect();
    let folder = site.map(|site| site.to_string_lossy().into_owned()).unwrap_or_default();
    let mut args = vec![folder.as_str()];
    args.extend(modules.iter().map(String::as_str));
    let isolation: &[&str] = if site.is_some() { &["-I", "-S"] } else { &[] };
    let text =
        ask_script(&command, isolation, IMPORT, &args, None, (IMPORT_LIMIT, &Cancel::default())).ok()?;
    serde_json::from_str(&text).ok()?
}
