//! The plan for programs.

use serde_json::{Value, json};

use crate::commands::prepare::Prepared;
use crate::plan::PlannedCell;

/// Returns every cell in the matrix's order with the keys of `results.json`, the skipped ones with their reason.
pub(super) fn plan(prepared: &Prepared) -> Value {
    let interpreters: Vec<Value> = prepared
        .interpreters
        .iter()
        .map(|it| json!({"name": it.name, "version": it.facts.version, "command": it.command}))
        .collect();
    let missing: Vec<Value> = prepared
        .missing
        .iter()
        .map(|it| json!({"name": it.name, "reason": it.reason, "hint": it.hint}))
        .collect();
    json!({
        "schema": "gilmatrix.plan/1",
        "interpreters": interpreters,
        "missing": missing,
        "baseline": prepared.matrix.interpreters.baseline,
        "budget_ns": prepared.matrix.run.budget_ns,
        "effective_cpus": prepared.effective_cpus,
        "cells": prepared.plan.cells.iter().map(cell).collect::<Vec<_>>(),
    })
}

fn cell(planned: &PlannedCell) -> Value {
    let cell = &planned.cell;
    json!({
        "interpreter": cell.interpreter,
        "workload": cell.workload,
        "mode": cell.mode,
        "workers": cell.workers,
        "start_method": cell.start_method,
        "variant": cell.variant().to_string(),
        "oversubscribed": planned.oversubscribed,
        "skipped": planned.skipped,
    })
}
