//! The sections of the editor: which elements of the content are asked for together, one page each.

use serde_json::Value;
use tongban_catalogue::Finding;

use super::fields::{Field, Kind, World, field_about};

/// One section of the editor.
#[derive(Debug, Clone, Copy)]
pub(super) struct Section {
    /// Its word in addresses and text keys.
    pub word: &'static str,
    /// The fields of the page, or of one entry.
    pub fields: &'static [Field],
    /// A list: its member of the content, and the letter that codes made for its entries begin with.
    pub list: Option<List>,
}

/// A section of entries.
#[derive(Debug, Clone, Copy)]
pub(super) struct List {
    pub member: &'static str,
    /// The part of an entry that names it, and that must be there.
    pub title: &'static str,
    /// Entries are told apart by a code of their own; where nobody writes one, it is made with this letter.
    pub code: Option<char>,
}

const fn page(word: &'static str, fields: &'static [Field]) -> Section {
    Section {
        word,
        fields,
        list: None,
    }
}

const fn list(
    word: &'static str,
    title: &'static str,
    code: Option<char>,
    fields: &'static [Field],
) -> Section {
    Section {
        word,
        fields,
        list: Some(List {
            member: word,
            title,
            code,
        }),
    }
}

/// The element that holds the organisation beside the content while it is edited.
pub(super) const ORGANISATION: &str = "_organisation";

const UNITS: Kind = Kind::Choice(&["workday", "calendar_day", "hour", "week", "month", "year"]);

/// All sections in the order of the pages.
pub(super) const SECTIONS: &[Section] = &[
    page(
        "basics",
        &[
            Field::required("name", Kind::Line),
            Field::required("item_type", Kind::ItemType),
            Field::required(ORGANISATION, Kind::World(World::Organisations)),
            Field::new("department", Kind::Line),
            Field::new("summary", Kind::Long),
            Field::new("effective_until", Kind::Day),
        ],
    ),
    page(
        "audience",
        &[
            Field::new("audience", Kind::Choices(&["person", "enterprise"])),
            Field::new("topics", Kind::Lines),
            Field::new("keywords", Kind::Lines),
        ],
    ),
    page(
        "limits",
        &[
            Field::new("project_type", Kind::Choice(&["immediate", "promised", "other"])),
            Field::new("promised_limit.amount", Kind::Count),
            Field::new("promised_limit.unit", UNITS),
            Field::new("promised_limit.basis", Kind::Line),
            Field::new("promised_limit.explain", Kind::Long),
            Field::new("legal_limit.amount", Kind::Count),
            Field::new("legal_limit.unit", UNITS),
            Field::new("legal_limit.basis", Kind::Line),
            Field::new("legal_limit.explain", Kind::Long),
            Field::new("handling", Kind::Choice(&["unified", "joint", "central"])),
            Field::new("supplement_answer_days", Kind::Count),
        ],
    ),
    page(
        "conditions",
        &[
            Field::new("accept_condition", Kind::Long),
            Field::new("quota", Kind::Long),
            Field::new("intermediary", Kind::Long),
            Field::new("flow", Kind::Long),
        ],
    ),
    list(
        "situations",
        "name",
        None,
        &[
            Field::required("name", Kind::Line),
            Field::new("explain", Kind::Long),
        ],
    ),
    list(
        "materials",
        "name",
        Some('M'),
        &[
            Field::required("name", Kind::Line),
            Field::new("necessity", Kind::Choice(&["required", "optional", "deferred"])),
            Field::new("situations", Kind::Lines),
            Field::new(
                "kind",
                Kind::Choice(&["certificate", "application_form", "other"]),
            ),
            Field::new("source", Kind::Choice(&["applicant", "government", "other"])),
            Field::new("source_explain", Kind::Line),
            Field::new("replaced_by", Kind::Replacement),
            Field::new("form", Kind::Choice(&["paper", "electronic", "either"])),
            Field::new("copies", Kind::Count),
            Field::new("format", Kind::Line),
            Field::new(
                "media",
                Kind::Choices(&["application/pdf", "image/jpeg", "image/png"]),
            ),
            Field::new("max_bytes", Kind::Megabytes),
            Field::new("hint", Kind::Long),
            Field::new("fill_explain", Kind::Long),
            Field::new("accept_standard", Kind::Long),
            Field::new("by_law", Kind::Line),
            Field::new("remark", Kind::Line),
            Field::new("code", Kind::Line),
        ],
    ),
    list(
        "form",
        "title",
        None,
        &[
            Field::required("title", Kind::Line),
            Field::required(
                "kind",
                Kind::Choice(&[
                    "text",
                    "long",
                    "integer",
                    "number",
                    "date",
                    "choice",
                    "choices",
                    "yes_no",
                    "mobile",
                    "email",
                    "citizen-number",
                    "uscc",
                ]),
            ),
            Field::new("required", Kind::Flag),
            Field::new("options", Kind::Lines),
            Field::new("source", Kind::World(World::Facts)),
            Field::new("hint", Kind::Line),
            Field::new("name", Kind::Line),
        ],
    ),
    list(
        "duties",
        "law",
        None,
        &[
            Field::required("resource", Kind::World(World::Resources)),
            Field::required("law", Kind::Line),
            Field::new("article", Kind::Line),
        ],
    ),
    list(
        "steps",
        "name",
        Some('S'),
        &[
            Field::required("name", Kind::Line),
            Field::required("role", Kind::Choice(&["clerk", "approver"])),
            Field::new("days", Kind::Count),
            Field::new("first_review", Kind::Flag),
            Field::new("first_review_limit.amount", Kind::Count),
            Field::new("first_review_limit.unit", UNITS),
            Field::new("first_review_limit.basis", Kind::Line),
            Field::new("code", Kind::Line),
        ],
    ),
    list(
        "special_procedures",
        "name",
        Some('P'),
        &[
            Field::required("name", Kind::Line),
            Field::new("basis", Kind::Line),
            Field::new("longest_workdays", Kind::Count),
            Field::new("code", Kind::Line),
        ],
    ),
    list(
        "results",
        "name",
        None,
        &[
            Field::required("name", Kind::Line),
            Field::new(
                "kind",
                Kind::Choice(&["licence", "document", "approval", "nothing"]),
            ),
            Field::new("licence_type", Kind::World(World::LicenceTypes)),
            Field::new("valid_months", Kind::Count),
            Field::new("renews", Kind::Flag),
            Field::new("renew_before_days", Kind::Count),
            Field::new("renew_before_basis", Kind::Line),
            Field::new("sample", Kind::Line),
            Field::new("fields", Kind::Pairs),
        ],
    ),
    list(
        "fees",
        "name",
        None,
        &[
            Field::required("name", Kind::Line),
            Field::new("standard", Kind::Line),
            Field::new("basis", Kind::Line),
            Field::new("amount", Kind::Money),
            Field::new("reduction", Kind::Line),
        ],
    ),
    page(
        "online",
        &[
            Field::new("channels", Kind::Choices(&["window", "online", "post"])),
            Field::new("online", Kind::Flag),
            Field::new("trips", Kind::Count),
            Field::new("trips_reason", Kind::Line),
            Field::new(
                "online_depth",
                Kind::Choices(&["1", "2", "3", "4", "5", "6", "7", "8", "9", "Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ"]),
            ),
            Field::new("online_payment", Kind::YesOrNo),
            Field::new("assurance", Kind::Choice(&["real_name", "in_person"])),
            Field::new("online_address", Kind::Line),
            Field::new("mobile_address", Kind::Line),
            Field::new("in_hall", Kind::YesOrNo),
            Field::new("bookable", Kind::YesOrNo),
            Field::new("express", Kind::YesOrNo),
            Field::new("self_service", Kind::YesOrNo),
        ],
    ),
    list(
        "places",
        "name",
        None,
        &[
            Field::required("name", Kind::Line),
            Field::new("address", Kind::Line),
            Field::new("hours", Kind::Line),
            Field::new("phone", Kind::Line),
            Field::new("counters", Kind::Lines),
        ],
    ),
    page(
        "contact",
        &[
            Field::new("consult_phone", Kind::Line),
            Field::new("complaint_phone", Kind::Line),
        ],
    ),
    list(
        "legal_basis",
        "law",
        None,
        &[
            Field::required("law", Kind::Line),
            Field::new("article", Kind::Line),
            Field::new("text", Kind::Long),
            Field::new("source", Kind::Line),
            Field::new("read_on", Kind::Day),
        ],
    ),
    list(
        "questions",
        "question",
        None,
        &[
            Field::required("question", Kind::Line),
            Field::required("answer", Kind::Long),
        ],
    ),
    page(
        "authority",
        &[
            Field::new("use_level", Kind::Joined(&["1", "2", "3", "4", "5", "6", "7"])),
            Field::new("power_source", Kind::Choice(&["1", "2", "3", "4", "5", "6"])),
            Field::new("dept_type", Kind::Choice(&["1", "2", "3", "9"])),
            Field::new("handle_area", Kind::Choice(&["0", "1", "2", "3", "4"])),
            Field::new("entrusted_by", Kind::Line),
            Field::new("other_departments", Kind::Lines),
        ],
    ),
];

impl Section {
    pub(super) fn of_word(word: &str) -> Option<&'static Self> {
        SECTIONS.iter().find(|section| section.word == word)
    }

    /// The section after this one.
    pub(super) fn next(&self) -> Option<&'static Self> {
        let at = SECTIONS.iter().position(|section| section.word == self.word)?;
        SECTIONS.get(at + 1)
    }
}

/// Where something that a finding names is edited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Spot {
    pub section: &'static str,
    /// Which entry of a list.
    pub entry: Option<usize>,
    /// Which input.
    pub field: Option<&'static str>,
}

impl Spot {
    /// The spot of a finding's field: `promised_limit`, `places[0].hours`, `materials`. Warnings of imports name columns; those that an
    /// element took are found too.
    pub(crate) fn of(field: &str) -> Option<Self> {
        let field = match field {
            "org_code" | "dept_code" => ORGANISATION,
            "task_type" => "item_type",
            "anticipate_day" | "legal_workdays" => "legal_limit",
            "promise_day" | "promise_workdays" => "promised_limit",
            other => other,
        };
        let member = field.split(['[', '.']).next().unwrap_or(field);
        for section in SECTIONS {
            match section.list {
                Some(list) if list.member == member => {
                    let entry = entry_of(field);
                    let part = field.split_once("].").map(|(_, part)| part);
                    return Some(Self {
                        section: section.word,
                        entry,
                        field: part.and_then(|part| field_about(section.fields, part)),
                    });
                }
                None => {
                    if let Some(about) = field_about(section.fields, field) {
                        return Some(Self {
                            section: section.word,
                            entry: None,
                            field: Some(about),
                        });
                    }
                }
                Some(_) => {}
            }
        }
        None
    }

    /// The address of the page, down to the input, below the address of the item.
    pub(crate) fn href(&self, item: &str) -> String {
        let entry = self.entry.map(|entry| format!("/{entry}")).unwrap_or_default();
        let input = self
            .field
            .map(|field| format!("#f-{}", field.replace('.', "-")))
            .unwrap_or_default();
        format!("{item}/edit/{}{entry}{input}", self.section)
    }

    /// Whether a finding belongs on the page of a section, or of one of its entries.
    pub(super) fn is_on(&self, section: &Section, entry: Option<usize>) -> bool {
        self.section == section.word && (entry.is_none() || self.entry == entry)
    }
}

fn entry_of(field: &str) -> Option<usize> {
    let (_, rest) = field.split_once('[')?;
    rest.split_once(']')?.0.parse().ok()
}

/// Findings with the spot where each is mended.
pub(super) fn placed(findings: &[Finding]) -> impl Iterator<Item = (Option<Spot>, &Finding)> {
    findings.iter().map(|finding| (Spot::of(&finding.field), finding))
}

/// What names an entry in a list.
pub(super) fn title_of(list: &List, entry: &Value) -> String {
    entry
        .get(list.title)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_finding_of_the_lint_has_a_spot() {
        for (field, section, entry, input) in [
            ("audience", "audience", None, Some("audience")),
            ("topics", "audience", None, Some("topics")),
            ("promised_limit", "limits", None, Some("promised_limit.amount")),
            ("project_type", "limits", None, Some("project_type")),
            ("handling", "limits", None, Some("handling")),
            ("accept_condition", "conditions", None, Some("accept_condition")),
            ("places", "places", None, None),
            ("places[1].hours", "places", Some(1), Some("hours")),
            ("fees[0].basis", "fees", Some(0), Some("basis")),
            ("situations[1].name", "situations", Some(1), Some("name")),
            (
                "materials[0].situations",
                "materials",
                Some(0),
                Some("situations"),
            ),
            ("online_address", "online", None, Some("online_address")),
            ("results[0].fields.经营者名称", "results", Some(0), Some("fields")),
            (
                "special_procedures[2].basis",
                "special_procedures",
                Some(2),
                Some("basis"),
            ),
            ("duties[0].article", "duties", Some(0), Some("article")),
            ("form[2].source", "form", Some(2), Some("source")),
            (
                "materials[1].replaced_by",
                "materials",
                Some(1),
                Some("replaced_by"),
            ),
            (
                "results[0].licence_type",
                "results",
                Some(0),
                Some("licence_type"),
            ),
            ("steps[3].role", "steps", Some(3), Some("role")),
            ("online_payment", "online", None, Some("online_payment")),
            ("steps", "steps", None, None),
            ("steps[1].first_review", "steps", Some(1), Some("first_review")),
            (
                "steps[1].first_review_limit",
                "steps",
                Some(1),
                Some("first_review_limit.amount"),
            ),
            (
                "steps[1].first_review_limit.basis",
                "steps",
                Some(1),
                Some("first_review_limit.basis"),
            ),
            ("questions", "questions", None, None),
            ("channels", "online", None, Some("channels")),
            ("trips", "online", None, Some("trips")),
            ("complaint_phone", "contact", None, Some("complaint_phone")),
            ("org_code", "basics", None, Some(ORGANISATION)),
        ] {
            let spot = Spot {
                section,
                entry,
                field: input,
            };
            assert_eq!(Spot::of(field), Some(spot), "{field}");
        }
        assert_eq!(Spot::of("code"), None);
    }

    #[test]
    fn a_spot_is_an_address() {
        let spot = Spot::of("places[1].hours");
        assert_eq!(
            spot.map(|spot| spot.href("/desk/items/7")).as_deref(),
            Some("/desk/items/7/edit/places/1#f-hours")
        );
    }

    #[test]
    fn each_element_is_asked_for_once() {
        let mut seen = std::collections::BTreeSet::new();
        for section in SECTIONS.iter().filter(|section| section.list.is_none()) {
            for field in section.fields {
                assert!(seen.insert(field.path), "{}", field.path);
            }
        }
    }
}
