//! Which special procedures a matter may have, each with its article.
//!
//! 行政许可法 45 lists what stops the clock of a permit: hearing, tender, auction, inspection, testing, quarantine, appraisal, expert review.
//! The item may narrow that list, never widen it. 行政许可法 42 lets the head of the organ extend the limit once by ten working days. Matters of
//! other types have what their own item lists, with the basis that it names, and nothing where it lists nothing.

use chrono::NaiveDate;
use serde::Serialize;
use tongban_catalogue::{ItemContent, SpecialProcedure};
use tongban_codes::ItemType;
use uuid::Uuid;

/// The code of the extension, in an item's list too.
pub const EXTENSION: &str = "extension";

/// What 行政许可法 45 lists, in its order: code and name.
const LISTED: [(&str, &str); 8] = [
    ("hearing", "听证"),
    ("tender", "招标"),
    ("auction", "拍卖"),
    ("inspection", "检验"),
    ("testing", "检测"),
    ("quarantine", "检疫"),
    ("appraisal", "鉴定"),
    ("expert_review", "专家评审"),
];
const ARTICLE_45: &str = "《中华人民共和国行政许可法》第四十五条";
const ARTICLE_42: &str = "《中华人民共和国行政许可法》第四十二条";
/// 经本行政机关负责人批准，可以延长十日.
const EXTENSION_WORKDAYS: u32 = 10;
const ARTICLE_42_TOGETHER: &str = "《中华人民共和国行政许可法》第四十二条第二款";
/// 统一办理、联合办理、集中办理: 经本级人民政府负责人批准，可以延长十五日.
const EXTENSION_WORKDAYS_TOGETHER: u32 = 15;

/// A procedure that may stop the clock of a matter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Procedure {
    /// `hearing`, `expert_review` …; for other types than permits what the item calls it.
    pub code: String,
    pub name: String,
    /// The article that allows it.
    pub article: String,
    /// The most working days that the item allows for it.
    pub longest: Option<u32>,
}

/// How a matter's limit may be extended, once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Extension {
    /// Working days that are added.
    pub days: u32,
    pub article: String,
    /// The head of the people's government has to approve it, not the head of the organ.
    pub by_government: bool,
}

/// What a procedure does to the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Its time does not count.
    Stops,
    /// Its days are added to the limit.
    Extends,
}

impl Effect {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Stops => "stops",
            Self::Extends => "extends",
        }
    }

    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "stops" => Some(Self::Stops),
            "extends" => Some(Self::Extends),
            _ => None,
        }
    }
}

/// A special procedure of a case, as those see it who may see the case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SpecialView {
    pub kind: String,
    pub name: String,
    pub article: String,
    pub effect: Effect,
    /// Working days that it is expected to take, or that it adds.
    pub days: u32,
    pub reason: String,
    pub started_on: NaiveDate,
    /// Empty while it stops the clock.
    pub ended_on: Option<NaiveDate>,
    pub result: Option<String>,
    pub document: Option<Uuid>,
}

/// What may stop the clock of this matter, in the order in which it is offered.
pub fn procedures(content: &ItemContent) -> Vec<Procedure> {
    let own = || {
        content
            .special_procedures
            .iter()
            .filter(|own| own.code != EXTENSION && !own.basis.trim().is_empty())
    };
    if content.item_type != ItemType::Permit {
        return own().map(|own| procedure(&own.code, &own.name, own)).collect();
    }
    let listed = |code: &str, name: &str| {
        own()
            .find(|own| own.code == code || own.name.trim() == name)
            .map(|own| procedure(code, name, own))
    };
    let silent = content.special_procedures.iter().all(|own| own.code == EXTENSION);
    LISTED
        .iter()
        .filter_map(|(code, name)| {
            let by_law = Procedure {
                code: (*code).to_owned(),
                name: (*name).to_owned(),
                article: ARTICLE_45.to_owned(),
                longest: None,
            };
            listed(code, name).or_else(|| silent.then_some(by_law))
        })
        .collect()
}

fn procedure(code: &str, name: &str, own: &SpecialProcedure) -> Procedure {
    Procedure {
        code: code.to_owned(),
        name: name.to_owned(),
        article: own.basis.trim().to_owned(),
        longest: own.longest_workdays,
    }
}

/// How the limit of this matter may be extended: by what its item says, else for permits by the ten working days of the law, or by fifteen
/// where several offices handle it together and the head of the government at their level approves (行政许可法 42).
pub fn extension(content: &ItemContent) -> Option<Extension> {
    let own = content
        .special_procedures
        .iter()
        .find(|own| own.code == EXTENSION);
    let together = content.item_type == ItemType::Permit && content.handling.is_together();
    let own = own.and_then(|own| {
        Some(Extension {
            days: own.longest_workdays?,
            article: own.basis.trim().to_owned(),
            by_government: together,
        })
    });
    own.filter(|own| own.days > 0 && !own.article.is_empty())
        .or_else(|| {
            (content.item_type == ItemType::Permit).then(|| {
                if together {
                    Extension {
                        days: EXTENSION_WORKDAYS_TOGETHER,
                        article: ARTICLE_42_TOGETHER.to_owned(),
                        by_government: true,
                    }
                } else {
                    Extension {
                        days: EXTENSION_WORKDAYS,
                        article: ARTICLE_42.to_owned(),
                        by_government: false,
                    }
                }
            })
        })
}

#[cfg(test)]
mod tests {
    use tongban_catalogue::Handling;

    use super::*;

    fn content(item_type: ItemType, own: &[(&str, &str, &str, Option<u32>)]) -> ItemContent {
        let mut content = ItemContent::new("某事", item_type);
        content.special_procedures = own
            .iter()
            .map(|(code, name, basis, longest)| SpecialProcedure {
                code: (*code).to_owned(),
                name: (*name).to_owned(),
                basis: (*basis).to_owned(),
                longest_workdays: *longest,
            })
            .collect();
        content
    }

    fn codes(content: &ItemContent) -> Vec<String> {
        procedures(content).into_iter().map(|known| known.code).collect()
    }

    #[test]
    fn a_permit_has_what_the_law_lists_and_its_item_may_narrow() {
        let permit = ItemType::Permit;
        let all = LISTED.map(|(code, _)| code);
        assert_eq!(codes(&content(permit, &[])), all);
        assert_eq!(
            codes(&content(permit, &[(EXTENSION, "延期", "某条例", Some(5))])),
            all
        );
        let narrow = content(
            permit,
            &[
                ("TX01", "专家评审", "某条例第八条", Some(10)),
                ("hearing", "听证会", "某条例第九条", None),
            ],
        );
        let read: Vec<_> = procedures(&narrow)
            .into_iter()
            .map(|known| (known.code, known.name, known.article, known.longest))
            .collect();
        assert_eq!(
            read,
            [
                (
                    "hearing".to_owned(),
                    "听证".to_owned(),
                    "某条例第九条".to_owned(),
                    None
                ),
                (
                    "expert_review".to_owned(),
                    "专家评审".to_owned(),
                    "某条例第八条".to_owned(),
                    Some(10)
                ),
            ]
        );
        // What the law does not list stops no permit, whatever its item says.
        assert_eq!(
            codes(&content(permit, &[("meeting", "会商", "某办法", None)])),
            [] as [&str; 0]
        );
    }

    #[test]
    fn other_matters_have_what_their_item_lists_with_a_basis() {
        let service = ItemType::PublicService;
        assert_eq!(codes(&content(service, &[])), [] as [&str; 0]);
        let own = content(
            service,
            &[
                ("survey", "现场核查", "某办法第五条", Some(3)),
                ("idle", "等待", " ", None),
            ],
        );
        assert_eq!(codes(&own), ["survey"]);
        assert_eq!(extension(&own), None);
        let extended = content(service, &[(EXTENSION, "延长", "某办法第六条", Some(5))]);
        assert_eq!(
            extension(&extended).map(|known| (known.days, known.article)),
            Some((5, "某办法第六条".to_owned()))
        );
    }

    #[test]
    fn a_permit_is_extended_by_ten_working_days_where_no_other_law_says_so() {
        let by_law = extension(&content(ItemType::Permit, &[])).unwrap();
        assert_eq!((by_law.days, by_law.article.as_str()), (10, ARTICLE_42));
        let by_item = extension(&content(
            ItemType::Permit,
            &[(EXTENSION, "延长", "某条例第七条", Some(20))],
        ));
        assert_eq!(by_item.map(|known| known.days), Some(20));
        let mut joint = content(ItemType::Permit, &[]);
        joint.handling = Handling::Joint;
        let known = extension(&joint).unwrap();
        assert_eq!(
            (known.days, known.article.as_str(), known.by_government),
            (15, ARTICLE_42_TOGETHER, true)
        );
        joint.item_type = ItemType::PublicService;
        assert_eq!(extension(&joint), None);
    }
}
