//! Materials that a licence stood in for which is in force no longer: it was revoked, replaced or suspended after the draft was filled, or it
//! has run out. Pure, but for the question itself.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde_json::{Map, Value};
use tongban_catalogue::{ItemVersion, Necessity};
use tongban_store::{StoreError, Tx};
use uuid::Uuid;

use crate::{
    case::{
        domain::{Origin, OriginKind},
        row::{self, case, material},
        save,
    },
    error::{Error, refused_with},
};

/// The licence that stands in for a material of a draft, where one does.
fn licence_of(material: &material::Model) -> Result<Option<Uuid>, StoreError> {
    if material.blob.is_some() {
        return Ok(None);
    }
    let origin: Origin = serde_json::from_str(&material.origin)?;
    Ok(origin.reference.filter(|_| origin.kind == OriginKind::Licence))
}

/// The licences that stand in for materials, each once.
pub(crate) fn licences_of(materials: &[material::Model]) -> Result<Vec<Uuid>, StoreError> {
    let mut licences = BTreeSet::new();
    for material in materials {
        licences.extend(licence_of(material)?);
    }
    Ok(licences.into_iter().collect())
}

/// The materials that still count, and those whose licence is not among those in force.
pub(crate) fn parted(
    materials: Vec<material::Model>,
    in_force: &BTreeSet<Uuid>,
) -> Result<(Vec<material::Model>, Vec<material::Model>), StoreError> {
    let (mut good, mut lapsed) = (Vec::new(), Vec::new());
    for material in materials {
        match licence_of(&material)? {
            Some(licence) if !in_force.contains(&licence) => lapsed.push(material),
            _ => good.push(material),
        }
    }
    Ok((good, lapsed))
}

/// Takes out what licences stood in for that are in force no longer; answers what is left. Where no licence stands in for anything,
/// nothing is asked.
///
/// Refuses `case.material_lapsed` with the names of necessary materials that nothing else stands in for.
pub(super) async fn without_lapsed(
    tx: &Tx,
    case: &case::Model,
    item: &ItemVersion,
    materials: Vec<material::Model>,
    today: NaiveDate,
) -> Result<Vec<material::Model>, Error> {
    let licences = licences_of(&materials)?;
    if licences.is_empty() {
        return Ok(materials);
    }
    let in_force = tongban_licences::in_force_in(tx, &licences, today).await?;
    let (good, lapsed) = parted(materials, &in_force)?;
    let form = save::form(tx, case)?;
    let missing = missing(item, &form.values, &good, &lapsed);
    if !missing.is_empty() {
        return Err(refused_with(
            "case.material_lapsed",
            &[("materials", &missing.join("、"))],
        ));
    }
    for material in lapsed {
        row::remove_material(tx, case.id, material.id).await?;
    }
    Ok(good)
}

/// Names of the necessary materials among the lapsed ones that nothing else stands in for.
fn missing<'item>(
    item: &'item ItemVersion,
    filled: &'item Map<String, Value>,
    good: &[material::Model],
    lapsed: &[material::Model],
) -> Vec<&'item str> {
    let holds = |list: &[material::Model], code: &str| list.iter().any(|material| material.code == code);
    item.content
        .wanted(filled)
        .filter(|wanted| wanted.necessity == Necessity::Required)
        .filter(|wanted| holds(lapsed, &wanted.code) && !holds(good, &wanted.code))
        .map(|wanted| wanted.name.as_str())
        .collect()
}
