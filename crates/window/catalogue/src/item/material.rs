//! The materials of an item (申请材料): what they are, where they come from, what spares people from handing them in, and the files that help.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Largest file that an applicant may hand in where a material says nothing else: 20 MiB.
pub const DEFAULT_MAX_BYTES: u64 = 20 * 1024 * 1024;

/// 材料必要性
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Necessity {
    /// 必要
    #[default]
    Required,
    /// 非必要
    Optional,
    /// 容缺后补: acceptance does not wait for it.
    Deferred,
}

/// 来源渠道
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MaterialSource {
    /// 申请人自备 (code 10)
    #[default]
    Applicant,
    /// 政府部门核发 (code 20)
    Government,
    /// 其他 (code 99)
    Other,
}

/// 材料形式
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MaterialForm {
    /// 纸质
    Paper,
    /// 电子化
    Electronic,
    /// 纸质或电子化
    #[default]
    Either,
}

/// 材料类型
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MaterialKind {
    /// 证件证书证明 (code 1)
    Certificate,
    /// 申请表格文书 (code 2)
    ApplicationForm,
    /// 其他 (code 3), and what the source does not say.
    #[default]
    Other,
}

impl MaterialKind {
    fn is_unsaid(&self) -> bool {
        *self == Self::Other
    }
}

/// A file that belongs to an item and that everybody may have: a blank form, a filled sample, the picture of a result. Its content is kept
/// by the room, see `attach_file`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Names it within its item.
    pub id: Uuid,
    /// As whoever handed it in called it.
    pub name: String,
    /// `application/pdf`, `image/jpeg`, `image/png`.
    pub media: String,
    /// Its length, in bytes.
    pub bytes: u64,
}

/// 情形: one of the ways in which a matter is applied for (首次申请, 补领). It decides which materials are needed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Situation {
    /// What people choose it by; materials name it by this.
    pub name: String,
    /// Who is in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explain: Option<String>,
}

/// What spares the applicant from handing a material in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Replacement {
    /// A licence that the applicant holds, by its type code (21 characters).
    Licence { licence_type: String },
    /// A resource of the exchange, such as `population.basic`.
    Resource {
        resource: String,
        /// The facts that stand in for the material, as the exchange's directory names them. None: it is enough that the
        /// register knows the applicant.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        fields: Vec<String>,
    },
}

/// One material (申请材料).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Material {
    /// Stable within the item: `M1`, `identity`, …
    pub code: String,
    pub name: String,
    #[serde(default)]
    pub necessity: Necessity,
    #[serde(default)]
    pub source: MaterialSource,
    #[serde(default)]
    pub form: MaterialForm,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<Replacement>,
    /// Media types that may be handed in, such as `image/jpeg` and `application/pdf`.
    #[serde(default = "default_media")]
    pub media: Vec<String>,
    /// Largest file, in bytes.
    #[serde(default = "default_max_bytes")]
    pub max_bytes: u64,
    /// What to look out for, in the words that the applicant reads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// The article that asks for it (材料依据).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by_law: Option<String>,
    /// 材料类型
    #[serde(default, skip_serializing_if = "MaterialKind::is_unsaid")]
    pub kind: MaterialKind,
    /// The situations in which it is needed, by name; none: in all of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub situations: Vec<String>,
    /// Where it is got (来源渠道说明): 由户籍所在地派出所出具.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_explain: Option<String>,
    /// How many of them are wanted on paper (份数).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copies: Option<u32>,
    /// Its format on paper (规格): A4，双面打印.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// How it is filled in (填报须知).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fill_explain: Option<String>,
    /// What it has to be like to be accepted (受理标准).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accept_standard: Option<String>,
    /// 备注
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remark: Option<String>,
    /// The empty form to be filled in (空白表格).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blank: Option<Attachment>,
    /// The same as an example (示例样表).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub example: Option<Attachment>,
}

impl Material {
    /// Whether it is needed in a situation. Before somebody says which, it may be.
    pub fn is_for(&self, situation: Option<&str>) -> bool {
        self.situations.is_empty()
            || situation.is_none_or(|chosen| self.situations.iter().any(|name| name == chosen))
    }

    /// A required material from the applicant, on paper or as a file.
    pub fn new(code: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            name: name.into(),
            necessity: Necessity::Required,
            source: MaterialSource::Applicant,
            form: MaterialForm::Either,
            replaced_by: None,
            media: default_media(),
            max_bytes: DEFAULT_MAX_BYTES,
            hint: None,
            by_law: None,
            kind: MaterialKind::Other,
            situations: Vec::new(),
            source_explain: None,
            copies: None,
            format: None,
            fill_explain: None,
            accept_standard: None,
            remark: None,
            blank: None,
            example: None,
        }
    }
}

fn default_media() -> Vec<String> {
    ["application/pdf", "image/jpeg", "image/png"]
        .map(str::to_owned)
        .to_vec()
}

fn default_max_bytes() -> u64 {
    DEFAULT_MAX_BYTES
}
