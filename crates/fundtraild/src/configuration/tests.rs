//! What is taken from where, and what is said when it cannot be.

use std::path::Path;

use super::*;

const WHOLE: &str = "origin = 'o'\ndata = 'd'\nlog_key = 'l'\ntag_key = '/t'\n";

/// The settings from a file, variables and an address as flag; a complaint with the name of
/// the file as `FILE`.
fn gather_all(
    text: &str,
    variables: &[(&str, &str)],
    listen: Option<&str>,
) -> Result<Settings, String> {
    let directory = tempfile::tempdir().unwrap();
    let config = directory.path().join("node.toml");
    std::fs::write(&config, text).unwrap();
    let flags = Flags {
        config: Some(config.clone()),
        listen: listen.map(|listen| listen.parse().unwrap()),
        ..Flags::default()
    };
    let variables = variables
        .iter()
        .map(|(name, value)| (name.into(), value.into()))
        .collect();
    Settings::gather_from(flags, variables)
        .map_err(|Complaint(said)| said.replace(config.to_str().unwrap(), "FILE"))
}

fn gather(text: &str, listen: Option<&str>) -> Result<Settings, String> {
    gather_all(text, &[], listen)
}

#[test]
fn paths_are_relative_to_the_file_and_flags_win() {
    let settings = gather(&format!("{WHOLE}listen = '127.0.0.1:1'"), Some("[::1]:2")).unwrap();
    assert!(settings.data.is_absolute() && settings.data.ends_with("d"));
    assert_eq!(settings.tag_key, Path::new("/t"));
    assert_eq!(settings.listen, "[::1]:2".parse().unwrap());
    assert_eq!(gather(WHOLE, None).unwrap().listen, LISTEN);
    assert_eq!(gather(WHOLE, None).unwrap().limits, Limits::default());
    assert_eq!(gather(WHOLE, None).unwrap().draft_days, 30);
    let days = gather(&format!("{WHOLE}[drafts]\ndays = 10\n"), None);
    assert_eq!(days.unwrap().draft_days, 10);
    assert!(gather(WHOLE, None).unwrap().console);
    let off = gather(&format!("{WHOLE}console = false"), None);
    assert!(!off.unwrap().console);
    assert_eq!(gather(WHOLE, None).unwrap().witness_policy, None);
    let settings = gather(&format!("{WHOLE}witness_policy = 'w'"), None).unwrap();
    let policy = settings.witness_policy.unwrap();
    assert!(policy.is_absolute() && policy.ends_with("w"));
}

#[test]
fn backups_and_what_is_known_are_named_by_the_file_or_not_at_all() {
    let plain = gather(WHOLE, None).unwrap();
    assert_eq!((plain.backups, plain.known.len()), (None, 0));
    let text = format!("{WHOLE}known = 'kept'\n[backup]\ndirectory = 'b'\n");
    let settings = gather(&text, None).unwrap();
    let backups = settings.backups.unwrap();
    assert!(backups.is_absolute() && backups.ends_with("b"));
    assert!(settings.known.len() == 1 && settings.known[0].ends_with("kept"));
    let flags = Flags {
        known: vec!["one".into(), "two".into()],
        ..Flags::default()
    };
    let needed = ["ORIGIN", "DATA", "LOG_KEY", "TAG_KEY", "KNOWN"]
        .map(|name| (format!("FUNDTRAILD_{name}").into(), "x".into()));
    let settings = Settings::gather_from(flags, needed.into()).map_err(|error| error.0);
    assert_eq!(
        settings.unwrap().known,
        [Path::new("one"), Path::new("two")]
    );
    assert!(gather(&format!("{WHOLE}[backup]\nfolder = 'b'\n"), None).is_err());
}

#[test]
fn a_variable_wins_over_the_file_and_a_flag_over_both() {
    let file = format!("{WHOLE}listen = '127.0.0.1:1'\n[limits]\nqueue = 2\nbatch = 3\n");
    let variables = [
        ("FUNDTRAILD_ORIGIN", "p"),
        ("FUNDTRAILD_DATA", "e"),
        ("FUNDTRAILD_LOG_KEY", "/m"),
        ("FUNDTRAILD_TAG_KEY", "u"),
        ("FUNDTRAILD_WITNESS_POLICY", "x"),
        ("FUNDTRAILD_LISTEN", "[::1]:5"),
        ("FUNDTRAILD_LIMITS__QUEUE", "6"),
        ("FUNDTRAILD_LIMITS__REQUESTS", "7"),
        // Of the tools, and of nobody.
        ("FUNDTRAIL_LOG_KEY", "ledger.example+00000000+A"),
        ("FUNDTRAIL_NODE", "http://127.0.0.1:1"),
        ("FUNDTRAIL_LOG", "debug"),
        ("LISTEN", "127.0.0.1:9"),
    ];
    let settings = gather_all(&file, &variables, None).unwrap();
    assert_eq!(settings.origin, "p");
    // Relative to the working directory, as a flag is.
    assert_eq!(settings.data, Path::new("e"));
    assert_eq!(settings.log_key, Path::new("/m"));
    assert_eq!(settings.tag_key, Path::new("u"));
    assert_eq!(settings.witness_policy.as_deref(), Some(Path::new("x")));
    assert_eq!(settings.listen, "[::1]:5".parse().unwrap());
    let limits = Limits {
        queue: 6,
        batch: 3,
        requests: 7,
        ..Limits::default()
    };
    assert_eq!(settings.limits, limits);
    let settings = gather_all(&file, &variables, Some("127.0.0.1:8")).unwrap();
    assert_eq!(settings.listen, "127.0.0.1:8".parse().unwrap());

    // Variables alone are enough, the name of the file among them.
    let alone = variables[..4].iter();
    let alone = alone.map(|(name, value)| (name.into(), value.into()));
    let settings = Settings::gather_from(Flags::default(), alone.collect()).unwrap();
    assert_eq!((settings.origin.as_str(), settings.listen), ("p", LISTEN));
    let directory = tempfile::tempdir().unwrap();
    let config = directory.path().join("node.toml");
    std::fs::write(&config, WHOLE).unwrap();
    let named = vec![("FUNDTRAILD_CONFIG".into(), config.into_os_string())];
    let settings = Settings::gather_from(Flags::default(), named).unwrap();
    assert_eq!(settings.data, directory.path().join("d"));
}

#[test]
fn what_is_wrong_is_said() {
    let says = |text: &str, listen, words: &str| {
        let sentence = gather(text, listen).unwrap_err();
        assert!(sentence.contains(words), "{sentence}");
    };
    let more = |text: &str| format!("{WHOLE}{text}");
    says(
        &more("lisen = '127.0.0.1:1'"),
        None,
        "FILE:5: there is no setting lisen",
    );
    says(
        "origin = 'o'",
        None,
        "data is not given: say --data, FUNDTRAILD_DATA, or data in the file",
    );
    says("origin = ", None, "FILE: TOML parse error at line 1");
    says(
        &more("listen = '0.0.0.0:1'"),
        None,
        "is not a loopback address",
    );
    says(
        WHOLE,
        Some("192.168.0.1:7440"),
        "Without TLS, tokens and entries would cross the network in clear",
    );
    says(
        &more("console = 'off'"),
        None,
        "FILE:5: console: is a text, not true or false",
    );
    says(
        &more("console = 0"),
        None,
        "FILE:5: console: is a number, not true or false",
    );
    says(
        &more("[drafts]\ndays = 367"),
        None,
        "drafts.days: 367 is not 1 to 366",
    );
    says(
        &more("[limits]\nqueue = 0"),
        None,
        "limits.queue: 0 is not 1 to 65536",
    );
    says(
        &more("[limits]\nsync = false"),
        None,
        "FILE:6: there is no setting limits.sync",
    );
    says(&more("[limit]\n"), None, "FILE:5: there is no table limit");
    says(&more("limits = 5"), None, "there is no setting limits");
    says(
        &more("[limits]\nqueue = '5'"),
        None,
        "FILE:6: limits.queue: is a text",
    );
    says(
        &more("[limits]\nbatch = 1.5"),
        None,
        "FILE:6: limits.batch: is a value of type float",
    );
    says(&more("[limits]\nqueue = -1"), None, "not a whole number");
    says(&more("config = 'c'"), None, "there is no setting config");
    let missing = Flags {
        config: Some("/nowhere/node.toml".into()),
        ..Flags::default()
    };
    let Complaint(said) = Settings::gather_from(missing, Vec::new()).unwrap_err();
    assert!(said.starts_with("/nowhere/node.toml: "), "{said}");
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let file = "origin = 5\ndata = ''\nlisten = 'here'\n[limits]\nqueue = 0\nspeed = 1\n[tsl]\n[tls]\nkey = 'k'\n";
    let variables = [
        ("FUNDTRAILD_LIMITS__BATCH", "many"),
        ("FUNDTRAILD_LIMITS__REQUESTS", "501"),
        ("FUNDTRAILD_LISEN", "127.0.0.1:1"),
        ("FUNDTRAILD_WITNESS_POLICY", ""),
        ("FUNDTRAIL_LISTEN", "127.0.0.1:1"),
    ];
    let said = gather_all(file, &variables, None).unwrap_err();
    let expected = [
        "FILE:1: origin: is a number, not a text in quotes",
        "FILE:2: data: is empty",
        "log_key is not given: say --log-key, FUNDTRAILD_LOG_KEY, or log_key in the file of \
         --config",
        "tag_key is not given: say --tag-key, FUNDTRAILD_TAG_KEY, or tag_key in the file of \
         --config",
        "FUNDTRAILD_WITNESS_POLICY: is empty; unset it where it is not wanted",
        "FILE:3: listen: \"here\" is not an address and port, such as 127.0.0.1:7440",
        "tls.certificate is not given: TLS needs both files",
        "limits.queue: 0 is not 1 to 65536",
        "FUNDTRAILD_LIMITS__BATCH: \"many\" is not a whole number",
        "limits.requests: 501 is not 1 to 500",
        "FILE:6: there is no setting limits.speed",
        "FILE:7: there is no table tsl",
        "FUNDTRAILD_LISEN: there is no setting lisen",
        "FUNDTRAIL_LISTEN: the node's variables begin with FUNDTRAILD_: say FUNDTRAILD_LISTEN",
    ];
    assert_eq!(said.lines().collect::<Vec<&str>>(), expected);
}

#[test]
fn with_a_certificate_every_address_may_be_listened_on() {
    let tls = "[tls]\ncertificate = 'c.pem'\nkey = '/k.pem'\n";
    let file = format!("{WHOLE}operations_listen = '127.0.0.1:9'\n{tls}");
    let settings = gather(&file, Some("0.0.0.0:7440")).unwrap();
    let files = settings.tls.unwrap();
    assert!(files.certificate.is_absolute() && files.certificate.ends_with("c.pem"));
    assert_eq!(files.key, Path::new("/k.pem"));
    assert_eq!(settings.operations_listen, "127.0.0.1:9".parse().ok());
    let settings = gather(WHOLE, None).unwrap();
    assert_eq!((settings.tls, settings.operations_listen), (None, None));
    for (text, words) in [
        ("[tls]\ncertificate = 'c'\n", "tls.key is not given"),
        ("[tls]\nkey = 'c'\n", "tls.certificate is not given"),
        (
            "operations_listen = '0.0.0.0:9'\n[tls]\nkey = 'k'\ncertificate = 'c'\n",
            "operations_listen: 0.0.0.0:9 is not a loopback address",
        ),
    ] {
        let said = gather(&format!("{WHOLE}{text}"), None).unwrap_err();
        assert!(said.contains(words), "{said}");
    }
}

#[test]
fn a_variable_is_read_even_where_a_flag_wins() {
    let variables = [("FUNDTRAILD_LISTEN", "nowhere")];
    let said = gather_all(WHOLE, &variables, Some("127.0.0.1:1")).unwrap_err();
    assert!(said.starts_with("FUNDTRAILD_LISTEN: \"nowhere\""), "{said}");
}

#[test]
fn every_limit_has_a_name_a_range_and_zero_quotas() {
    let quotas = "key_reads = 0\nkey_submissions = 1\naddress_reads = 2\n\
        address_submissions = 10000000\ncount_loopback = true\n";
    let text = format!(
        "{WHOLE}[limits]\nconnections = 9\nlisteners = 8\nidle_seconds = 1\n\
        body_seconds = 600\nstop_seconds = 300\n{quotas}"
    );
    let limits = gather(&text, None).unwrap().limits;
    assert_eq!((limits.connections, limits.listeners), (9, 8));
    assert_eq!(
        [limits.idle, limits.body, limits.grace].map(|time| time.as_secs()),
        [1, 600, 300]
    );
    let quotas = limits.quotas;
    assert_eq!(
        [
            quotas.key_reads,
            quotas.key_submissions,
            quotas.address_reads,
            quotas.address_submissions
        ],
        [0, 1, 2, 10_000_000]
    );
    assert!(quotas.counts_loopback);
    for (line, words) in [
        ("connections = 0", "limits.connections: 0 is not 1 to 65536"),
        (
            "listeners = 384",
            "limits.listeners: 384 listeners would take all of 384 connections",
        ),
        (
            "idle_seconds = 601",
            "limits.idle_seconds: 601 is not 1 to 600",
        ),
        ("body_seconds = 0", "limits.body_seconds: 0 is not 1 to 600"),
        (
            "stop_seconds = 301",
            "limits.stop_seconds: 301 is not 1 to 300",
        ),
        (
            "key_reads = 10000001",
            "limits.key_reads: 10000001 is not 0 to 10000000",
        ),
        (
            "address_reads = 'many'",
            "FILE:6: limits.address_reads: is a text",
        ),
        (
            "count_loopback = 1",
            "FILE:6: limits.count_loopback: is a number",
        ),
    ] {
        let said = gather(&format!("{WHOLE}[limits]\n{line}\n"), None).unwrap_err();
        assert!(said.contains(words), "{said}");
    }
}
