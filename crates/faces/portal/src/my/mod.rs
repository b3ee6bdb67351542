//! 我的: one's own cases, licences, messages, data and settings. Everything here asks to sign in first.

mod acting;
mod apps;
mod assurance;
mod attachments;
mod case;
mod cases;
mod confirm;
mod correction;
mod data;
mod devices;
mod discard;
mod draft;
mod export;
mod form;
mod licences;
mod mandates;
mod messages;
mod phone;
mod rating;
mod real_name;
mod settings;
mod why;
mod withdraw;

use axum::{Router, response::Redirect, routing::get};
use serde::Serialize;
use tongban_access::PartyKind;
use tongban_web::{Area, PageContext, Sentence, SignedIn, Visitor, WebError};

use crate::{PortalState, told::Told};

pub(crate) fn routes() -> Router<PortalState> {
    Router::new()
        .route("/my", get(|| async { Redirect::to("/my/cases") }))
        .merge(cases::routes())
        .merge(case::routes())
        .merge(form::routes())
        .merge(attachments::routes())
        .merge(confirm::routes())
        .merge(withdraw::routes())
        .merge(discard::routes())
        .merge(why::routes())
        .merge(rating::routes())
        .merge(licences::routes())
        .merge(messages::routes())
        .merge(data::routes())
        .merge(settings::routes())
        .merge(acting::routes())
        .merge(mandates::routes())
        .merge(export::routes())
        .merge(correction::routes())
        .merge(apps::routes())
        .merge(phone::routes())
        .merge(devices::routes())
        .merge(real_name::routes())
        .merge(assurance::routes())
}

/// What the public page of a case shares with the owner's.
pub(crate) mod progress_parts {
    pub(crate) use super::{
        case::{ClockCard, Entry, timeline},
        cases::tone,
        rating::{RatingForm, told_rating},
    };
}

/// One entry of the menu of 我的.
#[derive(Debug, Serialize)]
pub(crate) struct Tab {
    pub href: &'static str,
    pub label: Sentence,
    pub current: bool,
    pub count: Option<u64>,
}

/// The menu, with the number of messages that nobody has read.
pub(crate) async fn tabs(state: &PortalState, session: &SignedIn, here: &str) -> Result<Vec<Tab>, WebError> {
    let unread = tongban_engage::unread(&state.store, &session.actor)
        .await
        .told()?;
    let tab = |href: &'static str, key: &str| Tab {
        href,
        label: Sentence::key(key),
        current: href == here,
        count: None,
    };
    let mandates = if session.actor.holder_kind() == Some(PartyKind::Enterprise) {
        tab("/my/mandates", "portal-my-mandates")
    } else {
        let waiting = tongban_mandates::waiting_mandates(&state.store, &session.actor)
            .await
            .told()?;
        Tab {
            count: (waiting > 0).then_some(waiting),
            ..tab("/my/acting", "portal-my-acting")
        }
    };
    Ok(vec![
        tab("/my/cases", "portal-my-cases"),
        tab("/my/licences", "portal-my-licences"),
        Tab {
            count: (unread > 0).then_some(unread),
            ..tab("/my/messages", "portal-my-messages")
        },
        tab("/my/data", "portal-my-data"),
        mandates,
        tab("/my/settings", "portal-my-settings"),
    ])
}

pub(crate) use assurance::go_on;
pub(crate) use licences::looked;

/// The context of these pages.
pub(crate) fn context(visitor: &Visitor) -> PageContext {
    visitor.page(Area::Portal)
}
