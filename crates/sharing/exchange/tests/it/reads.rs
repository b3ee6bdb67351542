//! Reads that go well, and what they leave behind.

use serde_json::{Value, json};
use tongban_crypto::{KeyRing, sm3_hex};
use tongban_exchange::{
    EvidenceFile, EvidenceVerdict, FactOutcome, ReadOutcome, WrongSubject, reads_about, verify_evidence,
    verify_evidence_file,
};
use tongban_store::{LogLine, PageRequest, Stream, Worker};

use crate::{department, world::*};

async fn evidence(world: &World, read: uuid::Uuid) -> LogLine {
    let lines = world
        .store
        .log_of("exchange_read", &read.to_string())
        .await
        .unwrap();
    let mut lines: Vec<LogLine> = lines
        .into_iter()
        .filter(|line| line.action == "exchange.read")
        .collect();
    assert_eq!(lines.len(), 1, "one line of evidence for a read");
    lines.remove(0)
}

fn payload(line: &LogLine) -> Value {
    serde_json::from_str(line.detail["record"]["payload"].as_str().unwrap()).unwrap()
}

both! { migrations,
    async fn facts_come_through_and_leave_evidence(kit: Kit) {
        let world = world(&kit).await;
        let answer = world.read("population.basic", BUDGET).await;

        assert_eq!(Value::Object(facts(&answer).clone()), json!({ "name": "示范甲", "address": "示范路一号" }));
        assert_eq!(answer.source, "示范市公安局 人口基本信息");
        assert_eq!(answer.at, kit.store.now());

        let line = evidence(&world, answer.read).await;
        assert_eq!(verify_evidence(kit.store.keys(), &line), EvidenceVerdict::Valid);
        let payload = payload(&line);
        assert_eq!(payload["outcome"], "facts");
        assert_eq!(payload["http_status"], 200);
        assert_eq!(payload["fields"], json!(["name", "address"]));
        assert_eq!(payload["basis"], json!({ "kind": "duty", "law": "食品安全法第三十五条", "item": "食品经营许可（新办）" }));

        // The department kept question and answer: with them the digests can be made again.
        let question = world.department.memory.questions.lock().unwrap()[0].clone();
        assert_eq!(question["request_id"], answer.read.to_string());
        assert_eq!(question["number"], world.number);
        assert_eq!(question["fields"], json!(["name", "address"]));
        assert_eq!(question["subject_kind"], "person");
        assert_eq!(question["purpose"]["id"], world.case.to_string());
        assert_eq!(question["purpose"]["title"], "食品经营许可（新办）");
        assert_eq!(payload["request_digest"], sm3_hex(question.to_string()));
        let sent = [question["nonce"].as_str().unwrap(), &department::good(&world.number).to_string()].concat();
        assert_eq!(payload["answer_digest"], sm3_hex(sent));
    }
}

both! { migrations,
    async fn only_what_was_asked_for_comes_through(kit: Kit) {
        let world = world(&kit).await;
        world.cases.change(world.case, |live| live.resources[0].fields.push("shoe_size".to_owned()));
        for (asked, sent, came) in [
            (&["address"][..], json!(["address"]), json!({ "address": "示范路一号" })),
            // What the directory does not offer is not asked.
            (&["shoe_size", "name"], json!(["name"]), json!({ "name": "示范甲" })),
            // Only whether the register knows the person.
            (&[], json!([]), json!({})),
        ] {
            let request = tongban_exchange::FactRequest { fields: wanted("", asked).fields, ..world.request("population.basic") };
            let answer = world.read_as(&world.applicant, request, BUDGET).await;
            assert_eq!(Value::Object(facts(&answer).clone()), came, "although the department answers with everything");
            assert_eq!(world.department.memory.questions.lock().unwrap().last().unwrap()["fields"], sent);
            let line = evidence(&world, answer.read).await;
            assert_eq!((verify_evidence(kit.store.keys(), &line), &payload(&line)["fields"]), (EvidenceVerdict::Valid, &sent));
            let told = reads_about(&kit.store, &world.blinds(), PageRequest::new(1, 10)).await.unwrap();
            let told = told.rows.iter().find(|read| read.id == answer.read).unwrap();
            assert_eq!((told.asked.len(), told.facts.len()), (sent.as_array().unwrap().len(), came.as_object().unwrap().len()));
        }
    }
}

both! { migrations,
    async fn evidence_that_was_touched_is_recognised(kit: Kit) {
        let world = world(&kit).await;
        let answer = world.read("population.basic", BUDGET).await;
        let line = evidence(&world, answer.read).await;
        let keys = kit.store.keys();

        let mut payload_changed = line.clone();
        let text = line.detail["record"]["payload"].as_str().unwrap().replace("facts", "not_found");
        payload_changed.detail["record"]["payload"] = json!(text);
        payload_changed.detail["record"]["digest"] = json!(sm3_hex(text));
        let mut moved = line.clone();
        moved.at += chrono::Duration::seconds(1);
        let mut other_reader = line.clone();
        other_reader.signer_id = Some(id(99));
        let mut other_read = line.clone();
        other_read.object_id = id(99).to_string();
        let mut empty = line.clone();
        empty.detail = Value::Null;
        for changed in [payload_changed, moved, other_reader, other_read, empty] {
            assert_eq!(verify_evidence(keys, &changed), EvidenceVerdict::Altered);
        }

        assert_eq!(verify_evidence(&KeyRing::from_seed([7; 32]), &line), EvidenceVerdict::Unknown);
        keys.rotate_signer("evidence").unwrap();
        assert_eq!(verify_evidence(keys, &line), EvidenceVerdict::Valid, "an older key of ours is still ours");
    }
}

both! { migrations,
    async fn evidence_stands_on_its_own_as_a_file(kit: Kit) {
        let world = world(&kit).await;
        let answer = world.read("population.basic", BUDGET).await;
        let file = EvidenceFile::of(&evidence(&world, answer.read).await).unwrap();
        let text = serde_json::to_string_pretty(&file).unwrap();
        let keys = kit.store.keys();
        let judge = |text: &str, keys: Option<&KeyRing>, trust: &[String]| {
            verify_evidence_file(text.as_bytes(), keys, trust).0
        };
        assert_eq!(judge(&text, Some(keys), &[]), EvidenceVerdict::Valid);
        assert_eq!(judge(&text, None, &[]), EvidenceVerdict::Unknown, "nobody vouches for the key");
        assert_eq!(judge(&text, None, std::slice::from_ref(&file.record.key_id)), EvidenceVerdict::Valid);
        assert_eq!(judge(&text, Some(&KeyRing::from_seed([7; 32])), &[]), EvidenceVerdict::Unknown);
        let record = serde_json::to_string(&file.record).unwrap();
        assert_eq!(judge(&record, Some(keys), &[]), EvidenceVerdict::Valid, "the record alone is enough");

        let mut signed_otherwise = file.clone();
        signed_otherwise.record.payload = signed_otherwise.record.payload.replace("facts", "not_found");
        let mut with_its_digest = signed_otherwise.clone();
        with_its_digest.record.digest = sm3_hex(&with_its_digest.record.payload);
        let mut moved = file.clone();
        moved.at += chrono::Duration::seconds(1);
        for changed in [signed_otherwise, with_its_digest, moved] {
            let text = serde_json::to_string(&changed).unwrap();
            assert_eq!(judge(&text, Some(keys), std::slice::from_ref(&file.record.key_id)), EvidenceVerdict::Altered);
        }
        for other in ["", "{}", "no json", "{\"record\": 1}"] {
            assert_eq!(judge(other, Some(keys), &[]), EvidenceVerdict::Unknown, "{other:?}");
        }
    }
}

both! { migrations,
    async fn the_person_sees_who_read_what(kit: Kit) {
        let world = world(&kit).await;
        world.read("population.basic", BUDGET).await;

        let lines = kit.store.log_about(Stream::Access, &world.blinds(), PageRequest::new(1, 10)).await.unwrap();
        assert_eq!(lines.total, 1);
        assert_eq!(lines.rows[0].object_id, "population.basic");
        assert_eq!(
            lines.rows[0].detail,
            json!({ "purpose": "食品经营许可（新办）（示范市市场监督管理局）", "reader": "申请人" })
        );
        let others = kit.store.blinds("citizen", &number(99));
        assert_eq!(kit.store.log_about(Stream::Access, &others, PageRequest::new(1, 10)).await.unwrap().total, 0);
    }
}

both! { migrations,
    async fn a_register_that_does_not_know_the_person_says_so(kit: Kit) {
        let world = world(&kit).await;
        let answer = world.read("population.household", BUDGET).await;
        assert_eq!(answer.outcome, FactOutcome::NotFound);
        assert_eq!(payload(&evidence(&world, answer.read).await)["outcome"], "not_found");
        let lines = kit.store.log_about(Stream::Access, &world.blinds(), PageRequest::new(1, 10)).await.unwrap();
        assert_eq!(lines.total, 1, "that somebody is not there was learnt about them");
    }
}

both! { migrations,
    async fn an_answer_about_somebody_else_is_thrown_away_and_reported(kit: Kit) {
        let world = world(&kit).await;
        let answer = world.read("test.wrong", BUDGET).await;
        assert_eq!(answer.outcome, FactOutcome::WrongSubject);

        let lines = kit.store.log_of("exchange_read", &answer.read.to_string()).await.unwrap();
        let report = lines.iter().find(|line| line.action == "exchange.wrong_subject").unwrap();
        assert_eq!(report.detail["resource"], "test.wrong");
        assert_eq!(report.detail["answered_about"], kit.store.blind("citizen", department::ANOTHER));
        let line = evidence(&world, answer.read).await;
        assert_eq!(verify_evidence(kit.store.keys(), &line), EvidenceVerdict::Valid);
        let access = kit.store.log_about(Stream::Access, &world.blinds(), PageRequest::new(1, 10)).await.unwrap();
        assert_eq!(access.total, 0, "nothing was learnt about the one asked about");

        let told = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
        let heard = std::sync::Arc::clone(&told);
        Worker::new(kit.store.clone())
            .subscribe("test", move |_store, message: tongban_store::Message<WrongSubject>| {
                heard.lock().unwrap().push(message.body);
                async { Ok(()) }
            })
            .drain()
            .await
            .unwrap();
        let expected = WrongSubject { read: answer.read, resource: "test.wrong".to_owned() };
        assert_eq!(*told.lock().unwrap(), [expected]);
    }
}

both! { migrations,
    async fn many_questions_are_answered_in_their_order(kit: Kit) {
        let world = world(&kit).await;
        let codes = ["test.silent", "population.basic", "test.error", "nowhere.listed", "population.household", "test.silent"];
        let requests = codes.iter().map(|code| world.request(code)).collect();
        let started = std::time::Instant::now();
        let answers = world.exchange.read_all(&world.applicant, requests, SHORT * 4).await.unwrap();
        let took = started.elapsed();

        let words: Vec<String> = answers.iter().map(|answer| format!("{} {:?}", answer.resource, answer.outcome)).collect();
        assert_eq!(words, [
            "test.silent Unavailable(too_slow)",
            r#"population.basic ["name", "address"]"#,
            "test.error Unavailable(server_error)",
            "nowhere.listed Refused(exchange.resource_not_listed)",
            "population.household NotFound",
            "test.silent Unavailable(too_slow)",
        ]);
        assert!(took < SHORT * 4 + std::time::Duration::from_secs(10), "in parallel, within the budget: {took:?}");
        let reads = reads_about(&kit.store, &world.blinds(), PageRequest::new(1, 10)).await.unwrap();
        assert_eq!(reads.total, 5, "the refused question left no read");
    }
}

both! { migrations,
    async fn others_write_while_a_department_is_asked(kit: Kit) {
        let world = world(&kit).await;
        let exchange = world.exchange.clone();
        let (actor, request) = (world.applicant.clone(), world.request("test.held"));
        let reading = tokio::spawn(async move { exchange.read_all(&actor, vec![request], BUDGET).await });
        world.department.memory.arrived.notified().await;

        // A transaction held open over the call would block the one writer of SQLite.
        register(&kit.store, entry("test.later", "http://127.0.0.1:9/later".to_owned())).await;
        let pending = reads_about(&kit.store, &world.blinds(), PageRequest::new(1, 10)).await.unwrap();
        assert_eq!(pending.rows[0].outcome, None, "the question is on record before its answer");

        world.department.memory.release.notify_one();
        let answers = reading.await.unwrap().unwrap();
        assert!(matches!(answers[0].outcome, FactOutcome::Facts(_)));
    }
}

both! { migrations,
    async fn a_read_is_carried_to_its_end_when_the_caller_goes_away(kit: Kit) {
        let world = world(&kit).await;
        let exchange = world.exchange.clone();
        let (actor, request) = (world.applicant.clone(), world.request("test.held"));
        let reading = tokio::spawn(async move { exchange.read_all(&actor, vec![request], BUDGET).await });
        world.department.memory.arrived.notified().await;
        reading.abort();
        assert!(reading.await.unwrap_err().is_cancelled());
        world.department.memory.release.notify_one();

        let written = async {
            loop {
                let reads = reads_about(&kit.store, &world.blinds(), PageRequest::new(1, 10)).await.unwrap();
                if let Some(outcome) = reads.rows[0].outcome {
                    return (reads.rows[0].id, outcome);
                }
                tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            }
        };
        let (read, outcome) = tokio::time::timeout(BUDGET, written).await.unwrap();
        assert_eq!(outcome, ReadOutcome::Facts);
        evidence(&world, read).await;
    }
}
