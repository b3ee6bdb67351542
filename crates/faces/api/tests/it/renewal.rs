//! A licence is renewed by a program: the draft lists what may be renewed, the case says what it renews.

use serde_json::{Value, json};
use tongban_access::{Actor, PartyKind};
use tongban_catalogue::{DraftVersion, ItemContent, PublishVersion, draft_version, publish_version};
use tongban_licences::{IssueLicence, issue};
use uuid::Uuid;

use crate::world::{CITY, ITEM_CODE, PHONE, World, citizen, migrations, region};

tongban_testkit::both! { migrations,
    async fn a_renewal_names_its_licence(kit: Kit) {
        let world = World::build(kit).await;
        let item = world.get(&format!("/api/v1/items/{ITEM_CODE}")).await.expect(200);
        let office: Uuid = serde_json::from_value(item["organisation"]["id"].clone()).unwrap();
        let office_code = item["organisation"]["code"].as_str().unwrap().to_owned();
        let mut content: ItemContent = serde_json::from_value(item["content"].clone()).unwrap();
        content.name = "食品经营许可（延续）".to_owned();
        content.materials.clear();
        content.form = json!({ "type": "object", "properties": { "owner": { "type": "string", "title": "经营者" } } });
        content.results[0].renews = true;
        let type_code = content.results[0].licence_type.clone().unwrap();
        let licence = world.kit.store
            .write(tongban_store::Signer::system(), move |tx| {
                let (content, type_code, office_code) = (content.clone(), type_code.clone(), office_code.clone());
                async move {
                    let draft = DraftVersion {
                        item: None,
                        code: "RENEW-1".to_owned(),
                        region: region(CITY),
                        organisation: office,
                        content,
                        effective_from: None,
                        expected: None,
                    };
                    let drafted = draft_version(&tx, &Actor::System, draft).await.unwrap();
                    let publish = PublishVersion { version: drafted.version, allow_debts: true, ..PublishVersion::default() };
                    publish_version(&tx, &Actor::System, publish).await.unwrap();
                    let held = IssueLicence {
                        type_code,
                        holder_kind: PartyKind::Person,
                        holder_name: "王小明".to_owned(),
                        holder_number: citizen(11),
                        issuer: office,
                        issuer_name: "示范市市场监督管理局".to_owned(),
                        issuer_code: office_code,
                        region: region(CITY),
                        issued_on: "2021-12-24".parse().unwrap(),
                        valid_from: "2021-12-24".parse().unwrap(),
                        valid_to: Some("2026-12-24".parse().unwrap()),
                        fields: [("shop".to_owned(), json!("小馆"))].into_iter().collect(),
                        item_name: None,
                        item_code: None,
                        item: None,
                        case_number: None,
                    };
                    issue(&tx, held).await
                }
            })
            .await
            .unwrap()
            .id;
        let owner = world.sign_in("person", PHONE).await;
        let other = world.sign_in("person", "10012345679").await;

        // the draft lists what may be renewed; who holds nothing has nothing to choose from
        let started = world.ask(&other, "POST", "/api/v1/cases", json!({ "item": "RENEW-1" })).await.expect(201);
        let path = format!("/api/v1/cases/{}", started["id"].as_str().unwrap());
        assert_eq!(world.ask(&other, "GET", &path, Value::Null).await.expect(200)["renewable"], json!([]));
        let given = json!({ "version": started["version"] });
        assert_eq!(world.ask(&other, "POST", &format!("{path}/submission"), given).await.refused(422), "case.renewal_none");
        let started = world.ask(&owner, "POST", "/api/v1/cases", json!({ "item": "RENEW-1" })).await.expect(201);
        let path = format!("/api/v1/cases/{}", started["id"].as_str().unwrap());
        let draft = world.ask(&owner, "GET", &path, Value::Null).await.expect(200);
        assert_eq!((&draft["renewal"], draft["renewable"].as_array().unwrap().len()), (&Value::Null, 1));
        let choice = &draft["renewable"][0];
        assert_eq!((choice["licence"].as_str(), choice["name"].as_str()), (Some(licence.to_string().as_str()), Some("食品经营许可证")));
        assert_eq!((choice["expires_on"].as_str(), choice["apply_by"].as_str(), &choice["in_time"]), (Some("2026-12-24"), Some("2026-11-24"), &json!(true)));
        assert!(choice["identifier"].is_string());

        let given = json!({ "version": draft["version"], "renews": licence });
        world.ask(&owner, "POST", &format!("{path}/submission"), given).await.expect(200);
        let filed = world.ask(&owner, "GET", &path, Value::Null).await.expect(200);
        let renewal = json!({ "licence": licence, "licence_name": "食品经营许可证", "expires_on": "2026-12-24", "apply_by": "2026-11-24", "in_time": true });
        assert_eq!((&filed["renewal"], &filed["renewable"]), (&renewal, &Value::Null));

        // a matter that renews nothing says neither
        let plain = world.ask(&owner, "POST", "/api/v1/cases", json!({ "item": world.item })).await.expect(201);
        let plain = world.ask(&owner, "GET", &format!("/api/v1/cases/{}", plain["id"].as_str().unwrap()), Value::Null).await.expect(200);
        assert_eq!((&plain["renewal"], &plain["renewable"]), (&Value::Null, &Value::Null));
    }
}
