//! The sealed columns of all rooms.

use tongban_store::keep::SealedColumn;

/// Every column that holds sealed values. A test runs the main job and looks for values that this list forgot.
pub fn columns() -> Vec<SealedColumn> {
    [
        tongban_courier::SEALED_COLUMNS,
        tongban_exchange::SEALED_COLUMNS,
        tongban_identity::SEALED_COLUMNS,
        tongban_staff::SEALED_COLUMNS,
        tongban_mandates::SEALED_COLUMNS,
        tongban_openid::SEALED_COLUMNS,
        tongban_licences::SEALED_COLUMNS,
        tongban_cases::SEALED_COLUMNS,
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    use tongban_store::keep::text_columns;
    use tongban_testkit::both;

    use super::columns;

    both! { crate::migrations::all,
        /// By its name a sealed column is known: one that no room declares would be forgotten by re-sealing.
        async fn every_sealed_column_is_declared_and_there(kit: Kit) {
            let there = text_columns(&kit.store).await.unwrap();
            let declared: Vec<(String, String)> = columns()
                .iter()
                .map(|column| (column.table.to_owned(), column.column.to_owned()))
                .collect();
            for column in &declared {
                assert!(there.contains(column), "{column:?} is declared and is not there");
            }
            let mut found = 0;
            for column in &there {
                if column.1.ends_with("_sealed") || column.1.ends_with("_blind") {
                    assert!(declared.contains(column), "{column:?} is not in SEALED_COLUMNS of its room");
                    found += 1;
                }
            }
            assert!(found > 15, "the tables were looked at");
        }
    }
}
