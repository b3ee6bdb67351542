//! What a list must have to be worth judging row by row. Pure, but for the thread it runs on.

use tongban_crypto::sm3_hex;
use tongban_store::StoreError;

use crate::{
    Error,
    import::{Cells, Finding, Source},
};

/// A list that can be uploaded: the word for its kind, and what its heading must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListKind {
    /// As the report has it: `regions`, `items`.
    pub kind: &'static str,
    /// Of each of these, one column must hold something somewhere. A need names the columns that meet it, each by its aliases.
    pub needs: &'static [&'static [&'static [&'static str]]],
}

/// What a look at an uploaded file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookedOver {
    pub rows: usize,
    /// Bytes.
    pub size: u64,
    /// SM3, in hexadecimal digits.
    pub digest: String,
    /// What there is to say about the file itself.
    pub notes: Vec<Finding>,
}

/// Looks a file over before it is kept: it can be read, has rows, and has the columns without which every row would be refused. It is
/// read on a thread beside those that answer people.
///
/// # Errors
/// As [`Source::parse_sheet`], and `import.no_rows`, `import.columns_missing`.
pub async fn look_over(
    list: ListKind,
    name: String,
    sheet: Option<String>,
    bytes: impl AsRef<[u8]> + Send + 'static,
) -> Result<LookedOver, Error> {
    let look = move || {
        let bytes = bytes.as_ref();
        let source = Source::parse_sheet(&name, bytes, sheet.as_deref())?;
        check(list, &source)?;
        Ok(LookedOver {
            rows: source.rows.len(),
            size: bytes.len() as u64,
            digest: sm3_hex(bytes),
            notes: source.notes,
        })
    };
    match tokio::task::spawn_blocking(look).await {
        Ok(looked) => looked,
        Err(_panic) => Err(StoreError::Panicked.into()),
    }
}

/// Columns of a wrong list that its refusal names.
const NAMED: usize = 12;

fn check(list: ListKind, source: &Source) -> Result<(), Error> {
    if source.rows.is_empty() {
        return Err(Error::refused("import.no_rows", [("file", source.name.clone())]));
    }
    let readable: Vec<&Cells> = source
        .rows
        .iter()
        .filter_map(|row| row.cells.as_ref().ok())
        .collect();
    if readable.is_empty() {
        // each row says for itself why it cannot be read
        return Ok(());
    }
    let missing: Vec<String> = list
        .needs
        .iter()
        .filter(|need| {
            !readable
                .iter()
                .any(|cells| need.iter().any(|column| cells.value(column).is_some()))
        })
        .map(|need| {
            let names: Vec<&str> = need.iter().flat_map(|column| column.iter().copied()).collect();
            names.join("/")
        })
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let mut found = std::collections::BTreeSet::new();
    for cells in readable.iter().take(100) {
        found.extend(cells.names());
    }
    let found: Vec<&str> = found.into_iter().take(NAMED).collect();
    Err(Error::refused(
        "import.columns_missing",
        [
            ("file", source.name.clone()),
            ("missing", missing.join("; ")),
            ("found", found.join(", ")),
        ],
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Refusal;

    const LIST: ListKind = ListKind {
        kind: "test",
        needs: &[&[&["code", "编码"]], &[&["name"], &["content"]]],
    };

    fn refusal(text: &str) -> Option<Refusal> {
        match check(LIST, &Source::parse("list.csv", text.as_bytes()).unwrap()) {
            Ok(()) => None,
            Err(Error::Refused(refusal)) => Some(refusal),
            Err(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_list_with_its_columns_is_looked_at_row_by_row() {
        for good in [
            "code,name\n1,a\n",
            "编码,Content\n1,a\n",
            // the columns need not stand in every row
            "code,name,content\n1,,a\n2,a,\n,,x\n",
            // no row can be read: each says why
            "code,name\n1,2,3\n",
        ] {
            assert_eq!(refusal(good), None, "{good}");
        }
    }

    #[test]
    fn a_list_that_is_another_one_is_refused_as_a_whole() {
        let none = refusal("code,name\n").unwrap();
        assert_eq!(none.code, "import.no_rows");
        let other = refusal("姓名,name\n甲,乙\n").unwrap();
        assert_eq!(other.code, "import.columns_missing");
        assert_eq!(other.args["missing"], "code/编码");
        assert_eq!(other.args["found"], "name, 姓名");
        // a column without a single value is no column
        let empty = refusal("code,name\n1,\n2,\n").unwrap();
        assert_eq!(empty.args["missing"], "name/content");
    }
}
