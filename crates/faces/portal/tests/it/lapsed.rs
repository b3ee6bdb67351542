//! A licence that spared a material is revoked while the person still reads the page before handing in.

use tongban_access::PartyKind;
use tongban_catalogue::{Material, Replacement};
use tongban_licences::{ChangeStatus, StatusCause, StatusChange, change_status, held, licence_view};
use tongban_testkit::both;

use crate::{
    city::{City, migrations},
    world::{World, citizen, content, licence_type},
};

/// Revokes the one licence of the applicant.
async fn revoke(world: &World) {
    let licence = held(&world.store, PartyKind::Person, &citizen(101))
        .await
        .unwrap()[0]
        .id;
    let by = world.approver();
    let version = licence_view(&world.store, &by, licence).await.unwrap().version;
    let input = ChangeStatus {
        licence,
        change: StatusChange::Revoke,
        cause: StatusCause::PenaltyRevocation.as_str().to_owned(),
        reason: "违法经营".to_owned(),
        version,
    };
    world
        .store
        .write(by.signer(), move |tx| {
            let (by, input) = (by.clone(), input.clone());
            async move { change_status(&tx, &by, input).await }
        })
        .await
        .unwrap();
}

/// The hidden version of the form of a page.
fn version(html: &str) -> String {
    let rest = html.split("name=\"version\" value=\"").nth(1).unwrap();
    rest.split('"').next().unwrap().to_owned()
}

both! { migrations,
    async fn the_page_asks_for_the_material_that_a_licence_no_longer_spares(kit: Kit) {
        let mut city = City::open(&kit, false).await;
        city.world.decided(&city.world.applicant, true).await;
        let mut renewal = content();
        renewal.materials = vec![Material {
            replaced_by: Some(Replacement::Licence { licence_type: licence_type().code }),
            ..Material::new("permit", "原许可证")
        }];
        city.world = city.world.with_item("1-EXAMPLE-2", renewal).await;
        let mut browser = city.signed_in(&city.world.applicant).await;
        let apply = format!("/apply/{}", city.world.item.item);
        let form = browser.post(&apply, &apply, &[("consent_to", "ticked")]).await.location();
        let address = form.trim_end_matches("/form").to_owned();
        let now = version(&browser.get(&form).await.page());
        let values = [("version", now.as_str()), ("name", "王小明"), ("address", "人民路1号"), ("shop", "阳光小馆"), ("area", "80")];
        let confirm = browser.post(&form, &form, &values).await.location();
        assert_eq!(confirm, format!("{address}/confirm"), "nothing is left to upload");
        let materials = format!("{address}/materials");
        assert!(browser.get(&materials).await.page().contains("示范经营许可证"), "the licence spares it");
        let seen = version(&browser.get(&confirm).await.page());

        revoke(&city.world).await;
        let posted = [("version", seen.as_str()), ("delivery", "electronic")];
        // told by name and sent to where it is put right
        assert_eq!(browser.post("/my/settings", &confirm, &posted).await.location(), materials);
        let page = browser.get(&materials).await.page();
        assert!(page.contains("原许可证：原来代替它的电子证照已经失效") && page.contains("示范经营许可证已经失效，请上传"), "{page}");
        assert!(page.contains("name=\"m-permit\""), "{page}");
        assert_eq!(browser.get(&confirm).await.location(), materials);
        assert_eq!(browser.upload(&materials, &materials, "m-permit", "许可证.pdf", b"%PDF-1.7 permit").await.location(), confirm);
        let seen = version(&browser.get(&confirm).await.page());
        let posted = [("version", seen.as_str()), ("delivery", "electronic")];
        assert_eq!(browser.post(&confirm, &confirm, &posted).await.location(), address);
    }
}
