//! Which organisation a row belongs to. Real lists name a department by several codes, some of them placeholders or typing errors. Pure.

use std::collections::HashMap;

use tongban_codes::{RegionCode, Uscc};
use tongban_crypto::sm3_hex;
use tongban_directory::{Organisation, import::Finding};

use super::read_row::ReadItem;

type Department = (RegionCode, String);

/// The valid code that most rows of a list use for a department; of equally frequent ones the smallest.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Preferred(HashMap<Department, String>);

impl Preferred {
    pub(super) fn of<'row>(rows: impl Iterator<Item = &'row ReadItem>) -> Self {
        let mut counts: HashMap<Department, HashMap<&str, usize>> = HashMap::new();
        for row in rows {
            if let Some(code) = row
                .organisation_code
                .as_deref()
                .filter(|code| Uscc::parse(code).is_ok())
            {
                let department = (row.region.clone(), row.content.department.clone());
                *counts.entry(department).or_default().entry(code).or_default() += 1;
            }
        }
        let most = |counts: HashMap<&str, usize>| {
            let most = counts
                .into_iter()
                .min_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(other.0)));
            most.map(|(code, _)| code.to_owned())
        };
        Self(
            counts
                .into_iter()
                .filter_map(|(department, counts)| Some((department, most(counts)?)))
                .collect(),
        )
    }
}

/// The code of the organisation that is responsible, with what there is to say about it.
///
/// A valid code stands for itself, and so does any code that the directory holds. Otherwise the department decides: by the valid code that the
/// list mostly uses for it, or by its name in the directory. What is left gets an organisation under the code as written.
pub(super) fn organisation_code(
    row: &ReadItem,
    preferred: &Preferred,
    known: &[Organisation],
) -> (String, Option<Finding>) {
    let department = &row.content.department;
    let written = row.organisation_code.as_deref();
    if let Some(code) = written
        && (Uscc::parse(code).is_ok()
            || known
                .iter()
                .any(|organisation| organisation.region == row.region && organisation.code == code))
    {
        return (code.to_owned(), None);
    }
    let by_department = || {
        if department.is_empty() {
            return None;
        }
        let named = |organisation: &&Organisation| {
            organisation.region == row.region
                && (organisation.name == *department || organisation.short_name.as_ref() == Some(department))
        };
        preferred
            .0
            .get(&(row.region.clone(), department.clone()))
            .cloned()
            .or_else(|| {
                known
                    .iter()
                    .find(named)
                    .map(|organisation| organisation.code.clone())
            })
    };
    if let Some(code) = by_department() {
        let finding = Finding::new(
            "organisation.by_department",
            "org_code",
            "the unit code is not valid; the organisation was found by the name of the department",
        )
        .with("written", written.unwrap_or_default())
        .with("taken", &code);
        return (code, Some(finding));
    }
    match written {
        Some(code) => {
            let finding = Finding::new(
                "organisation.code_invalid",
                "org_code",
                "the unit code is not valid; kept as written",
            )
            .with("written", code);
            (code.to_owned(), Some(finding))
        }
        None => {
            let code = format!("LOCAL-{}", &sm3_hex(department)[..16]).to_uppercase();
            let finding = Finding::new(
                "organisation.code_missing",
                "org_code",
                "the row names no unit code; one was made from the department",
            )
            .with("made", &code);
            (code, Some(finding))
        }
    }
}

#[cfg(test)]
mod tests {
    use tongban_codes::ItemType;
    use uuid::Uuid;

    use super::*;
    use crate::item::domain::ItemContent;

    const VALID: &str = "11511301008778183N";
    const OTHER: &str = "11370800MB28559184";

    fn row(code: Option<&str>, department: &str) -> ReadItem {
        let mut content = ItemContent::new("某事项", ItemType::Permit);
        content.department = department.to_owned();
        ReadItem {
            code: "a".to_owned(),
            region: RegionCode::parse("519900000000").unwrap(),
            region_name: None,
            organisation_code: code.map(str::to_owned),
            content,
            warnings: Vec::new(),
        }
    }

    fn known(code: &str, name: &str) -> Organisation {
        Organisation {
            id: Uuid::nil(),
            code: code.to_owned(),
            name: name.to_owned(),
            short_name: None,
            region: RegionCode::parse("519900000000").unwrap(),
            phone: None,
            address: None,
            placeholder: false,
        }
    }

    #[test]
    fn finds_the_responsible_organisation() {
        let list = [
            row(Some(VALID), "民政局"),
            row(Some(OTHER), "民政局"),
            row(Some(VALID), "民政局"),
            row(Some("44"), "气象局"),
        ];
        let preferred = Preferred::of(list.iter());
        let directory = [known("TE-1", "烟草局"), known(OTHER, "气象局")];
        for (row, expected, finding) in [
            (row(Some(OTHER), "民政局"), OTHER, None),
            (
                row(Some("1111111111"), "民政局"),
                VALID,
                Some("organisation.by_department"),
            ),
            (row(None, "民政局"), VALID, Some("organisation.by_department")),
            (row(Some("TE-1"), "烟草局"), "TE-1", None),
            (
                row(Some("44"), "气象局"),
                OTHER,
                Some("organisation.by_department"),
            ),
            (row(Some("44"), "水务局"), "44", Some("organisation.code_invalid")),
            (row(Some("44"), ""), "44", Some("organisation.code_invalid")),
        ] {
            let (code, said) = organisation_code(&row, &preferred, &directory);
            assert_eq!(
                (code.as_str(), said.as_ref().map(|said| said.code.as_str())),
                (expected, finding)
            );
        }
        let (made, said) = organisation_code(&row(None, "水务局"), &preferred, &directory);
        assert!(made.starts_with("LOCAL-"));
        assert_eq!(
            said.map(|said| said.code).as_deref(),
            Some("organisation.code_missing")
        );
    }
}
