# What contributors run; each recipe calls a script or cargo. `just` lists them.

_default:
    @just --list

# Unit tests, snapshots, stored runs, architecture: about a minute
fast:
    scripts/test.sh --fast

# The whole suite
test:
    scripts/test.sh

# What CI runs: format, lints, the whole suite
ci:
    .ci/run

# Build the wheel and try it in an empty environment
wheel:
    scripts/wheel.sh

# Try the crate as the registry would hold it; needs a clean working tree
crate:
    scripts/crate.sh

# README's two commands in a root of their own; needs root and debootstrap
fresh:
    scripts/fresh.sh

# Format the code
fmt:
    cargo fmt

# Lints, as CI has them
lint:
    cargo clippy --locked --all-targets -- -D warnings

# Show changed snapshots and accept them, one by one; needs cargo-insta
snapshots:
    cargo insta review

# Measure the example again, and draw it
example *RUN:
    scripts/example.sh {{RUN}}

# Size and tangle of this checkout, or of several
house *CHECKOUTS:
    scripts/house.py {{CHECKOUTS}}
