use tongban_access::Actor;
use tongban_catalogue::{
    AttachFile, DraftVersion, DraftedVersion, Error, FilePlace, Material, NewFile, PublishVersion,
    WithdrawVersion, attach_file, draft_of, item_file, item_file_is, withdraw_version,
};
use tongban_store::Store;
use tongban_testkit::both;
use uuid::Uuid;

use crate::{draft, migrations, new_draft, operator, operator_of, others, publish, sound};

const FORM: &[u8] = b"%PDF-1.4 an empty form";

async fn attach(store: &Store, actor: &Actor, input: AttachFile) -> Result<DraftedVersion, Error> {
    let by = actor.clone();
    store
        .write(actor.signer(), move |tx| {
            let (by, input) = (by.clone(), input.clone());
            async move { attach_file(&tx, &by, input).await }
        })
        .await
}

async fn withdraw(store: &Store, version: Uuid) {
    let input = WithdrawVersion {
        version,
        reason: "样表里有真实信息".to_owned(),
    };
    store
        .write(operator().signer(), move |tx| {
            let input = input.clone();
            async move { withdraw_version(&tx, &operator(), input).await }
        })
        .await
        .unwrap();
}

/// A draft with one material, and the input that gives it a blank form.
async fn with_material(store: &Store) -> (DraftedVersion, AttachFile) {
    let mut content = sound("食品经营许可");
    content.materials = vec![Material::new("M1", "申请表")];
    let first = draft(store, &operator(), new_draft("XK00101001", content))
        .await
        .unwrap();
    let file = NewFile {
        blob: store.blobs().put(FORM).await.unwrap(),
        name: "申请表.pdf".to_owned(),
        media: "application/pdf".to_owned(),
        bytes: FORM.len() as u64,
    };
    let input = AttachFile {
        item: first.item,
        expected: first.guard,
        place: FilePlace::Blank("M1".to_owned()),
        file: Some(file),
    };
    (first, input)
}

both! { migrations, async fn a_file_is_everybodys_once_its_version_is_published(kit: Kit) {
    let (first, input) = with_material(&kit.store).await;
    let blob = input.file.as_ref().unwrap().blob.clone();
    let drafted = attach(&kit.store, &operator(), input).await.unwrap();
    assert_eq!(drafted.guard, first.guard + 1);
    let content = draft_of(&kit.store, first.item).await.unwrap().unwrap().version.content;
    let shown = content.materials[0].blank.clone().unwrap();
    assert_eq!((shown.name.as_str(), shown.bytes), ("申请表.pdf", FORM.len() as u64));
    assert_eq!(item_file(&kit.store, first.item, shown.id).await.unwrap(), None, "a draft is nobody's");
    let published = PublishVersion { version: drafted.version, ..PublishVersion::default() };
    publish(&kit.store, &operator(), published).await.unwrap();
    assert_eq!(item_file(&kit.store, first.item, shown.id).await.unwrap(), Some((shown.clone(), blob.clone())));
    assert!(item_file_is(&kit.store, &blob).await.unwrap(), "nobody takes it out of the store");

    // A later version without it leaves what was published as it was.
    let next = DraftVersion { item: Some(first.item), ..new_draft("", (*content).clone()) };
    let next = draft(&kit.store, &operator(), next).await.unwrap();
    let out = AttachFile { item: first.item, expected: next.guard, place: FilePlace::Blank("M1".to_owned()), file: None };
    attach(&kit.store, &operator(), out).await.unwrap();
    assert_eq!(draft_of(&kit.store, first.item).await.unwrap().unwrap().version.content.materials[0].blank, None);
    assert!(item_file(&kit.store, first.item, shown.id).await.unwrap().is_some());
    withdraw(&kit.store, drafted.version).await;
    assert_eq!(item_file(&kit.store, first.item, shown.id).await.unwrap(), None, "what was withdrawn shows nothing");
    assert!(item_file_is(&kit.store, &blob).await.unwrap());
    assert_eq!(item_file(&kit.store, Uuid::from_u128(9), shown.id).await.unwrap(), None, "of another item it is none");
} }

both! { migrations, async fn refuses_by_permission(kit: Kit) {
    let (_, input) = with_material(&kit.store).await;
    for actor in others().into_iter().chain([operator_of("5198")]) {
        assert!(matches!(attach(&kit.store, &actor, input.clone()).await, Err(Error::Denied(_))), "{actor:?}");
    }
} }

both! { migrations, async fn rejects_bad_input(kit: Kit) {
    let (first, input) = with_material(&kit.store).await;
    let stale = AttachFile { expected: 7, ..input.clone() };
    assert!(matches!(attach(&kit.store, &operator(), stale).await, Err(Error::Conflict)));
    for place in [FilePlace::Example("M9".to_owned()), FilePlace::Sample(4)] {
        let nowhere = AttachFile { place, ..input.clone() };
        assert!(matches!(attach(&kit.store, &operator(), nowhere).await, Err(Error::NotFound)));
    }
    let published = PublishVersion { version: first.version, ..PublishVersion::default() };
    publish(&kit.store, &operator(), published).await.unwrap();
    assert!(matches!(attach(&kit.store, &operator(), input).await, Err(Error::NotFound)), "there is no draft");
} }
