//! A client acts for whom its person may act for.

use serde_json::Value;
use tongban_access::{MandateKind, PartyKind};
use tongban_identity::{Session, party, subject_blinds};
use tongban_mandates::{
    GiveMandate, MandateRules, Named, Scope, Side, answer_mandate, end_mandate, give_mandate,
};
use tongban_openid::{InfoCall, Provider, Trouble};
use tongban_store::{PageRequest, Store, Stream};
use tongban_testkit::both;
use uuid::Uuid;

use crate::builders::*;

const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const MANDATE: &str = "urn:tongban:params:oauth:token-type:mandate";
const ACCESS: &str = "urn:ietf:params:oauth:token-type:access_token";

/// The principal lets the agent act in everything, or in one matter; accepted.
async fn given(store: &Store, principal: &Session, agent: &Session, everything: bool) -> Uuid {
    let named = party(store, agent.account.id).await.unwrap().unwrap();
    let (by, signer, session) = (principal.actor.clone(), principal.actor.signer(), principal.id);
    let id = store
        .write(signer, move |tx| {
            let (by, named) = (by.clone(), named.clone());
            async move {
                let input = GiveMandate {
                    session,
                    kind: MandateKind::Family,
                    agent_name: named.name,
                    agent_number: named.number,
                    everything,
                    scope: Scope {
                        items: vec![Named {
                            id: Uuid::from_u128(1),
                            name: "居住证".to_owned(),
                        }],
                        organisations: Vec::new(),
                    },
                    starts_on: None,
                    ends_on: Some(tongban_codes::civil::beijing_date(tx.now())),
                };
                give_mandate(&tx, &by, &MandateRules::default(), input).await
            }
        })
        .await
        .unwrap();
    let by = agent.actor.clone();
    store
        .write(agent.actor.signer(), move |tx| {
            let by = by.clone();
            async move { answer_mandate(&tx, &by, id, true).await }
        })
        .await
        .unwrap();
    id
}

async fn exchange(
    provider: &Provider,
    client_id: &str,
    mandate: &str,
    actor: &str,
    more: &[(&str, &str)],
) -> Result<Value, Trouble> {
    let mut form = vec![
        ("grant_type", EXCHANGE),
        ("subject_token", mandate),
        ("subject_token_type", MANDATE),
        ("actor_token", actor),
        ("actor_token_type", ACCESS),
    ];
    for (name, value) in more {
        form.retain(|(known, _)| known != name);
        form.push((name, value));
    }
    provider.token(&call(client_id, &form)).await
}

async fn info(provider: &Provider, token: &str) -> Result<Value, &'static str> {
    let call = InfoCall {
        method: "GET".to_owned(),
        authorization: Some(format!("Bearer {token}")),
        proofs: Vec::new(),
    };
    provider
        .userinfo(call)
        .await
        .map_err(|trouble| trouble.trouble.error)
}

struct Two {
    provider: Provider,
    principal: Session,
    agent: Session,
    mandate: Uuid,
    /// The tokens of the agent.
    own: Value,
}

async fn two(kit: &tongban_testkit::Kit) -> Two {
    let store = &kit.store;
    let provider = provider(kit).await;
    registered(store, "parking", content()).await;
    let principal = signed_in(store, person(store, 12).await).await;
    let agent = signed_in(store, person(store, 14).await).await;
    let mandate = given(store, &principal, &agent, true).await;
    let own = tokens(&provider, &agent, "parking", "openid profile number mandates").await;
    Two {
        provider,
        principal,
        agent,
        mandate,
        own,
    }
}

both! { migrations,
/// Userinfo tells for whom the person may act; a token for one of them speaks of the principal, and says through whom.
async fn a_client_acts_for_the_principal(kit: Kit) {
    let store = &kit.store;
    let Two { provider, principal, agent, mandate, own } = two(&kit).await;
    let narrow = signed_in(store, person(store, 16).await).await;
    given(store, &narrow, &agent, false).await;
    let own = text(&own, "access_token");
    let told = info(&provider, own).await.unwrap();
    let listed = told["mandates"].as_array().unwrap();
    assert_eq!(listed.len(), 1, "one for some matters means nothing to systems of others");
    assert_eq!((text(&listed[0], "id"), text(&listed[0], "kind")), (mandate.to_string().as_str(), "family"));

    let got = exchange(&provider, "parking", &mandate.to_string(), own, &[]).await.unwrap();
    assert_eq!(text(&got, "issued_token_type"), ACCESS);
    assert_eq!(text(&got, "scope"), "openid profile number");
    assert!(got.get("refresh_token").is_none() && got.get("id_token").is_none());
    let acting = text(&got, "access_token");
    let said = claims(acting);
    assert_eq!(said["act"]["sub"], told["sub"]);
    assert_ne!(said["sub"], told["sub"]);
    let of_principal = info(&provider, acting).await.unwrap();
    let party = party(store, principal.account.id).await.unwrap().unwrap();
    assert_eq!(text(&of_principal, "citizen_number"), party.number);
    assert_eq!((&of_principal["sub"], &of_principal["act"]["sub"]), (&said["sub"], &told["sub"]));
    assert!(of_principal.get("mandates").is_none());
    let blinds = subject_blinds(store, PartyKind::Person, &party.number);
    let looks = store.log_about(Stream::Access, &blinds, PageRequest::new(1, 10)).await.unwrap();
    assert_eq!(looks.total, 1, "the principal sees who looked");
    // the same name when the principal signs in there themself
    let self_told = tokens(&provider, &principal, "parking", "openid").await;
    assert_eq!(claims(text(&self_told, "id_token"))["sub"], said["sub"]);
    let seen = provider.introspect(&call("parking", &[("token", acting)])).await.unwrap();
    assert_eq!((&seen["active"], &seen["act"]["sub"], seen.get("fid")), (&Value::Bool(true), &told["sub"], None));
}
}

both! { migrations,
/// Taken back here, it holds nowhere, at once.
async fn it_ends_with_the_mandate_and_with_the_agents_own(kit: Kit) {
    let Two { provider, principal, agent, mandate, own } = two(&kit).await;
    let own = text(&own, "access_token");
    let get = async || {
        let got = exchange(&provider, "parking", &mandate.to_string(), own, &[]).await.unwrap();
        text(&got, "access_token").to_owned()
    };
    // given back alone, it takes nothing along
    let back = get().await;
    provider.revoke(&call("parking", &[("token", back.as_str())])).await.unwrap();
    assert_eq!(info(&provider, &back).await.unwrap_err(), "invalid_token");
    assert!(info(&provider, own).await.is_ok());
    let held = get().await;
    assert!(info(&provider, &held).await.is_ok());
    let by = principal.actor.clone();
    kit.store
        .write(principal.actor.signer(), move |tx| {
            let by = by.clone();
            async move { end_mandate(&tx, &by, mandate, Side::Principal).await }
        })
        .await
        .unwrap();
    assert_eq!(info(&provider, &held).await.unwrap_err(), "invalid_token");
    assert_eq!(provider.introspect(&call("parking", &[("token", held.as_str())])).await.unwrap()["active"], false);
    assert_eq!(error_of(exchange(&provider, "parking", &mandate.to_string(), own, &[]).await), "invalid_grant");
    let again = given(&kit.store, &principal, &agent, true).await;
    let got = exchange(&provider, "parking", &again.to_string(), own, &[]).await.unwrap();
    signs_out(&kit.store, &agent).await;
    assert_eq!(info(&provider, text(&got, "access_token")).await.unwrap_err(), "invalid_token");
}
}

both! { migrations,
/// Of everything else the standard's error, and nothing more.
async fn nobody_else_and_nothing_more(kit: Kit) {
    let store = &kit.store;
    let Two { provider, principal, agent, mandate, own } = two(&kit).await;
    registered(store, "other", content()).await;
    let (mandate, own) = (mandate.to_string(), text(&own, "access_token"));
    let acting = exchange(&provider, "parking", &mandate, own, &[]).await.unwrap();
    let acting = text(&acting, "access_token");
    let silent = tokens(&provider, &agent, "parking", "openid profile").await;
    let foreign = tokens(&provider, &principal, "parking", "openid mandates").await;
    let narrow = given(store, &signed_in(store, person(store, 16).await).await, &agent, false).await.to_string();
    for (client, mandate, actor, more, error) in [
        ("other", mandate.as_str(), own, ("scope", "openid"), "invalid_grant"),
        ("parking", mandate.as_str(), text(&silent, "access_token"), ("scope", "openid"), "invalid_grant"),
        ("parking", mandate.as_str(), text(&foreign, "access_token"), ("scope", "openid"), "invalid_grant"),
        ("parking", mandate.as_str(), acting, ("scope", "openid"), "invalid_grant"),
        ("parking", mandate.as_str(), "no-token", ("scope", "openid"), "invalid_grant"),
        ("parking", "no-mandate", own, ("scope", "openid"), "invalid_grant"),
        ("parking", narrow.as_str(), own, ("scope", "openid"), "invalid_grant"),
        ("parking", mandate.as_str(), own, ("scope", "openid phone"), "invalid_scope"),
        ("parking", mandate.as_str(), own, ("resource", "https://elsewhere.example"), "invalid_target"),
        ("parking", mandate.as_str(), own, ("subject_token_type", ACCESS), "invalid_request"),
        ("parking", mandate.as_str(), own, ("requested_token_type", MANDATE), "invalid_request"),
    ] {
        let answer = exchange(&provider, client, mandate, actor, &[more]).await;
        assert_eq!(error_of(answer), error, "{client} {more:?}");
    }
    let mut less = content();
    less.grants.retain(|grant| grant.as_str() != "token_exchange");
    registered(store, "plain", less).await;
    assert_eq!(error_of(exchange(&provider, "plain", &mandate, own, &[]).await), "unauthorized_client");
}
}
