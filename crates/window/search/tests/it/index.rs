//! Searching a little invented catalogue: filters, regions, slips, pinyin, changes, honesty.

use tongban_search::{SearchDocument, SearchError, SearchIndex, SearchRequest, Synonyms};
use uuid::Uuid;

const CITY: &str = "519900000000";
const COUNTY: &str = "519901000000";
const OTHER_COUNTY: &str = "519902000000";
const TOWN: &str = "519901100000";

fn document(number: u128, name: &str, department: &str, region: &str, item_type: &str) -> SearchDocument {
    SearchDocument {
        id: Uuid::from_u128(number),
        code: format!("5199A{number:07}-519900000000-000-X-1-00"),
        name: name.to_owned(),
        department: department.to_owned(),
        region: region.to_owned(),
        item_type: item_type.to_owned(),
        audience: Vec::new(),
        topics: Vec::new(),
        keywords: Vec::new(),
        text: String::new(),
    }
}

fn catalogue() -> Vec<SearchDocument> {
    let mut all = vec![
        document(1, "户口登记", "示范市公安局", CITY, "公共服务"),
        document(2, "户口注销", "示范市公安局", CITY, "公共服务"),
        document(3, "居住证办理", "示范市公安局", COUNTY, "公共服务"),
        document(4, "社会保障卡补领、换领、换发", "示范市人社局", CITY, "公共服务"),
        document(5, "社会保障卡申领", "示范市人社局", CITY, "公共服务"),
        document(
            6,
            "食品(含保健食品)经营许可核发",
            "示范市市监局",
            CITY,
            "行政许可",
        ),
        document(
            7,
            "食品(含保健食品)经营许可注销（县级行使）",
            "示范市市监局",
            OTHER_COUNTY,
            "行政许可",
        ),
        document(8, "犬类准养证核发", "示范市公安局", TOWN, "行政许可"),
        document(9, "机动车驾驶证公证（指引）", "示范市司法局", CITY, "公共服务"),
        document(
            10,
            "欠税人处置不动产或大额资产报告",
            "示范市税务局",
            CITY,
            "公共服务",
        ),
    ];
    all[5].audience = vec!["enterprise".to_owned()];
    all[0].topics = vec!["出生一件事".to_owned()];
    all[4].keywords = vec!["民生卡".to_owned()];
    all[4].text = "首次参加社会保险的人员领取实体卡。".to_owned();
    all
}

fn index() -> SearchIndex {
    let index = SearchIndex::in_memory(&Synonyms::builtin()).unwrap();
    index.replace_all(&catalogue()).unwrap();
    index
}

fn ask(query: &str) -> SearchRequest {
    SearchRequest {
        query: query.to_owned(),
        ..SearchRequest::default()
    }
}

fn names(index: &SearchIndex, request: &SearchRequest) -> Vec<String> {
    index
        .search(request)
        .unwrap()
        .hits
        .into_iter()
        .map(|hit| hit.name)
        .collect()
}

#[test]
fn everyday_words_slips_pinyin_and_initials_find_the_official_name() {
    let index = index();
    for (query, first) in [
        ("给娃儿上户口", "户口登记"),
        ("老人去世户口怎么办", "户口注销"),
        ("社保卡丢了", "社会保障卡补领、换领、换发"),
        ("社宝卡", "社会保障卡申领"),
        ("shebaoka", "社会保障卡申领"),
        ("ju zhu zheng", "居住证办理"),
        ("jzz", "居住证办理"),
        ("juzhuz", "居住证办理"),
        ("开火锅店", "食品(含保健食品)经营许可核发"),
        ("养狗要办啥子证", "犬类准养证核发"),
        ("民生卡", "社会保障卡申领"),
        ("食品(含保健食品)经营许可核发", "食品(含保健食品)经营许可核发"),
    ] {
        assert_eq!(
            names(&index, &ask(query)).first().map(String::as_str),
            Some(first),
            "{query}: {:?}",
            index.explain(query)
        );
    }
}

#[test]
fn says_how_a_slip_was_read() {
    let index = index();
    assert_eq!(
        index.search(&ask("社宝卡")).unwrap().corrected.as_deref(),
        Some("社保卡")
    );
    assert_eq!(
        index.search(&ask("juzhuzheng")).unwrap().corrected.as_deref(),
        Some("居住证")
    );
    assert_eq!(index.search(&ask("社保卡")).unwrap().corrected, None);
}

#[test]
fn what_is_not_offered_has_no_hits() {
    let index = index();
    for query in [
        "公积金余额",
        "往来港澳签注",
        "房产证过户",
        "驾驶证到期换新",
        "手机号过户",
        "怎么办",
        "！？",
        "zzzz",
    ] {
        let answer = index.search(&ask(query)).unwrap();
        assert!(
            answer.hits.is_empty() && answer.total == 0,
            "{query}: {:?}",
            answer.hits
        );
    }
}

#[test]
fn a_region_sees_itself_and_what_is_above_it() {
    let index = index();
    let seen = |region: &str| {
        let answer = index
            .search(&SearchRequest {
                region: Some(region.to_owned()),
                limit: 50,
                ..ask("")
            })
            .unwrap();
        let mut ids: Vec<u128> = answer.hits.iter().map(|hit| hit.id.as_u128()).collect();
        ids.sort_unstable();
        assert_eq!(answer.total, ids.len());
        ids
    };
    assert_eq!(seen(CITY), [1, 2, 4, 5, 6, 9, 10], "not its counties");
    assert_eq!(
        seen(COUNTY),
        [1, 2, 3, 4, 5, 6, 9, 10],
        "not the town below, not the neighbour"
    );
    assert_eq!(seen(OTHER_COUNTY), [1, 2, 4, 5, 6, 7, 9, 10]);
    assert_eq!(seen(TOWN), [1, 2, 3, 4, 5, 6, 8, 9, 10]);
    assert_eq!(seen("519901"), seen(COUNTY), "six digits are filled up");
    assert!(seen("510000000000").is_empty());
    let odd = index.search(&SearchRequest {
        region: Some("5199x".to_owned()),
        ..ask("")
    });
    assert!(matches!(odd, Err(SearchError::Region(code)) if code == "5199x"));
}

#[test]
fn filters_narrow_and_facets_count_everything_found() {
    let index = index();
    let persons = SearchRequest {
        audience: Some("person".to_owned()),
        ..ask("食品经营许可")
    };
    assert_eq!(
        names(&index, &persons),
        ["食品(含保健食品)经营许可注销（县级行使）"],
        "what names no audience is for both"
    );
    let permits = SearchRequest {
        item_type: Some("行政许可".to_owned()),
        ..ask("")
    };
    assert_eq!(index.search(&permits).unwrap().total, 3);
    let birth = SearchRequest {
        topic: Some("出生一件事".to_owned()),
        ..ask("")
    };
    assert_eq!(names(&index, &birth), ["户口登记"]);
    let police = SearchRequest {
        department: Some("示范市公安局".to_owned()),
        limit: 1,
        ..ask("户口")
    };
    let answer = index.search(&police).unwrap();
    assert_eq!((answer.hits.len(), answer.total), (1, 2));
    assert_eq!(answer.facets.departments[0].count, 2);
    let everything = index.search(&SearchRequest { limit: 0, ..ask("") }).unwrap();
    assert_eq!((everything.hits.len(), everything.total), (0, 10));
    assert_eq!(everything.facets.departments[0].value, "示范市公安局");
    assert_eq!(
        everything
            .facets
            .item_types
            .iter()
            .map(|facet| facet.count)
            .collect::<Vec<_>>(),
        [7, 3]
    );
    let by_topic = |answer: tongban_search::SearchAnswer| {
        answer
            .facets
            .topics
            .into_iter()
            .map(|facet| (facet.value, facet.count))
            .collect::<Vec<_>>()
    };
    let birth = ("出生一件事".to_owned(), 1);
    assert!(by_topic(everything).contains(&birth), "listed");
    let asked = index.search(&ask("户口登记")).unwrap();
    assert_eq!(by_topic(asked), [birth], "found by a question");
}

#[test]
fn an_empty_question_lists_all_by_department_and_name_in_pages() {
    let index = index();
    let page = |offset| {
        names(
            &index,
            &SearchRequest {
                limit: 4,
                offset,
                ..ask("  ")
            },
        )
    };
    let all = [page(0), page(4), page(8)].concat();
    assert_eq!(all.len(), 10);
    // by sound: 公安局 before 人社局, 市监局, 税务局, 司法局; within it 户口 before 居住证, 犬类
    assert_eq!(all[..4], ["户口登记", "户口注销", "居住证办理", "犬类准养证核发"]);
    assert_eq!(all[9], "机动车驾驶证公证（指引）");
    assert!(page(12).is_empty());
}

#[test]
fn a_code_or_its_beginning_finds_its_matter() {
    let index = index();
    assert_eq!(
        names(&index, &ask("5199A0000008-519900000000-000-X-1-00")),
        ["犬类准养证核发"]
    );
    assert_eq!(names(&index, &ask("5199a0000008")), ["犬类准养证核发"]);
}

#[test]
fn changes_show_at_once_and_an_id_stands_once() {
    let index = index();
    let mut changed = catalogue().swap_remove(7);
    changed.name = "养犬登记".to_owned();
    index
        .upsert(&[
            changed.clone(),
            document(11, "居民身份证办理", "示范市公安局", CITY, "公共服务"),
        ])
        .unwrap();
    assert_eq!(index.len(), 11);
    assert!(names(&index, &ask("犬类准养证核发")).is_empty());
    assert_eq!(names(&index, &ask("养犬登记")), ["养犬登记"]);
    assert_eq!(names(&index, &ask("sfz")), ["居民身份证办理"]);
    index.remove(&[changed.id, Uuid::from_u128(999)]).unwrap();
    assert_eq!(index.len(), 10);
    assert!(names(&index, &ask("养犬登记")).is_empty());
    index.replace_all(&[]).unwrap();
    assert!(index.is_empty() && names(&index, &ask("户口")).is_empty());
}

#[test]
fn a_folder_keeps_the_index_and_a_damaged_one_starts_empty() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("index");
    {
        let index = SearchIndex::open(&place, &Synonyms::builtin()).unwrap();
        assert!(index.is_empty());
        index.replace_all(&catalogue()).unwrap();
    }
    {
        let again = SearchIndex::open(&place, &Synonyms::builtin()).unwrap();
        assert_eq!(again.len(), 10);
        assert_eq!(names(&again, &ask("上户口"))[0], "户口登记");
    }
    std::fs::write(place.join("meta.json"), "{").unwrap();
    let damaged = SearchIndex::open(&place, &Synonyms::builtin()).unwrap();
    assert!(damaged.is_empty());
    damaged.replace_all(&catalogue()).unwrap();
    assert_eq!(damaged.len(), 10);
}

#[test]
fn suggests_words_and_names_while_typing() {
    let index = index();
    assert!(index.suggest("社", 5).contains(&"社保卡".to_owned()));
    assert!(
        index
            .suggest("社会保障", 5)
            .contains(&"社会保障卡申领".to_owned())
    );
    assert!(index.suggest("hukou", 9).contains(&"户口登记".to_owned()));
    assert!(index.suggest("jzz", 5).contains(&"居住证办理".to_owned()));
    assert!(
        index
            .suggest("经营许可", 5)
            .iter()
            .any(|text| text.starts_with("食品"))
    );
    assert_eq!(
        index.suggest("食品(含保健食品)经营许可注", 5),
        ["食品(含保健食品)经营许可注销"],
        "without notes for officials"
    );
    assert!(index.suggest("", 5).is_empty());
    assert_eq!(index.suggest("户", 2).len(), 2);
}

#[test]
fn odd_input_is_answered_calmly() {
    let index = index();
    for query in [
        "户口".repeat(5_000),
        "a".repeat(5_000),
        "１２３".to_owned(),
        "\u{0}\u{202e}户口\n登记".to_owned(),
        "𠮷𠮷".to_owned(),
        "户口 AND (".to_owned(),
        "*?~^\"".to_owned(),
    ] {
        index
            .search(&SearchRequest {
                query,
                limit: usize::MAX,
                offset: usize::MAX,
                ..SearchRequest::default()
            })
            .unwrap();
    }
}
