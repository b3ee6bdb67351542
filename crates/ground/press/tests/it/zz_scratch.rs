use tongban_press::{Page, TypstEngine, Typesetter};
#[test]
fn zz_scratch() {
    let data = serde_json::from_str(&std::fs::read_to_string("/tmp/scratch_page.json").unwrap()).unwrap();
    let record = std::fs::read("/tmp/scratch_record.json").unwrap();
    let template = std::fs::read_to_string("/work/main/templates/documents/licence.typ").unwrap();
    let at = chrono::DateTime::from_timestamp(1_793_600_000, 0).unwrap();
    let page = Page { template, data, record: Some(("tongban-licence.json".to_owned(), record)), at };
    std::fs::write("/tmp/scratch.pdf", TypstEngine::new(&[]).unwrap().pdf(&page).unwrap()).unwrap();
}
