//! Items and their versions: what they say, when they are in force, how they are judged.

pub mod domain;
