//! `gilmatrix compare`.

pub mod load;
