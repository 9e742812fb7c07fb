//! A cell in the files made for readers.

use serde::{Deserialize, Serialize};

use super::{Cell, CellVariant, SINGLE, StartMethod};

// A cell as the files made for readers spell it: with its variant as one word, and without the parts that
// are left open. Meant for `#[serde(flatten, with = "FlatCell")]`. (A documentation comment would become that of
// every structure that has one, in the published schema.)
#[derive(Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct FlatCell {
    interpreter: String,
    /// Missing: all workloads.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    workload: String,
    #[serde(default = "single")]
    mode: String,
    /// Missing: all numbers of workers.
    #[serde(default, skip_serializing_if = "is_zero")]
    workers: u32,
    /// Start method and environment as one word: `plain`, `fork`, `gil-on`, `fork+gil-on`.
    #[serde(default)]
    variant: String,
    start_method: Option<StartMethod>,
    /// Missing in older files: `variant` says it.
    environment: Option<String>,
}

fn single() -> String {
    SINGLE.to_owned()
}

fn is_zero(workers: &u32) -> bool {
    *workers == 0
}

impl FlatCell {
    pub(crate) fn serialize<S: serde::Serializer>(cell: &Cell, to: S) -> Result<S::Ok, S::Error> {
        let variant = cell.variant().to_string();
        let Cell { interpreter, workload, mode, workers, start_method, environment } = cell.clone();
        let environment = Some(environment);
        let flat = Self { interpreter, workload, mode, workers, variant, start_method, environment };
        Serialize::serialize(&flat, to)
    }

    pub(crate) fn deserialize<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Cell, D::Error> {
        let flat = <Self as Deserialize>::deserialize(from)?;
        let Self { interpreter, workload, mode, workers, variant, start_method, environment } = flat;
        let (start_method, environment) = match environment {
            Some(environment) => (start_method, environment),
            None => {
                let CellVariant { start_method, environment } = CellVariant::parse(&variant);
                (start_method, environment.to_owned())
            }
        };
        Ok(Cell { interpreter, workload, mode, workers, start_method, environment })
    }
}

#[cfg(test)]
mod tests {
    use super::super::PLAIN;
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Figure {
        #[serde(flatten, with = "FlatCell")]
        cell: Cell,
        value: f64,
    }

    fn cell(mode: &str, workers: u32, start_method: Option<StartMethod>, environment: &str) -> Cell {
        let environment = environment.to_owned();
        Cell { mode: mode.to_owned(), workers, start_method, environment, ..Cell::single("3.13", "fib") }
    }

    #[test]
    fn a_flat_cell_reads_back_and_so_does_one_of_an_older_file() {
        for (method, environment) in
            [(None, PLAIN), (Some(StartMethod::Spawn), PLAIN), (None, "x"), (Some(StartMethod::Fork), "x")]
        {
            let figure = Figure { cell: cell("mp", 2, method, environment), value: 1.5 };
            let mut json = serde_json::to_value(&figure).unwrap();
            assert_eq!(json["variant"], figure.cell.variant().to_string());
            assert_eq!(serde_json::from_value::<Figure>(json.clone()).unwrap(), figure);
            let fields = json.as_object_mut().unwrap();
            fields.remove("environment");
            fields.remove("start_method");
            assert_eq!(serde_json::from_value::<Figure>(json).unwrap(), figure);
        }
        let curve = Figure { cell: cell("mp", 2, None, PLAIN).curve().of_all_workloads(), value: 1.5 };
        let json = serde_json::to_value(&curve).unwrap();
        assert!(json.get("workers").is_none() && json.get("workload").is_none(), "{json}");
        assert_eq!(serde_json::from_value::<Figure>(json).unwrap(), curve);
    }
}
