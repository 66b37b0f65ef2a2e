//! Live values, statistics by name, and definitions.

use crate::centre::Centre;
use serde_json::{Value as Json, json};
use stats::{
    Row,
    definition::Definition,
    statistics::{Formula, ObjectType, Source, Value, value},
};

/// The value of a statistic at the end of a story.
#[track_caller]
fn ask(story: &str, source: (ObjectType, &str), medium: Option<&str>, name: &str) -> Option<Value> {
    with(story, source, medium, Formula::default(), |source| value(name, source))
}

fn with<T>(
    story: &str,
    (object_type, object): (ObjectType, &str),
    medium: Option<&str>,
    formula: Formula,
    asks: impl FnOnce(&Source<'_>) -> T,
) -> T {
    let mut centre = Centre::new();
    centre.tell(story);
    let (rows, mut fold) = (centre.rows(), centre.fold());
    fold.advance(centre.now);
    let live = fold.read(centre.now);
    let rows: Vec<Row> = rows.into_values().collect();
    asks(&Source { object_type, object, medium, rows: &rows, live: &live, members: None, formula })
}

#[track_caller]
fn of_ann(story: &str, name: &str, expected: &Json) {
    let found = ask(story, (ObjectType::User, "ann"), Some("voice"), name);
    assert_eq!(json!(found), *expected, "{name}");
}

#[track_caller]
fn of_support(story: &str, name: &str, expected: &Json) {
    let found = ask(story, (ObjectType::Queue, "Support"), None, name);
    assert_eq!(json!(found), *expected, "{name}");
}

const DAY: &str = crate::day::TRANSCRIPT;

#[test]
fn of_an_agent_over_a_day() {
    for (name, expected) in [
        ("InboundCalls", json!(8.0)),
        ("OutboundCalls", json!(1.0)),
        ("InternalCalls", json!(1.0)),
        ("ConsultCalls", json!(2.0)),
        ("InteractionTransferred", json!(2.0)),
        ("TalkDuration", json!(844.0)),
        ("HoldDuration", json!(160.0)),
        ("WrapDuration", json!(488.0)),
        ("LoginDuration", json!(11_240.0)),
        ("numDispositions", json!(2.0)),
        ("numDispositionsAfterRelease", json!(2.0)),
        ("dispositionLagMs", json!(910_000.0)),
        ("CurrentAgentState", Json::Null),
    ] {
        of_ann(DAY, name, &expected);
    }
    assert_eq!(ask(DAY, (ObjectType::User, "ann"), None, "ServiceLevel"), None, "it is of queues");
    assert_eq!(ask(DAY, (ObjectType::User, "ann"), None, "Nonsense"), None);
}

#[test]
fn a_code_is_counted_by_agent_queue_and_code() {
    let set = |object| ask(DAY, object, None, "numDispositions");
    assert_eq!(set((ObjectType::Disposition, "Sold")), Some(Value::Number(4.0)));
    assert_eq!(set((ObjectType::Disposition, "Lost")), Some(Value::Number(4.0)));
    assert_eq!(set((ObjectType::Queue, "Support")), Some(Value::Number(8.0)));
}

#[test]
fn how_things_stand() {
    let story = "0 ann works; 0 bob works; 10 bob is NotReady; 0 K1 calls Support; 5 s1 chats Support; 20 is";
    of_support(story, "Current_In_Queue", &json!(2.0));
    of_support(story, "CurrMaxCallWaitingTime", &json!(20.0));
    of_support(story, "CurrentReadyAgents", &json!(1.0));
    of_support("0 ann works", "Current_In_Queue", &json!(0.0));
    of_ann("0 ann works; 900 ann is NotReady; 960 is", "CurrentAgentState", &json!("NotReady"));
    of_ann("0 ann works; 900 ann is NotReady; 960 is", "TimeInCurrentStateVoice", &json!(60.0));
    of_ann("0 ann works; 910 ann is NotReady; 960 is", "ReadyDuration", &json!(910.0));
    of_ann("0 ann works; 910 ann is NotReady; 960 is", "NotReadyDuration", &json!(50.0));
    of_ann("0 ann works; 910 ann is NotReady; 960 is", "LoginDuration", &json!(960.0));
}

#[test]
fn live_values_tell_of_every_queue_and_agent() {
    let mut centre = Centre::new();
    centre.tell("0 ann works; 0 bob works; 1 K1 calls Support; 3 K1 offered ann; 5 K1 up 2; 8 s1 chats Sales; 9 s1 offered bob");
    let fold = centre.fold();
    let live = fold.read(19_000);
    let waits = |queue, medium| live.queues[&(queue, medium)];
    assert_eq!((waits("Sales", "chat").waiting, waits("Sales", "chat").longest_ms), (1, 11_000));
    assert_eq!(waits("Support", "voice").waiting, 0);
    assert_eq!(live.queues.len(), 6);
    assert_eq!((live.open["voice"], live.open["chat"]), (1, 1));
    assert_eq!(live.by_state("voice").into_iter().collect::<Vec<_>>(), [("Ready", 2)]);
    assert_eq!(live.agents["ann"].talks.get("voice"), Some(&1));
    assert!(live.agents["bob"].talks.is_empty());
}

#[test]
fn a_service_level_by_each_formula() {
    // Answered in time, answered late, given up late, given up at once, and turned away.
    let story = "0 ann works; 0 s1 chats Support; 1 s1 offered ann; 2 s1 accepted ann; \
                 10 s2 chats Support; 39 s2 offered ann; 40 s2 accepted ann; 50 s3 chats Support; 80 s3 leaves; \
                 90 s4 chats Support; 91 s4 leaves; 95 closes Support; 99 K1 turned-away Support closed";
    let level = |formula| {
        let level = |source: &Source<'_>| value("ServiceLevel", source);
        match with(story, (ObjectType::Queue, "Support"), None, formula, level) {
            Some(Value::Number(level)) => format!("{level:.0}"),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(
        [Formula::OfAnswered, Formula::OfAnsweredAndAbandoned, Formula::OfOffered].map(level),
        ["50", "25", "33"]
    );
    of_support("0 ann works", "ServiceLevel", &Json::Null);
    of_support(story, "Total_Answered", &json!(2.0));
    of_support(story, "Total_Abandoned", &json!(2.0));
    of_support(story, "AverageWaitingTime", &json!(63.0 / 5.0));
}

fn definition(change: &Json) -> Result<Definition, String> {
    let mut written = json!({"name": "answers", "category": "TotalNumber", "mainMask": "CallAnswered",
        "subject": "DNAction", "objectTypes": ["Queue"], "intervalType": "GrowingWindow"});
    for (field, value) in change.as_object().expect("fields") {
        written[field] = value.clone();
    }
    serde_json::from_value(written).map_err(|why| why.to_string())
}

#[track_caller]
fn finds(change: &Json, field: &str) {
    let findings = definition(change).expect("a definition").check();
    assert!(findings.len() == 1 && findings[0].contains(&format!("'answers': {field}: ")), "{findings:?}");
}

#[test]
fn a_definition_that_contradicts_itself_is_named_with_its_field() {
    assert_eq!(definition(&json!({})).expect("a definition").check(), [""; 0]);
    finds(&json!({"mainMask": ""}), "mainMask");
    finds(&json!({"mainMask": "CallSung"}), "mainMask");
    finds(&json!({"mainMask": "CallInbound"}), "mainMask");
    finds(&json!({"relativeMask": "CallEntered"}), "relativeMask");
    finds(&json!({"category": "AverageTime"}), "relativeMask");
    finds(&json!({"intervalType": null}), "intervalType");
    finds(&json!({"category": "CurrentNumber"}), "intervalType");
    finds(&json!({"dynamicTimeProfile": "25:00"}), "dynamicTimeProfile");
    finds(&json!({"intervalType": "SlidingWindow", "dynamicTimeProfile": "60"}), "dynamicTimeProfile");
    finds(&json!({"dynamicFilter": "voice"}), "dynamicFilter");
    finds(&json!({"notificationMode": "PERIODICAL"}), "notificationFrequency");
    finds(&json!({"notificationFrequency": 5}), "notificationFrequency");
    finds(&json!({"timeRangeRight": 20}), "timeRangeRight");
    finds(&json!({"objectTypes": []}), "objectTypes");
    finds(
        &json!({"objectTypes": ["Queue", "GroupQueues"], "dynamicTimeProfile": "8:60"}),
        "dynamicTimeProfile",
    );
    let mixed = definition(&json!({"objectTypes": ["Queue", "Agent"]})).expect("a definition").check();
    assert!(mixed.iter().any(|finding| finding.contains("objectTypes")), "{mixed:?}");
    let named = definition(&json!({"name": "ServiceLevel"})).expect("a definition").check();
    assert!(named[0].contains("built in"), "{named:?}");
    assert!(definition(&json!({"color": "red"})).is_err_and(|why| why.contains("color")));
    assert!(definition(&json!({"category": "Sum"})).is_err_and(|why| why.contains("Sum")));
}

#[track_caller]
fn defined(change: &Json, object: (ObjectType, &str), expected: &Json) {
    let definition = definition(change).expect("a definition");
    assert_eq!(definition.check(), [""; 0]);
    let found = with(DAY, object, None, Formula::default(), |source| definition.value(source));
    assert_eq!(json!(found), *expected);
}

#[test]
fn a_definition_is_computed_from_its_masks() {
    let support = (ObjectType::Queue, "Support");
    defined(&json!({"dynamicFilter": "MediaType=voice"}), support, &json!(4.0));
    let average = json!({"category": "AverageTime", "relativeMask": "CallAbandoned", "mainMask": "CallAbandoned",
        "dynamicFilter": "MediaType=voice"});
    defined(&average, support, &json!(8.5));
    let ready = json!({"category": "TotalTime", "subject": "AgentStatus", "objectTypes": ["Agent"],
        "mainMask": "WaitForNextCall, AfterCallWork"});
    defined(&ready, (ObjectType::User, "ann"), &json!(11_240.0));
    let calls = json!({"category": "AverageNumberPerRelativeHour", "objectTypes": ["Agent"],
        "mainMask": "CallOutbound", "relativeMask": "LoggedIn"});
    defined(&calls, (ObjectType::User, "ann"), &json!(1.0 / (11_240.0 / 3_600.0)));
}
