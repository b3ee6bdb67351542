//! What only the demo shows: one-click sign-in, and the short messages that nobody sends.

use std::sync::Arc;

use async_trait::async_trait;
use axum::{
    Router,
    extract::{FromRef, State},
    response::{IntoResponse as _, Redirect, Response},
    routing::post,
};
use tongban_access::PartyKind;
use tongban_codes::Phone;
use tongban_console::{DemoMessages, DepartmentSwitch, DepartmentSwitches};
use tongban_courier::ScreenSink;
use tongban_identity::{AccountKind, find_party, open_session_for, party};
use tongban_portal::{DemoChoice, DemoView};
use tongban_store::{Signer, Store};
use tongban_web::{Form, Kit, Pairs, Visitor, WebError, cookies};

use super::{
    departments::{Behaviour, Department, Switches},
    people::{TryAccount, newcomers},
};

/// How long a slow department takes: longer than a waiting person waits.
const SLOW_MILLISECONDS: u64 = 8_000;

/// The demo's own part of the faces.
#[derive(Clone)]
pub struct DemoFace {
    pub store: Store,
    pub kit: Kit,
    pub accounts: Arc<Vec<TryAccount>>,
    pub messages: Arc<ScreenSink>,
    pub switches: Switches,
}

impl FromRef<DemoFace> for Kit {
    fn from_ref(face: &DemoFace) -> Self {
        face.kit.clone()
    }
}

#[async_trait]
impl DemoView for DemoFace {
    fn choices(&self) -> Vec<DemoChoice> {
        self.accounts
            .iter()
            .map(|account| DemoChoice {
                key: account.account.to_string(),
                role: account.role.clone(),
                name: account.label.clone(),
            })
            .collect()
    }

    fn newcomers(&self) -> Vec<[String; 3]> {
        newcomers()
            .unwrap_or_default()
            .into_iter()
            .map(|(person, card)| [person.name.to_owned(), person.number.as_str().to_owned(), card])
            .collect()
    }

    async fn latest_message(&self, kind: AccountKind, name: &str) -> Option<String> {
        let phone = match kind {
            AccountKind::Staff => return None,
            AccountKind::Person if Phone::parse_lenient(name).is_ok() => {
                Phone::parse_lenient(name).ok()?.as_str().to_owned()
            }
            kind => {
                let party_kind = kind.party().unwrap_or(PartyKind::Person);
                let account = find_party(&self.store, party_kind, name.trim()).await.ok()??;
                party(&self.store, account).await.ok()??.phone?
            }
        };
        self.messages.messages(&phone).into_iter().next()
    }
}

impl DemoMessages for DemoFace {
    fn latest(&self, phone: &str) -> Option<String> {
        let phone = Phone::parse_lenient(phone).ok()?;
        self.messages.messages(phone.as_str()).into_iter().next()
    }
}

impl DepartmentSwitches for DemoFace {
    fn list(&self) -> Vec<DepartmentSwitch> {
        Department::ALL
            .into_iter()
            .map(|department| DepartmentSwitch {
                code: department.as_str().to_owned(),
                name: department.title().to_owned(),
                mode: self.switches.get(department).as_str().to_owned(),
                requests: self.switches.questions(department),
            })
            .collect()
    }

    fn set(&self, code: &str, mode: &str) -> bool {
        match (
            Department::from_word(code),
            Behaviour::from_word(mode, SLOW_MILLISECONDS),
        ) {
            (Some(department), Some(behaviour)) => {
                self.switches.set(department, behaviour);
                true
            }
            _ => false,
        }
    }
}

/// The routes that exist under `demo` only.
pub fn router(face: DemoFace) -> Router {
    Router::new()
        .route("/demo/sign-in", post(sign_in))
        .with_state(face)
}

/// Signs in as one of the offered accounts.
async fn sign_in(
    State(face): State<DemoFace>,
    _visitor: Visitor,
    Form(form): Form<Pairs>,
) -> Result<Response, WebError> {
    let choice = form.get("choice").unwrap_or_default();
    let account = face
        .accounts
        .iter()
        .find(|account| account.account.to_string() == choice)
        .ok_or_else(WebError::not_found)?;
    let id = account.account;
    let opened = face
        .store
        .write(Signer::nobody(), move |tx| async move {
            open_session_for(&tx, id).await
        })
        .await
        .map_err(WebError::internal)?;
    let to = if account.is_party() { "/" } else { "/desk" };
    let mut response = Redirect::to(to).into_response();
    cookies::add(
        response.headers_mut(),
        cookies::session(&opened.token, face.kit.settings.secure),
    );
    Ok(response)
}
