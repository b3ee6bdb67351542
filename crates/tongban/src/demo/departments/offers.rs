//! What the department systems offer: the entries for the exchange's directory.

use tongban_access::PartyKind;
use tongban_exchange::{Field, Resource, ShareClass};
use uuid::Uuid;

use super::switches::Department;

/// One resource of a department, before the demo builder says which organisation answers for it.
#[derive(Debug, Clone, Copy)]
pub struct Offer {
    pub department: Department,
    /// Code in the exchange's directory.
    pub code: &'static str,
    /// Its name in words.
    pub name: &'static str,
    pub subject: PartyKind,
    /// Keys of the facts and the words for them.
    pub fields: &'static [(&'static str, &'static str)],
}

/// All resources of the demo city.
pub const OFFERS: [Offer; 6] = [
    Offer {
        department: Department::Population,
        code: "population.basic",
        name: "人口基本信息",
        subject: PartyKind::Person,
        fields: &[
            ("name", "姓名"),
            ("sex", "性别"),
            ("birth", "出生日期"),
            ("ethnic", "民族"),
            ("address", "住址"),
        ],
    },
    Offer {
        department: Department::Population,
        code: "population.household",
        name: "户籍信息",
        subject: PartyKind::Person,
        fields: &[
            ("household_number", "户号"),
            ("head", "户主姓名"),
            ("relation", "与户主关系"),
            ("address", "户籍地址"),
            ("members", "户内人数"),
        ],
    },
    Offer {
        department: Department::Enterprises,
        code: "enterprises.basic",
        name: "市场主体登记信息",
        subject: PartyKind::Enterprise,
        fields: &[
            ("name", "名称"),
            ("legal_representative", "法定代表人"),
            ("legal_representative_number", "法定代表人身份证件号码"),
            ("address", "住所"),
            ("scope", "经营范围"),
            ("established", "成立日期"),
            ("status", "登记状态"),
        ],
    },
    Offer {
        department: Department::CivilAffairs,
        code: "civil_affairs.marriage",
        name: "婚姻登记信息",
        subject: PartyKind::Person,
        fields: &[
            ("status", "婚姻登记状况"),
            ("spouse_name", "配偶姓名"),
            ("registered_on", "登记日期"),
            ("certificate", "结婚证字号"),
        ],
    },
    Offer {
        department: Department::SocialInsurance,
        code: "social_insurance.participation",
        name: "社会保险参保信息",
        subject: PartyKind::Person,
        fields: &[
            ("kind", "参保类型"),
            ("status", "参保状态"),
            ("since", "参保起始日期"),
            ("employer", "参保单位"),
            ("card", "社会保障卡号"),
        ],
    },
    Offer {
        department: Department::Property,
        code: "property.ownership",
        name: "不动产登记信息",
        subject: PartyKind::Person,
        fields: &[
            ("address", "坐落"),
            ("area", "建筑面积（平方米）"),
            ("use", "用途"),
            ("certificate", "不动产权证号"),
            ("registered_on", "登记日期"),
        ],
    },
];

impl Offer {
    /// The offer of a code.
    pub fn of_code(code: &str) -> Option<&'static Self> {
        OFFERS.iter().find(|offer| offer.code == code)
    }

    /// The entry for the directory. `base` is where [`serve`](super::serve) listens, such as `http://127.0.0.1:18081`.
    pub fn entry(&self, base: &str, organisation: Uuid, organisation_name: &str) -> Resource {
        let field = |(name, title): &(&str, &str)| Field {
            name: (*name).to_owned(),
            title: (*title).to_owned(),
        };
        Resource {
            code: self.code.to_owned(),
            name: self.name.to_owned(),
            organisation,
            organisation_name: organisation_name.to_owned(),
            share_class: ShareClass::Conditional,
            url: format!("{}{}", base.trim_end_matches('/'), self.department.path()),
            fields: self.fields.iter().map(field).collect(),
            subject: self.subject,
        }
    }
}
