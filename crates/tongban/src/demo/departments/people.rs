//! The invented people and firms of the demo city. Their numbers begin with an address code that is not
//! assigned, so they can belong to nobody.

use chrono::NaiveDate;
use tongban_codes::{CitizenNumber, Sex};

/// One person in the registers.
#[derive(Debug, Clone)]
pub struct DemoPerson {
    pub name: String,
    /// Citizen number.
    pub number: String,
    pub sex: Sex,
    pub birth: NaiveDate,
    /// 民族, such as 汉族.
    pub ethnic: String,
    /// Where the person is registered. Persons of the same address are one household.
    pub address: String,
    /// 与户主关系: 户主, 配偶, 子, 女 …
    pub relation: String,
    pub marriage: Option<DemoMarriage>,
    pub insurance: Option<DemoInsurance>,
    pub home: Option<DemoHome>,
}

/// A registered marriage.
#[derive(Debug, Clone)]
pub struct DemoMarriage {
    /// The spouse's citizen number; the name is looked up when the spouse is in the registers too.
    pub spouse: String,
    pub registered_on: NaiveDate,
}

/// Participation in social insurance.
#[derive(Debug, Clone)]
pub struct DemoInsurance {
    /// Unified social credit code of the employer; `None` for a resident who pays alone.
    pub employer: Option<String>,
    pub since: NaiveDate,
    /// 社会保障卡号
    pub card: String,
}

/// A home that the person owns.
#[derive(Debug, Clone)]
pub struct DemoHome {
    pub address: String,
    /// Square metres with two decimals, such as `86.40`.
    pub area: String,
    pub registered_on: NaiveDate,
}

impl DemoPerson {
    /// A person of whom only the basics are known: head of the household, unmarried, no insurance, no home. Sex and
    /// birth date are those of the number.
    pub fn new(name: &str, number: &CitizenNumber, address: &str) -> Self {
        Self {
            name: name.to_owned(),
            number: number.as_str().to_owned(),
            sex: number.sex(),
            birth: number.birth_date(),
            ethnic: "汉族".to_owned(),
            address: address.to_owned(),
            relation: "户主".to_owned(),
            marriage: None,
            insurance: None,
            home: None,
        }
    }
}

/// One firm in the register of enterprises.
#[derive(Debug, Clone)]
pub struct DemoFirm {
    /// Unified social credit code.
    pub uscc: String,
    pub name: String,
    /// Name of the legal representative.
    pub legal_representative: String,
    /// Citizen number of the legal representative.
    pub legal_representative_number: String,
    pub address: String,
    /// 经营范围
    pub scope: String,
    pub established: NaiveDate,
}
