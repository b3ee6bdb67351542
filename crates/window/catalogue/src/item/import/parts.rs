//! The lists inside a row: materials, situations, fees, questions. Each entry is a text, or an object whose members are named as in the
//! national collection tables, as in our own form, or in Chinese. Pure.

use serde_json::Value;
use tongban_codes::Fen;

use super::read_row::yes;
use crate::item::domain::{
    Fee, LegalBasis, Material, MaterialForm, MaterialKind, MaterialSource, Necessity, Question, Situation,
};

fn entries(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The first of these members that says something, as text.
fn text(entry: &Value, names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| {
        let text = match entry.get(name)? {
            Value::String(text) => text.trim().to_owned(),
            Value::Number(number) => number.to_string(),
            _ => return None,
        };
        (!text.is_empty()).then_some(text)
    })
}

/// What an entry is called: the entry itself, or its name.
fn named(entry: &Value, names: &[&str]) -> Option<String> {
    match entry {
        Value::String(name) => Some(name.trim().to_owned()).filter(|name| !name.is_empty()),
        _ => text(entry, names),
    }
}

/// Names, or objects: `name`/`material_name`, `required`/`is_need`, `form`/`material_format`, `material_type`, `source_type`, ….
pub(super) fn materials(value: Option<&Value>) -> Vec<Material> {
    entries(value)
        .iter()
        .enumerate()
        .filter_map(|(index, entry)| {
            let name = named(entry, &["name", "material_name", "材料名称"])?;
            Some(material(entry, Material::new(format!("M{}", index + 1), name)))
        })
        .collect()
}

fn material(entry: &Value, plain: Material) -> Material {
    let word = |names: &[&str]| text(entry, names).unwrap_or_default();
    Material {
        necessity: match word(&["required", "is_need", "材料必要性"]).as_str() {
            "2" | "非必要" => Necessity::Optional,
            "3" | "容缺后补" => Necessity::Deferred,
            _ => Necessity::Required,
        },
        form: match word(&["form", "material_format", "材料形式"]).as_str() {
            "1" | "纸质" => MaterialForm::Paper,
            "2" | "电子化" | "电子" => MaterialForm::Electronic,
            _ => MaterialForm::Either,
        },
        kind: match word(&["kind", "material_type", "材料类型"]).as_str() {
            "1" | "证件证书证明" => MaterialKind::Certificate,
            "2" | "申请表格文书" => MaterialKind::ApplicationForm,
            _ => MaterialKind::Other,
        },
        source: match word(&["source_type", "来源渠道"]).as_str() {
            "20" | "政府部门核发" => MaterialSource::Government,
            "99" | "其他" => MaterialSource::Other,
            _ => MaterialSource::Applicant,
        },
        hint: text(entry, &["original_or_copy", "hint"]),
        by_law: text(entry, &["by_law", "材料依据"]),
        source_explain: text(entry, &["source_explain", "来源渠道说明"]),
        copies: text(entry, &["copies", "page_num", "份数"]).and_then(|copies| copies.parse().ok()),
        format: text(entry, &["page_format", "材料规格"]),
        fill_explain: text(entry, &["fill_explain", "填报须知"]),
        accept_standard: text(entry, &["accept_stand", "受理标准"]),
        remark: text(entry, &["remark", "备注"]),
        situations: entries(entry.get("situations"))
            .iter()
            .filter_map(|name| named(name, &["name"]))
            .collect(),
        ..plain
    }
}

/// Names, or objects: `condition_name`, `condition_desc`.
pub(super) fn situations(value: Option<&Value>) -> Vec<Situation> {
    entries(value)
        .iter()
        .filter_map(|entry| {
            Some(Situation {
                name: named(entry, &["name", "condition_name", "情形名称"])?,
                explain: text(entry, &["explain", "condition_desc", "情形描述"]),
            })
        })
        .collect()
}

/// Objects: `question`, `answer`.
pub(super) fn questions(value: Option<&Value>) -> Vec<Question> {
    entries(value)
        .iter()
        .filter_map(|entry| {
            Some(Question {
                question: text(entry, &["question", "问题"])?,
                answer: text(entry, &["answer", "解答", "答案"])?,
            })
        })
        .collect()
}

/// Articles, each as one text: 《工伤保险条例》第二十八条.
pub(super) fn laws(value: Option<&Value>) -> Vec<LegalBasis> {
    let texts = match value {
        Some(Value::Array(values)) => values
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        Some(Value::String(text)) => vec![text.clone()],
        _ => Vec::new(),
    };
    texts
        .into_iter()
        .map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty())
        .map(|text| match text.split_once('》') {
            Some((law, article)) => LegalBasis {
                law: format!("{law}》"),
                article: article.trim().to_owned(),
                ..LegalBasis::default()
            },
            None => LegalBasis {
                law: text,
                ..LegalBasis::default()
            },
        })
        .collect()
}

/// The fees of a list: `fee_name`, `fee_stand`, `by_law`, `is_desc`, `desc_explain`. Most lists say whether something is charged, rarely what:
/// then the fee is kept with the words that are there, and the lint asks for the rest.
pub(super) fn fees(value: Option<&Value>, charged: Option<&str>, basis: Option<String>) -> Vec<Fee> {
    let listed: Vec<Fee> = entries(value)
        .iter()
        .map(|entry| {
            let standard = text(entry, &["standard", "fee_stand", "收费标准"]).unwrap_or_default();
            let reduced = text(entry, &["is_desc", "是否允许减免"]).is_some_and(|said| yes(&said));
            Fee {
                name: named(entry, &["name", "fee_name", "收费项目名称"]).unwrap_or_default(),
                amount: Fen::parse(&standard).ok(),
                standard,
                basis: text(entry, &["basis", "by_law", "收费依据"])
                    .or_else(|| basis.clone())
                    .unwrap_or_default(),
                reduction: text(entry, &["reduction", "desc_explain", "减免说明"])
                    .or_else(|| reduced.then(|| "允许减免".to_owned())),
            }
        })
        .collect();
    if !listed.is_empty() {
        return listed;
    }
    let basis = basis.unwrap_or_default();
    match charged {
        None | Some("否" | "免费" | "不收费" | "0" | "false") => Vec::new(),
        Some(text) if yes(text) => vec![Fee {
            basis,
            ..Fee::default()
        }],
        Some(text) => vec![Fee {
            standard: text.to_owned(),
            amount: Fen::parse(text).ok(),
            basis,
            ..Fee::default()
        }],
    }
}

/// 办理形式 by the codes of C0109 (1 窗口, 2 网上, 3 快递) or in words; what has no word here is left out.
pub(super) fn channels(words: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    for word in words.iter().flat_map(|words| words.split([',', '，', '、'])) {
        let channel = match word.trim() {
            "1" | "window" | "窗口办理" | "窗口" => "window",
            "2" | "online" | "网上办理" | "网上" => "online",
            "3" | "post" | "快递申请" | "快递" => "post",
            _ => continue,
        };
        if !found.iter().any(|there| there == channel) {
            found.push(channel.to_owned());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_row_of_the_national_table_is_read_whole() {
        let rows = json!([{
            "material_name": "住所证明", "is_need": "3", "material_type": "1", "material_format": "2", "source_type": "20",
            "source_explain": "不动产登记机构核发", "page_num": 2, "page_format": "A4", "fill_explain": "按房产证填写",
            "accept_stand": "在有效期内", "by_law": "《居住证暂行条例》第九条", "remark": "租房的交合同", "situations": ["首次申领"],
        }, "照片", {"material_type": "1"}]);
        let found = materials(Some(&rows));
        let first = &found[0];
        assert_eq!(
            (
                first.necessity,
                first.kind,
                first.form,
                first.source,
                first.copies
            ),
            (
                Necessity::Deferred,
                MaterialKind::Certificate,
                MaterialForm::Electronic,
                MaterialSource::Government,
                Some(2)
            )
        );
        let said = [
            &first.source_explain,
            &first.format,
            &first.fill_explain,
            &first.accept_standard,
            &first.by_law,
            &first.remark,
        ];
        assert!(said.iter().all(|text| text.is_some()), "{first:?}");
        assert_eq!(first.situations, ["首次申领"]);
        let names: Vec<&str> = found.iter().map(|material| material.name.as_str()).collect();
        assert_eq!(names, ["住所证明", "照片"], "what has no name is no material");
    }

    #[test]
    fn a_fee_is_kept_with_what_is_known_of_it() {
        let listed = json!([{"fee_name": "工本费", "fee_stand": "10", "is_desc": "1"}]);
        let found = fees(Some(&listed), Some("1"), Some("川价费〔2001〕12号".to_owned()));
        assert_eq!(found[0].amount, Fen::parse("10").ok());
        assert_eq!(found[0].basis, "川价费〔2001〕12号");
        assert_eq!(found[0].reduction.as_deref(), Some("允许减免"));
        assert_eq!(fees(None, Some("是"), None), [Fee::default()]);
        assert_eq!(fees(None, Some("否"), None), []);
    }

    #[test]
    fn ways_and_situations_have_words_and_codes() {
        let words = [
            "1".to_owned(),
            "网上办理、快递".to_owned(),
            "别的".to_owned(),
            "1".to_owned(),
        ];
        assert_eq!(channels(&words), ["window", "online", "post"]);
        let rows = json!(["首次申领", {"condition_name": "遗失补领", "condition_desc": "原证遗失的"}]);
        let found = situations(Some(&rows));
        assert_eq!(found[1].explain.as_deref(), Some("原证遗失的"));
        let rows = json!([{"question": "要多久", "answer": "五天"}, {"question": "没有答案"}]);
        assert_eq!(questions(Some(&rows)).len(), 1);
    }
}
