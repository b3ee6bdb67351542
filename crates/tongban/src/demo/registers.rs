//! The people and firms of the demo, as the simulated department systems know them.

use anyhow::Context as _;
use chrono::NaiveDate;

use super::{
    departments::{DemoFirm, DemoHome, DemoInsurance, DemoMarriage, DemoPerson, Registers},
    people::{firms, newcomers, people},
};

/// Fills the registers.
pub fn registers() -> anyhow::Result<Registers> {
    let persons = people()?;
    let companies = firms()?;
    let married_on = NaiveDate::from_ymd_opt(2015, 5, 20).context("a day of the demo")?;
    let couple = [&persons[0].number, &persons[1].number];
    let newcomers = newcomers()?.into_iter().map(|(person, card)| {
        let mut known = DemoPerson::new(person.name, &person.number, person.address);
        known.insurance = Some(DemoInsurance {
            employer: None,
            since: married_on,
            card,
        });
        known
    });
    let known = persons
        .iter()
        .enumerate()
        .map(|(index, person)| {
            let mut known = DemoPerson::new(person.name, &person.number, person.address);
            if let Some(position) = couple.iter().position(|number| **number == person.number) {
                known.marriage = Some(DemoMarriage {
                    spouse: couple[1 - position].as_str().to_owned(),
                    registered_on: married_on,
                });
            }
            if index < 3 {
                known.insurance = Some(DemoInsurance {
                    employer: (index == 0).then(|| companies[1].code.as_str().to_owned()),
                    since: married_on,
                    card: format!("T9000000{index}"),
                });
            }
            if index == 3 {
                known.home = Some(DemoHome {
                    address: person.address.to_owned(),
                    area: "86.40".to_owned(),
                    registered_on: married_on,
                });
            }
            known
        })
        .chain(newcomers)
        .collect();
    let firms = companies
        .iter()
        .map(|firm| DemoFirm {
            uscc: firm.code.as_str().to_owned(),
            name: firm.name.to_owned(),
            legal_representative: firm.representative.to_owned(),
            legal_representative_number: persons
                .iter()
                .find(|person| person.name == firm.representative)
                .map(|person| person.number.as_str().to_owned())
                .unwrap_or_default(),
            address: firm.address.to_owned(),
            scope: firm.scope.to_owned(),
            established: firm.established,
        })
        .collect();
    Ok(Registers::new(known, firms))
}
