//! Clock rules as data, each with its article.
//!
//! 行政许可法 (the Administrative Licensing Law) counts in working days (Art 82) and holds for 行政许可 only. Other
//! types of matter carry the basis that their own item states, or none.

use tongban_catalogue::{ItemContent, Limit};
use tongban_codes::{ItemType, LimitUnit};

use crate::special::Effect;

/// The clock of the one notice of what is missing.
pub const SUPPLEMENT_NOTICE: &str = "supplement_notice";
/// The applicant's own term for handing in what is missing.
pub const SUPPLEMENT_ANSWER: &str = "supplement_answer";
/// The clock of the decision.
pub const DECIDE: &str = "decide";
/// The clock of the first review by the organ below; it runs beside that of the decision.
pub const FIRST_REVIEW: &str = "first_review";
/// The clock of handing the licence over.
pub const DELIVER: &str = "deliver";

/// The time that was announced for a special procedure. Not a limit of its own: what warns when it is up is called so.
pub const SPECIAL: &str = "special";

/// One rule of a clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Stable code: `decide`, `first_review`, `supplement_notice`, `supplement_answer`, `deliver`.
    pub code: &'static str,
    pub amount: u32,
    pub unit: LimitUnit,
    /// The article that sets it, as the page shows it.
    pub article: Option<String>,
}

const LICENSING_LAW: &str = "《中华人民共和国行政许可法》";

fn licensing(code: &'static str, amount: u32, article: &str) -> Rule {
    Rule {
        code,
        amount,
        unit: LimitUnit::Workday,
        article: Some(format!("{LICENSING_LAW}{article}")),
    }
}

/// Within how long an incomplete application has to be answered with the one notice of what is missing; after it the
/// application counts as accepted from the day it was received. For permits only.
pub fn supplement_notice(item_type: ItemType) -> Option<Rule> {
    (item_type == ItemType::Permit).then(|| licensing(SUPPLEMENT_NOTICE, 5, "第三十二条"))
}

/// Within how long the applicant answers a notice of what is missing: the item's own term. The licensing law sets none, so where the item is
/// silent the case waits.
pub fn supplement_answer(content: &ItemContent) -> Option<Rule> {
    content.supplement_answer_days.map(|amount| Rule {
        code: SUPPLEMENT_ANSWER,
        amount,
        unit: LimitUnit::Workday,
        article: Some("本事项规定的补正期限".to_owned()),
    })
}

/// Whether a special procedure concerns the clock of a rule: what stops time stops the decision and the first review before it; what
/// extends the limit extends the decision only.
pub fn concerns(rule: &str, effect: Effect) -> bool {
    match effect {
        Effect::Stops => rule == DECIDE || rule == FIRST_REVIEW,
        Effect::Extends => rule == DECIDE,
    }
}

/// Within how long the organ below has to finish its first review after acceptance (行政许可法 43): the term that the item names with its
/// basis, else twenty working days. For permits only, and only where a step before the decision is marked so.
pub fn first_review(content: &ItemContent) -> Option<Rule> {
    if content.item_type != ItemType::Permit {
        return None;
    }
    let step = content
        .steps
        .iter()
        .find(|step| step.first_review && step.stands_before_decision())?;
    Some(match &step.first_review_limit {
        None => licensing(FIRST_REVIEW, 20, "第四十三条"),
        Some(own) => Rule {
            code: FIRST_REVIEW,
            amount: own.amount,
            unit: own.unit,
            article: Some(
                own.basis
                    .clone()
                    .unwrap_or_else(|| "本事项规定的初审期限".to_owned()),
            ),
        },
    })
}

fn own(limit: &Limit, word: &str) -> Rule {
    Rule {
        code: DECIDE,
        amount: limit.amount,
        unit: limit.unit,
        article: Some(limit.basis.clone().unwrap_or_else(|| word.to_owned())),
    }
}

/// Within how long the office has promised to decide after acceptance.
pub fn promised(content: &ItemContent) -> Option<Rule> {
    let promised = content.promised_limit.as_ref()?;
    Some(own(promised, "承诺办结时限"))
}

/// Within how long the law wants the decision after acceptance: what the item states, else the law's twenty working days for permits, or
/// forty-five where several offices handle it together (行政许可法 26, 42), else nothing. A promise shortens it and never lengthens it: of the two
/// the one that ends first is the limit.
pub fn legal(content: &ItemContent) -> Option<Rule> {
    if let Some(legal) = &content.legal_limit {
        return Some(own(legal, "法定办结时限"));
    }
    let article = if content.handling.is_together() {
        "第四十二条第二款"
    } else {
        "第四十二条"
    };
    Some(licensing(DECIDE, content.statutory_workdays()?, article))
}

/// Within how long the licence is handed over after the decision. For permits only.
pub fn deliver(item_type: ItemType) -> Option<Rule> {
    (item_type == ItemType::Permit).then(|| licensing(DELIVER, 10, "第四十四条"))
}

#[cfg(test)]
mod tests {
    use super::{deliver, first_review, legal, promised, supplement_notice};
    use tongban_catalogue::{Handling, ItemContent, Limit, Step};
    use tongban_codes::{ItemType, LimitUnit};

    #[test]
    fn the_licensing_law_holds_for_permits_only() {
        for item_type in [ItemType::PublicService, ItemType::Confirmation, ItemType::Payment] {
            assert_eq!(supplement_notice(item_type), None);
            assert_eq!(deliver(item_type), None);
            assert_eq!(legal(&ItemContent::new("某事", item_type)), None);
        }
        assert_eq!(
            supplement_notice(ItemType::Permit).map(|rule| rule.amount),
            Some(5)
        );
        assert_eq!(deliver(ItemType::Permit).map(|rule| rule.amount), Some(10));
        let rule = legal(&ItemContent::new("某许可", ItemType::Permit));
        assert_eq!(rule.map(|rule| rule.amount), Some(20));
    }

    #[test]
    fn offices_that_handle_a_permit_together_have_longer() {
        for handling in [Handling::Unified, Handling::Joint, Handling::Central] {
            let mut content = ItemContent::new("某许可", ItemType::Permit);
            content.handling = handling;
            let rule = legal(&content).unwrap();
            assert_eq!(
                (rule.amount, rule.article.as_deref()),
                (45, Some("《中华人民共和国行政许可法》第四十二条第二款"))
            );
            content.item_type = ItemType::PublicService;
            assert_eq!(legal(&content), None, "the law holds for permits");
        }
    }

    #[test]
    fn the_organ_below_has_twenty_days_where_a_step_is_its_review() {
        let mut content = ItemContent::new("某许可", ItemType::Permit);
        let step = |code: &str, first_review| Step {
            code: code.to_owned(),
            first_review,
            ..Step::default()
        };
        content.steps = vec![step("review", false), step("decide", true)];
        assert_eq!(first_review(&content), None, "the decision is no first review");
        content.steps = vec![
            step("accept", false),
            step("review", true),
            step("examine", false),
        ];
        let rule = first_review(&content).unwrap();
        assert_eq!(
            (rule.amount, rule.unit, rule.article.as_deref()),
            (
                20,
                LimitUnit::Workday,
                Some("《中华人民共和国行政许可法》第四十三条")
            )
        );
        content.steps[1].first_review_limit = Some(Limit {
            amount: 2,
            unit: LimitUnit::Month,
            basis: Some("某条例第九条".to_owned()),
            explain: None,
        });
        let rule = first_review(&content).unwrap();
        assert_eq!(
            (rule.amount, rule.unit, rule.article.as_deref()),
            (2, LimitUnit::Month, Some("某条例第九条"))
        );
        content.item_type = ItemType::Confirmation;
        assert_eq!(first_review(&content), None, "the law holds for permits");
    }

    #[test]
    fn the_promise_goes_before_the_law() {
        let mut content = ItemContent::new("某许可", ItemType::Permit);
        content.legal_limit = Some(Limit {
            amount: 15,
            unit: LimitUnit::Workday,
            basis: None,
            explain: None,
        });
        assert_eq!(legal(&content).map(|rule| rule.amount), Some(15));
        content.promised_limit = Some(Limit {
            amount: 5,
            unit: LimitUnit::Workday,
            basis: None,
            explain: None,
        });
        assert_eq!(promised(&content).map(|rule| rule.amount), Some(5));
    }
}
