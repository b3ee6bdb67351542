//! Writes what the rows of one stage change; in a dry run, only says whether they would.

use std::collections::HashMap;

use chrono::NaiveDate;
use serde_json::json;
use tongban_codes::{RegionCode, civil::beijing_date};
use tongban_crypto::sm3_hex;
use tongban_directory::{
    NewOrganisation, Organisation, ensure_organisation, ensure_region,
    import::{Finding, Stage},
};
use tongban_store::{StoreError, Tx};
use uuid::Uuid;

use super::{ItemImport, read_row::ReadItem};
use crate::{
    CatalogueChanged, Error,
    item::{
        lint::lint,
        publish_version::publish_row,
        query,
        registered::Registered,
        row::{self, Origin},
        version::VersionState,
    },
    row::{item, item_version},
};

/// Gathers new items for one insert, and writes changes to old ones as they come.
pub(super) struct Writer<'stage> {
    stage: &'stage Stage,
    how: ItemImport,
    today: NaiveDate,
    organisations: HashMap<(RegionCode, String), Uuid>,
    items: Vec<item::Model>,
    versions: Vec<item_version::Model>,
    topics: Vec<(Uuid, String)>,
    debts: Vec<(Uuid, Uuid, Finding)>,
    moves: row::Moves,
    registered: Registered,
    /// The last days of new items.
    ends: Vec<(Uuid, NaiveDate)>,
    /// Items of which something else is in force now.
    changed: Vec<Uuid>,
}

impl<'stage> Writer<'stage> {
    /// `registered` is what of the names in the rows is registered.
    pub(super) fn new(
        stage: &'stage Stage,
        how: ItemImport,
        known: &[Organisation],
        registered: Registered,
    ) -> Self {
        let organisations = known
            .iter()
            .map(|known| ((known.region.clone(), known.code.clone()), known.id))
            .collect();
        Self {
            stage,
            how,
            today: beijing_date(stage.now()),
            organisations,
            items: Vec::new(),
            versions: Vec::new(),
            topics: Vec::new(),
            debts: Vec::new(),
            moves: row::Moves::default(),
            registered,
            ends: Vec::new(),
            changed: Vec::new(),
        }
    }

    pub(super) async fn make_region(&self, row: &ReadItem) -> Result<(), Error> {
        if let Some(tx) = self.stage.tx() {
            ensure_region(tx, &row.region, row.region_name.as_deref()).await?;
        }
        Ok(())
    }

    /// Keeps a row under the organisation of a code. Says whether that changes anything, and what there is to look at.
    pub(super) async fn keep(
        &mut self,
        row: ReadItem,
        organisation: &str,
        found: Option<&item::Model>,
    ) -> Result<(bool, Vec<Finding>), Error> {
        let digest = digest(&row, organisation)?;
        let Some(found) = found else {
            if let Some(tx) = self.stage.tx() {
                let organisation = self.organisation(tx, &row, organisation).await?;
                self.add(tx, row, organisation, digest)?;
            }
            return Ok((true, Vec::new()));
        };
        let same = found.imported.as_deref() == Some(digest.as_str());
        if same && !(self.how.publish && found.draft.is_some()) {
            return Ok((false, Vec::new()));
        }
        let versions = query::versions_of(self.stage, found.id).await?;
        let draft = versions.iter().find(|version| Some(version.id) == found.draft);
        let before = versions.iter().find(|version| Some(version.id) != found.draft);
        let of_desk = |version: &item_version::Model| version.origin == Origin::Desk.as_str();
        let withdrawn = |version: &item_version::Model| version.state == VersionState::Withdrawn.as_str();
        let edited = || {
            vec![Finding::new(
                "item.edited_here",
                "code",
                "the item was edited or withdrawn here; the row waits for somebody to look at it",
            )]
        };
        if draft.is_some_and(of_desk) {
            // Somebody is writing: nothing is put over that.
            return Ok((false, if same { Vec::new() } else { edited() }));
        }
        let hold = before.is_some_and(|version| of_desk(version) || withdrawn(version));
        if same && hold {
            return Ok((false, Vec::new()));
        }
        if let Some(tx) = self.stage.tx() {
            let organisation = self.organisation(tx, &row, organisation).await?;
            let latest = versions.first().map_or(0, |version| version.number);
            let publish = self.how.publish && !hold;
            self.change(
                tx,
                row,
                organisation,
                digest,
                found.clone(),
                draft.cloned(),
                latest + 1,
                publish,
            )
            .await?;
        }
        Ok((true, if hold { edited() } else { Vec::new() }))
    }

    /// Writes the gathered rows and tells what changed.
    pub(super) async fn finish(mut self) -> Result<(), Error> {
        let Some(tx) = self.stage.tx() else { return Ok(()) };
        if self.items.iter().any(|item| item.current.is_some()) {
            let revision = row::next_revision(tx).await?;
            for item in self.items.iter_mut().filter(|item| item.current.is_some()) {
                item.revision = revision;
                self.changed.push(item.id);
            }
        }
        row::insert_items(tx, self.items).await?;
        row::insert_versions(tx, self.versions).await?;
        row::insert_topics(tx, self.topics).await?;
        row::insert_findings(tx, self.debts).await?;
        row::insert_moves(tx, self.moves).await?;
        for (item, last_day) in self.ends {
            row::plan_end(tx, item, Some(last_day)).await?;
        }
        if !self.changed.is_empty() {
            tx.emit(&CatalogueChanged { items: self.changed }).await?;
        }
        Ok(())
    }

    async fn organisation(&mut self, tx: &Tx, row: &ReadItem, code: &str) -> Result<Uuid, Error> {
        let key = (row.region.clone(), code.to_owned());
        if let Some(id) = self.organisations.get(&key) {
            return Ok(*id);
        }
        let name = if row.content.department.is_empty() {
            code
        } else {
            &row.content.department
        };
        let (id, _) =
            ensure_organisation(tx, NewOrganisation::placeholder(row.region.clone(), code, name)).await?;
        self.organisations.insert(key, id);
        Ok(id)
    }

    fn add(&mut self, tx: &Tx, row: ReadItem, organisation: Uuid, digest: String) -> Result<(), Error> {
        let mut item = item::Model {
            id: tx.new_id(),
            code: row.code.clone(),
            region: row.region.as_str().to_owned(),
            organisation,
            department: String::new(),
            name: String::new(),
            item_type: String::new(),
            current: None,
            draft: None,
            applicable: false,
            findings: 0,
            revision: 0,
            imported: Some(digest),
            made_at: tx.now(),
        };
        row::describe(&mut item, organisation, &row.content);
        let mut version = self.version(tx, &row, &item, 1)?;
        if self.how.publish {
            VersionState::Published.as_str().clone_into(&mut version.state);
            version.published_at = Some(tx.now());
            item.current = (!row.content.has_ended(self.today)).then_some(version.id);
            self.ends
                .extend(row.content.effective_until.map(|last_day| (item.id, last_day)));
            let debts = self.debts(&row);
            item.findings = i32::try_from(debts.len()).unwrap_or(i32::MAX);
            for debt in &debts {
                self.moves.appeared(&item.region, &debt.code);
            }
            self.debts
                .extend(debts.into_iter().map(|debt| (item.id, version.id, debt)));
            self.topics
                .extend(row.content.topics.iter().map(|topic| (item.id, topic.clone())));
        } else {
            item.draft = Some(version.id);
        }
        self.items.push(item);
        self.versions.push(version);
        Ok(())
    }

    /// A new draft of an item that is there, or the row in its imported draft; published where that is wanted.
    #[expect(
        clippy::too_many_arguments,
        reason = "one private call, each argument another thing"
    )]
    async fn change(
        &mut self,
        tx: &Tx,
        row: ReadItem,
        organisation: Uuid,
        digest: String,
        mut item: item::Model,
        draft: Option<item_version::Model>,
        number: i32,
        publish: bool,
    ) -> Result<(), Error> {
        let id = item.id;
        let version = match draft {
            Some(mut draft) => {
                draft.version += 1;
                draft.organisation = organisation;
                draft.content = row::content_text(&row.content)?;
                row::update_version(tx, draft.clone()).await?;
                draft
            }
            None => {
                let version = self.version(tx, &row, &item, number)?;
                let version = item_version::Model {
                    organisation,
                    ..version
                };
                row::insert_versions(tx, vec![version.clone()]).await?;
                version
            }
        };
        item.imported = Some(digest);
        item.draft = Some(version.id);
        if publish {
            publish_row(tx, item, version, self.today, self.debts(&row)).await?;
            self.changed.push(id);
        } else {
            if item.current.is_none() {
                row::describe(&mut item, organisation, &row.content);
            }
            row::update_item(tx, item).await?;
        }
        Ok(())
    }

    /// What is wrong with the item: with the row, and with its content.
    fn debts(&self, row: &ReadItem) -> Vec<Finding> {
        let mut debts = row.warnings.clone();
        debts.extend(lint(&row.content, &self.registered));
        debts
    }

    fn version(
        &self,
        tx: &Tx,
        row: &ReadItem,
        item: &item::Model,
        number: i32,
    ) -> Result<item_version::Model, Error> {
        Ok(item_version::Model {
            id: tx.new_id(),
            item: item.id,
            code: item.code.clone(),
            number,
            state: VersionState::Draft.as_str().to_owned(),
            origin: Origin::Import.as_str().to_owned(),
            organisation: item.organisation,
            region: item.region.clone(),
            effective_from: self.today,
            content: row::content_text(&row.content)?,
            version: 1,
            made_at: tx.now(),
            published_at: None,
            withdrawn_at: None,
        })
    }
}

/// Two rows with the same digest say the same.
fn digest(row: &ReadItem, organisation: &str) -> Result<String, Error> {
    let said = json!({ "region": row.region, "organisation": organisation, "content": row.content });
    Ok(sm3_hex(serde_json::to_vec(&said).map_err(StoreError::from)?))
}
