//! Foreign clients, unmodified, against the real binary: what deployed desktops and widgets do must work.
//!
//! A module for each area, as `make test-AREA` runs them; `.ci/peers AREA` installs what its peers need. A missing peer
//! fails the run.

use crate::process::TestDir;
use std::{path::PathBuf, process::Command};
use testkit::limits::LIFTED;

/// The interpreter with the packages of `tests/peers`, as seen from there.
const PYTHON: &str = ".venv/bin/python";
const INSTALLS: &str = "`.ci/peers AREA` installs what an area needs, and names the package where it may not";

fn peers() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/peers")
}

/// Runs a peer against a demo centre of its own; its words are shown when it fails.
fn run(program: &str, script: &str, args: &[&str]) {
    let dir = TestDir::new();
    // A peer's customer says three hundred things at once, and all of them come from this machine.
    let server = dir.serve_in("serve --demo --http 127.0.0.1:0 --data d", LIFTED);
    let url = format!("http://127.0.0.1:{}", server.port);
    if let Err(said) = told(program, script, &[args, &["--url", &url]].concat()) {
        panic!("{said}\n--- server ---\n{}", server.log());
    }
}

/// Runs a peer that sets up servers of its own, and shows what they said when it fails.
fn run_alone(script: &str, args: &[&str]) {
    let binary = ["--binary", env!("CARGO_BIN_EXE_jackfield")];
    if let Err(said) = told(PYTHON, script, &[args, &binary].concat()) {
        panic!("{said}");
    }
}

/// What a peer that failed had to say.
fn told(program: &str, script: &str, args: &[&str]) -> Result<(), String> {
    let output = Command::new(program)
        .current_dir(peers())
        // Nothing that is run here tells anybody of it, or looks for a newer release.
        .envs([("REDOCLY_TELEMETRY", "off"), ("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true")])
        .arg(script)
        .args(args)
        .output()
        .unwrap_or_else(|why| panic!("{program} cannot be run for {script} ({why}); {INSTALLS}"));
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stdout);
    let complained = String::from_utf8_lossy(&output.stderr);
    Err(format!("{script} {args:?}\n{said}\n{complained}"))
}

mod bayeux {
    use super::{PYTHON, run};

    fn walk(client: &str, transport: &str, ack: &str, more: &[&str]) {
        let mut args = vec!["--client", client, "--transport", transport, "--ack", ack];
        args.extend(["--agents", "agent1@demo,agent2@demo"]);
        args.extend(more);
        run("node", "walk.mjs", &args);
    }

    fn python(transport: &str, ack: &str, more: &[&str]) {
        let mut args = vec!["--transport", transport, "--ack", ack, "--agents", "agent1@demo,agent2@demo"];
        args.extend(more);
        run(PYTHON, "walk.py", &args);
    }

    macro_rules! walks {
        ($($name:ident: $client:literal $transport:literal $ack:literal $more:expr;)*) => {
            $(#[test]
            fn $name() {
                walk($client, $transport, $ack, &$more);
            })*
        };
    }

    walks! {
        cometd3_walks_over_long_polling_with_acks: "cometd3" "long-polling" "on" [];
        cometd3_walks_over_long_polling_without_acks: "cometd3" "long-polling" "off" ["--subscribe", "topics"];
        cometd3_walks_over_websocket_with_acks: "cometd3" "websocket" "on" ["--subscribe", "all"];
        cometd3_walks_over_websocket_without_acks: "cometd3" "websocket" "off" [];
        cometd5_walks_over_long_polling_with_acks: "cometd5" "long-polling" "on" ["--subscribe", "all"];
        cometd5_walks_over_long_polling_without_acks: "cometd5" "long-polling" "off" [];
        cometd5_walks_over_websocket_with_acks: "cometd5" "websocket" "on" ["--subscribe", "topics"];
        cometd5_walks_over_websocket_without_acks: "cometd5" "websocket" "off" [];
        cometd9_walks_over_long_polling_with_acks: "cometd9" "long-polling" "on" ["--subscribe", "topics"];
        cometd9_walks_over_long_polling_without_acks: "cometd9" "long-polling" "off" ["--subscribe", "all"];
        cometd9_walks_over_websocket_with_acks: "cometd9" "websocket" "on" [];
        cometd9_walks_over_websocket_without_acks: "cometd9" "websocket" "off" [];
        faye_walks_over_long_polling: "faye" "long-polling" "off" [];
        faye_walks_over_websocket: "faye" "websocket" "off" [];
        two_generations_work_one_chat: "cometd3" "long-polling" "on" ["--second", "cometd9"];
    }

    #[test]
    fn aiocometd_walks_over_long_polling_with_acks() {
        python("long-polling", "on", &[]);
    }

    #[test]
    fn aiocometd_walks_over_long_polling_without_acks() {
        python("long-polling", "off", &[]);
    }

    #[test]
    fn aiocometd_walks_over_websocket_with_acks() {
        python("websocket", "on", &[]);
    }

    #[test]
    fn aiocometd_walks_over_websocket_without_acks() {
        python("websocket", "off", &[]);
    }

    #[test]
    fn a_client_that_keeps_no_cookies_for_addresses_walks() {
        python("long-polling", "on", &["--by-address"]);
    }

    #[test]
    fn three_agents_and_a_supervisor_work_one_chat_at_clients_of_three_generations() {
        for (transport, ack) in [("long-polling", "on"), ("websocket", "off")] {
            run("node", "colleagues.mjs", &["--transport", transport, "--ack", ack]);
        }
    }

    #[test]
    fn every_note_arrives_once_over_long_polling_when_a_quarter_of_the_replies_is_destroyed() {
        for client in ["cometd3", "cometd5", "cometd9"] {
            let args =
                ["--client", client, "--transport", "long-polling", "--ack", "on", "--agents", "agent3@demo"];
            run("node", "cut.mjs", &args);
        }
    }

    #[test]
    fn every_note_arrives_once_over_websocket_when_a_quarter_of_the_replies_is_destroyed() {
        for client in ["cometd3", "cometd5", "cometd9"] {
            let args =
                ["--client", client, "--transport", "websocket", "--ack", "on", "--agents", "agent3@demo"];
            run("node", "cut.mjs", &args);
        }
    }
}

mod api {
    use super::{PYTHON, run, told};

    /// The document as it is committed; that it is the one of the code is a test of `api`.
    const DOCUMENT: &str = "../../crates/api/openapi.json";

    #[test]
    fn the_document_is_valid_openapi() {
        let args = ["openapi_spec_validator", "--validation-errors", "all", DOCUMENT];
        told(PYTHON, "-m", &args).unwrap_or_else(|said| panic!("{said}"));
    }

    #[test]
    fn redocly_finds_nothing_wrong_with_the_document() {
        let args = ["lint", DOCUMENT, "--config", "document/redocly.yaml", "--format", "stylish"];
        told("node", "node_modules/@redocly/cli/bin/cli.js", &args).unwrap_or_else(|said| panic!("{said}"));
    }

    #[test]
    fn a_client_generated_from_the_document_works_a_chat_without_a_cast() {
        run("node", "typed.mjs", &["--agents", "agent8@demo"]);
    }

    #[test]
    fn deployed_desktops_find_what_they_rely_on() {
        run("node", "desk.mjs", &["--agents", "agent7@demo", "--slow"]);
    }
}

mod chat {
    use super::run;

    #[test]
    fn deployed_widgets_find_what_they_rely_on() {
        run("node", "widget.mjs", &["--agents", "agent4@demo"]);
    }
}

mod sms {
    use super::{PYTHON, run, run_alone};

    #[test]
    fn sms_signed_by_the_providers_own_package() {
        run(PYTHON, "sms.py", &["--agents", "agent1@demo"]);
    }

    /// A chat as well, at the client that the carried media have.
    #[test]
    fn what_is_said_to_agents_reaches_neither_the_customer_nor_the_provider() {
        for medium in ["chat", "smsession"] {
            run(PYTHON, "colleagues.py", &["--medium", medium]);
        }
    }

    #[test]
    fn whatsapp_is_a_page_of_configuration() {
        run_alone("whatsapp.py", &[]);
    }

    #[test]
    fn killed_between_acknowledge_and_send() {
        for medium in ["sms", "whatsapp"] {
            run_alone("kill.py", &["--medium", medium, "--rounds", "4", "--seed", "1"]);
        }
    }
}

mod messenger {
    use super::{PYTHON, run, run_alone};

    #[test]
    fn messenger_signed_by_an_independent_package() {
        run(PYTHON, "messenger.py", &["--agents", "agent1@demo", "--transport", "websocket"]);
    }

    #[test]
    fn what_is_said_to_agents_reaches_nobody_at_messenger() {
        run(PYTHON, "colleagues.py", &["--medium", "facebooksession", "--transport", "websocket"]);
    }

    #[test]
    fn messenger_killed_between_acknowledge_and_send() {
        run_alone("kill.py", &["--medium", "messenger", "--rounds", "4", "--seed", "2"]);
    }
}

mod calls {
    use super::{PYTHON, run_alone, told};

    /// No server: a fault of the phones is to be told apart from one of ours.
    #[test]
    fn phones_and_callers_hear_each_other_without_a_server() {
        if let Err(said) = told(PYTHON, "rig.py", &[]) {
            panic!("{said}");
        }
    }

    macro_rules! calls {
        ($script:literal $($name:ident: $case:literal;)*) => {
            $(#[test]
            fn $name() {
                run_alone($script, &["--only", $case]);
            })*
        };
    }

    #[test]
    fn phones_behind_a_proxy_are_rung_through_it_and_prove_who_they_are() {
        run_alone("edges.py", &["--only", "through"]);
    }

    #[test]
    fn nobody_behind_a_proxy_calls_in_the_name_of_a_phone_whatever_they_write() {
        run_alone("edges.py", &["--only", "strangers,unknown"]);
    }

    calls! {
        "voice.py"
        softphones_hear_each_other_through_the_queue_and_whatever_the_agent_does: "answer";
        a_phone_worked_by_hand_is_told_of: "by_hand";
        a_phone_that_knows_event_talk_is_answered_by_it: "answer_by_talk";
        agents_dial_each_other: "dial";
        calls_that_come_to_nothing_are_released: "dial_refused";
        dispositions_of_calls_reach_reporting_in_every_state_and_after_a_kill: "dispositions";
        a_phone_that_refuses_to_hold: "hold_refused";
        a_phone_that_hangs_up_at_once: "hangs_up_at_once";
        a_phone_that_is_gone_while_it_rings: "phone_gone";
        a_phone_is_rung_after_a_kill_and_one_that_is_gone_is_found_out: "restart";
        a_call_that_nobody_answers_goes_to_the_next_agent: "no_answer";
        callers_who_give_up: "abandoned";
        who_talks_is_offered_no_second_call: "slots";
    }

    calls! {
        "handover.py"
        a_customer_waits_while_a_colleague_is_asked_and_goes_on_with_them: "transfer";
        three_and_four_softphones_talk_together: "conference";
        a_call_handed_on_without_asking_is_left_with_nobody_alone: "without_asking";
        deployed_clients_hand_a_call_over_by_their_own_requests: "sequence";
    }

    calls! {
        "supervision.py"
        a_supervisor_listens_coaches_and_steps_in_and_nobody_else_hears_what_they_should_not: "listening";
        a_supervisor_is_rung_with_the_calls_of_an_agent_and_follows_the_customer: "armed";
        supervisors_phones_that_are_taken_out_and_that_refuse: "scripted";
    }

    calls! {
        "pjsip.py"
        a_phone_of_pjsip_at_an_agents_desk: "agent";
        a_caller_with_pjsip_and_session_timers: "caller";
        pjsip_with_reliable_provisional_answers: "reliable";
        agents_with_phones_of_pjsip_dial_each_other: "agents";
        a_phone_of_pjsip_with_a_wrong_password: "refused";
    }
}
