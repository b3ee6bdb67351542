//! 文书: the words of a document. Pure: numbers and days come with the act that issues it.

use chrono::{Datelike as _, NaiveDate};
use serde::{Deserialize, Serialize};
use tongban_catalogue::ItemContent;
use tongban_codes::{ItemType, LimitUnit};

use crate::{documents::Kind, hearing::HearingTerm, remedies, renewal::RenewalView, states::State};

/// The case that a document speaks of.
#[derive(Debug, Clone, Copy)]
pub struct Matter<'case> {
    /// The number of the case.
    pub number: &'case str,
    /// What was applied for.
    pub name: &'case str,
    /// Who decides.
    pub organ: &'case str,
    /// Who applied.
    pub addressee: &'case str,
    pub state: State,
    pub content: &'case ItemContent,
}

/// What the words of a document need beyond the case.
#[derive(Debug, Clone, Default)]
pub struct Particulars {
    /// Reasons, or what is missing.
    pub reasons: Option<String>,
    /// Last day for an answer, or of the limit.
    pub until: Option<NaiveDate>,
    /// The limit itself, for the words where the calendar does not reach its end.
    pub limit: Option<(u32, LimitUnit)>,
    /// The special procedure that stops the clock, or the extension: name, article, working days.
    pub procedure: Option<(String, String, u32)>,
    /// The extension was approved by the head of the government at the same level, not by the organ's own.
    pub by_government: bool,
    /// The day on which an application was received that counts as accepted because the office kept silent.
    pub received: Option<NaiveDate>,
    /// The materials that are received, a line each.
    pub materials: Vec<String>,
    /// Materials that may follow and are not there yet (容缺后补).
    pub to_follow: Vec<String>,
    /// Number of the licence that is issued.
    pub licence: Option<String>,
    /// The terms of a hearing, where the special procedure is one.
    pub hearing: Vec<HearingTerm>,
    /// The licence that is renewed.
    pub renewal: Option<RenewalView>,
    /// The notice that was handed over, where it was not the result.
    pub served: Option<Kind>,
}

/// The words of a document, as stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Body {
    pub title: String,
    pub organ: String,
    pub addressee: String,
    pub paragraphs: Vec<String>,
    pub remedies: Vec<String>,
    /// Demo data: the document says 演示 无效.
    pub invented: bool,
}

/// What the receipt says of a renewal: whether it came in time, and what follows (行政许可法 50).
fn renewal_words(renewal: &RenewalView) -> String {
    let day = |date: NaiveDate| format!("{} 年 {} 月 {} 日", date.year(), date.month(), date.day());
    let licence = format!(
        "申请延续的“{}”有效期至 {}，延续申请最晚应于 {} 提出。",
        renewal.licence_name,
        day(renewal.expires_on),
        day(renewal.apply_by)
    );
    if renewal.in_time {
        format!(
            "{licence}本次申请按期提出；本机关在有效期届满前未作出是否准予延续的决定的，依照《中华人民共和国行政许可法》第五十条，视为准予延续。"
        )
    } else {
        format!(
            "{licence}本次申请已晚于这一期限，有效期届满前未作出决定的，不适用视为准予延续；届满后未获准予延续的，不得继续从事该项活动。"
        )
    }
}

/// What may follow (容缺后补), and until when.
fn follow_words(materials: &[String]) -> Option<String> {
    (!materials.is_empty()).then(|| {
        format!(
            "下列材料尚未提交，可以在作出决定前补交；补齐之前，不作出准予的决定：{}。",
            materials.join("、")
        )
    })
}

/// One term of a hearing (行政许可法 47, 48), with its date where the calendar reaches so far.
fn hearing_words(term: &HearingTerm) -> String {
    let by = term
        .by
        .map(|date| {
            format!(
                "（最晚 {} 年 {} 月 {} 日）",
                date.year(),
                date.month(),
                date.day()
            )
        })
        .unwrap_or_default();
    let (article, days) = (term.article, term.days);
    match term.code {
        "ask" => format!(
            "申请人、利害关系人自被告知听证权利之日起 {days} 个工作日内{by}可以提出听证申请（{article}）。"
        ),
        "announce" => format!("举行听证的 {days} 个工作日前{by}通知举行听证的时间、地点（{article}）。"),
        _ => format!("提出听证申请的，自提出之日起 {days} 个工作日内{by}组织听证（{article}）。"),
    }
}

/// Whom the applicant asks, as far as the item says it: telephone, and where one goes.
fn contact(content: &ItemContent) -> Option<String> {
    let place = content.places.first();
    let phone = content
        .consult_phone
        .as_deref()
        .or(place.map(|place| place.phone.as_str()))
        .map(str::trim)
        .filter(|phone| !phone.is_empty());
    let office = place
        .filter(|place| !place.address.trim().is_empty())
        .map(|place| {
            let hours = place.hours.trim();
            let hours = if hours.is_empty() {
                String::new()
            } else {
                format!("，{hours}")
            };
            format!("{}（{}{hours}）", place.name.trim(), place.address.trim())
        });
    let words: Vec<String> = [
        phone.map(|phone| format!("咨询电话：{phone}")),
        office.map(|office| format!("咨询地点：{office}")),
    ]
    .into_iter()
    .flatten()
    .collect();
    (!words.is_empty()).then(|| format!("{}。", words.join("；")))
}

/// The words, pure.
pub fn body(matter: &Matter<'_>, kind: Kind, particulars: &Particulars, issued_on: NaiveDate) -> Body {
    let content = matter.content;
    let permit = content.item_type == ItemType::Permit;
    let refused = matter.state == State::Refused;
    let (organ, addressee) = (matter.organ.to_owned(), matter.addressee.to_owned());
    let matter = format!(
        "您（单位）提出的“{}”申请（办件编号 {}）",
        matter.name, matter.number
    );
    let reasons = particulars.reasons.clone().unwrap_or_default();
    let day = |date: NaiveDate| format!("{} 年 {} 月 {} 日", date.year(), date.month(), date.day());
    let mut paragraphs = match kind {
        Kind::Receipt => {
            let mut text = vec![format!("{matter}，材料已收到。是否受理，另行告知。")];
            if !particulars.materials.is_empty() {
                text.push("收到的材料：".to_owned());
                text.extend(particulars.materials.iter().cloned());
            }
            text.extend(follow_words(&particulars.to_follow));
            text.extend(particulars.renewal.as_ref().map(renewal_words));
            text
        }
        Kind::SupplementReceipt => {
            let mut text = vec![format!("{matter}，补正的内容已收到。是否受理，另行告知。")];
            if particulars.materials.is_empty() {
                text.push("补正的是申请信息，没有新交的材料。".to_owned());
            } else {
                text.push("收到的补正材料：".to_owned());
                text.extend(particulars.materials.iter().cloned());
            }
            text
        }
        Kind::SupplementNotice => vec![
            format!("{matter}，经审查需要补正。根据规定，现将需要补正的全部内容一次性告知如下："),
            reasons,
        ],
        Kind::Acceptance => {
            let mut text = vec![match particulars.received {
                None => format!("{matter}，符合受理条件，现予受理。"),
                Some(received) => format!(
                    "{matter}，申请材料已于 {} 收到，本机关未在五个工作日内告知需要补正的内容。依照《中华人民共和国行政许可法》第三十二条，自收到申请材料之日起即为受理。",
                    day(received)
                ),
            }];
            text.extend(follow_words(&particulars.to_follow));
            text
        }
        Kind::NonAcceptance => vec![format!("{matter}，不予受理。理由如下："), reasons],
        Kind::SpecialNotice => {
            let (name, article, days) = particulars.procedure.clone().unwrap_or_default();
            let mut text = vec![
                format!("{matter}，因{reasons}，依照{article}，需要进行{name}。"),
                format!(
                    "{name}自 {} 起进行，所需时间预计 {days} 个工作日，不计算在办理期限内。{name}结束后，办理期限恢复计算，另行告知。",
                    day(issued_on)
                ),
            ];
            text.extend(particulars.hearing.iter().map(hearing_words));
            text
        }
        Kind::ExtensionNotice => {
            let (_, article, days) = particulars.procedure.clone().unwrap_or_default();
            let head = if particulars.by_government {
                "本级人民政府负责人"
            } else {
                "本机关负责人"
            };
            vec![
                format!(
                    "{matter}，不能在原定期限内作出决定。依照{article}，经{head}批准，办理期限延长 {days} 个工作日。延长期限的理由如下："
                ),
                reasons,
            ]
        }
        Kind::Lapse => {
            let until = particulars
                .until
                .map(|date| format!("（截止 {}）", day(date)))
                .unwrap_or_default();
            vec![
                format!("{matter}，未在告知书规定的期限内{until}补正，本次申请终结。告知需要补正的内容是："),
                reasons,
                "您可以备齐材料后重新申请。".to_owned(),
            ]
        }
        Kind::DeliveryReceipt => {
            let what = match particulars.served {
                Some(notice) => notice.title(permit),
                None if refused => Kind::Refusal.title(permit),
                None => "办理结果",
            };
            vec![
                format!("{matter}，{what}已于 {} 送达。送达情况：", day(issued_on)),
                reasons,
            ]
        }
        Kind::RenewalBySilence => {
            let expired = particulars
                .renewal
                .as_ref()
                .map(|renewal| format!("“{}”有效期至 {}", renewal.licence_name, day(renewal.expires_on)))
                .unwrap_or_default();
            let until = particulars.until.map(day).unwrap_or_default();
            let licence = particulars.licence.clone().unwrap_or_default();
            vec![
                format!(
                    "{matter}，所要延续的{expired}，本机关在有效期届满前未作出是否准予延续的决定。依照《中华人民共和国行政许可法》第五十条，视为准予延续。"
                ),
                format!("已换发电子证照，证照标识：{licence}，有效期至 {until}。"),
            ]
        }
        Kind::Grant => {
            let what = if particulars.renewal.is_some() {
                "准予延续"
            } else {
                "准予"
            };
            let mut text = vec![format!("{matter}，经审查，符合规定的条件和标准，现决定{what}。")];
            if let Some(licence) = &particulars.licence {
                text.push(format!("已核发电子证照，证照标识：{licence}。"));
            }
            text
        }
        Kind::Refusal => {
            let what = if permit {
                "不予行政许可"
            } else {
                "不予办理"
            };
            vec![format!("{matter}，经审查，决定{what}。理由如下："), reasons]
        }
    };
    match (kind, particulars.until, particulars.limit) {
        (Kind::SupplementNotice, Some(until), _) => {
            paragraphs.push(format!(
                "请于 {} 前补正；逾期未补正的，本次申请将终结，您可以重新申请。",
                day(until)
            ));
        }
        (Kind::ExtensionNotice, Some(until), _) => {
            paragraphs.push(format!("延长后，最晚于 {} 前作出决定。", day(until)));
        }
        (Kind::Acceptance, Some(until), _) => {
            paragraphs.push(format!("最晚于 {} 前作出决定；依法需要听证、检验、检测、鉴定、专家评审的时间不计算在内，另行书面告知。", day(until)));
        }
        // No date is invented: a day too early in a notice would cost the applicant a right.
        (Kind::SupplementNotice, None, Some((amount, unit))) => {
            paragraphs.push(format!(
                "请自告知次日起 {amount} {}内补正；逾期未补正的，本次申请将终结，您可以重新申请。下一年度放假安排公布后，将给出准确日期。",
                unit.chinese_name()
            ));
        }
        (Kind::Acceptance, None, Some((amount, unit))) => {
            paragraphs.push(format!(
                "自受理之日的次日起 {amount} {}内作出决定；下一年度放假安排公布后，将给出准确日期。",
                unit.chinese_name()
            ));
        }
        _ => {}
    }
    if kind == Kind::SupplementNotice {
        paragraphs.extend(contact(content));
    }
    let remedies = match kind {
        Kind::NonAcceptance | Kind::Refusal | Kind::Lapse => {
            vec![remedies::sentence()]
        }
        _ => Vec::new(),
    };
    Body {
        title: kind.title(permit).to_owned(),
        organ,
        addressee,
        paragraphs,
        remedies,
        invented: content.invented,
    }
}
