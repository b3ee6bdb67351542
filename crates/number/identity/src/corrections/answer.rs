//! A window answers: the document says so, or it does not.

use tongban_access::{Action, Actor, PartyKind, Thing, permit};
use tongban_courier::send_sms;
use tongban_store::{AuditEntry, Tx};
use uuid::Uuid;

use super::row;
use crate::{
    Error,
    accounts::{domain::names_somebody, query, row as accounts, subject_blind},
    error::{own_account, refused},
};

/// Longest answer, in characters.
const LONGEST_WORDS: usize = 300;

/// What the clerk decides, document in hand.
#[derive(Clone)]
pub struct AnswerCorrection {
    pub correction: Uuid,
    /// Whether the name is what the document says.
    pub correct: bool,
    /// Which document, or why not: the person reads it.
    pub words: String,
    /// The clerk has held the person against the document.
    pub present: bool,
}

/// Corrects the name, or says why not. What the name was stays in the row, who corrected it in the log; licences keep the name that they were issued
/// to, until their issuer makes a new edition. The person is told by a short message.
///
/// Refusals: `identity.presence`, `identity.answer_missing`, `identity.answer_number`, `identity.words_long` with `limit`, `identity.correction_answered` (another clerk was
/// first), `identity.correction_own` (a clerk corrects nothing of their own name).
pub async fn answer_correction(tx: &Tx, actor: &Actor, input: AnswerCorrection) -> Result<(), Error> {
    permit(actor, Action::PersonServe, &Thing::none())?;
    let clerk = own_account(actor, "identity.answer_correction")?;
    let post = actor.post().ok_or(Error::NotFound)?;
    if input.correct && !input.present {
        return Err(refused("identity.presence", []));
    }
    let words = input.words.trim();
    if words.is_empty() {
        return Err(refused("identity.answer_missing", []));
    }
    if words.chars().count() > LONGEST_WORDS {
        return Err(refused(
            "identity.words_long",
            [("limit", LONGEST_WORDS.to_string())],
        ));
    }
    // the row keeps it in plain text
    if names_somebody(words) {
        return Err(refused("identity.answer_number", []));
    }
    let asked = row::find(tx, input.correction).await?.ok_or(Error::NotFound)?;
    let read = query::by_id_held(tx, asked.account)
        .await?
        .filter(|read| read.closed_at.is_none())
        .ok_or(Error::NotFound)?;
    let own = query::by_id(tx.connection(), clerk).await?;
    if own.is_some_and(|own| own.row.name == asked.was || own.row.name == asked.wanted) {
        return Err(refused("identity.correction_own", []));
    }
    let state = if input.correct { "done" } else { "declined" };
    let first = row::answer(tx, asked.id, state, clerk, &post.organisation_name, words).await?;
    if !first {
        return Err(refused("identity.correction_answered", []));
    }
    if input.correct {
        accounts::set_name(tx, &read, &asked.wanted).await?;
    }
    let party = query::party_in(tx, asked.account).await?.ok_or(Error::NotFound)?;
    let entry = if input.correct {
        AuditEntry::new("identity.name_corrected")
    } else {
        AuditEntry::new("identity.correction_declined")
    };
    tx.audit(entry.on("account", asked.account).about(&subject_blind(
        tx.store(),
        PartyKind::Person,
        &party.number,
    )))
    .await?;
    if let Some(phone) = &party.phone {
        let told = if input.correct {
            "【通办】您申请的姓名更正已办好。如非本人申请，请立即联系政务服务窗口。"
        } else {
            "【通办】您申请的姓名更正没有通过，原因请在“账号设置”里查看。"
        };
        send_sms(tx, phone, told).await?;
    }
    Ok(())
}
