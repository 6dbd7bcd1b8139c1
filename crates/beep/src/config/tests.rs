#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use std::{collections::BTreeSet, io::Write, path::Path};

use contracts::calls::Service;

use super::*;

pub(super) fn load(
    options: &[(&'static str, &'static str, &str)],
    environment: &[(&str, &str)],
    file: Option<&str>,
) -> Result<Loaded, String> {
    let written = file.map(|text| {
        let mut file = tempfile::Builder::new()
            .prefix("beep")
            .suffix(".toml")
            .tempfile()
            .expect("a temporary file");
        file.write_all(text.as_bytes())
            .expect("the temporary file can be written");
        file
    });
    let command_line = CommandLine {
        file: written.as_ref().map(|file| file.path().to_owned()),
        options: options
            .iter()
            .map(|(option, key, value)| (*option, *key, (*value).to_owned()))
            .collect(),
    };
    let error = |error: ConfigError| match &written {
        Some(file) => error
            .to_string()
            .replace(&file.path().display().to_string(), "beep.toml"),
        None => error.to_string(),
    };
    Config::load(&command_line, &Environment::from_pairs(environment)).map_err(error)
}

pub(super) fn problem(environment: &[(&str, &str)], file: Option<&str>) -> String {
    load(&[], environment, file)
        .map(|loaded| format!("accepted: {:?}", loaded.config))
        .unwrap_err()
}

#[test]
fn nothing_needs_to_be_set() {
    let config = load(&[], &[("HOME", "/home/ada")], None).unwrap().config;
    assert_eq!(config.general.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.general.public_url.as_str(), "http://localhost:8080");
    assert_eq!(
        config.database.url.expose(),
        "sqlite:///home/ada/.local/share/beep/beep.db"
    );
    assert_eq!(config.storage.directory, Path::new("/home/ada/.local/share/beep/files"));
    assert_eq!(config.http.body_limit_bytes, 9 * 1024 * 1024);
    assert!(config.http.trusted_proxies.is_empty());
    assert_eq!(config.telemetry.log_format, LogFormat::Json);
    assert_eq!(load(&[], &[], None).unwrap().config.general.data_dir, Path::new("data"));
    let moved = load(&[], &[("HOME", "/home/ada"), ("XDG_DATA_HOME", "/mnt")], None).unwrap();
    assert_eq!(moved.config.general.data_dir, Path::new("/mnt/beep"));
}

#[test]
fn encryption_is_whole_or_not_at_all() {
    let secret = "s".repeat(32);
    let apart = [
        ("BEEP_TARGET", "messages"),
        ("BEEP_INTERNAL__EVENTS", "nats://nats:4222"),
        ("BEEP_INTERNAL__MESSAGES_SECRET", &*secret),
    ];
    let with = |more: &[(&'static str, &'static str)]| {
        let all: Vec<(&str, &str)> = apart.iter().copied().chain(more.iter().copied()).collect();
        load(&[], &all, None).map(|loaded| loaded.config.tls_files(Encryption::Internal).is_some())
    };
    let files = [
        ("BEEP_INTERNAL__TLS_CERTIFICATE", "tls.crt"),
        ("BEEP_INTERNAL__TLS_KEY", "tls.key"),
        ("BEEP_INTERNAL__TLS_AUTHORITIES", "ca.crt"),
    ];
    let peers = [
        ("BEEP_PEERS__STORAGE", "https://storage"),
        ("BEEP_PEERS__USERS", "https://users"),
        ("BEEP_PEERS__SERVERS", "https://servers"),
    ];
    assert_eq!(with(&[]), Ok(false));
    assert_eq!(with(&[&files[..], &peers[..]].concat()), Ok(true));
    for (missing, key) in [(0, "certificate"), (1, "key"), (2, "authorities")] {
        let mut some = [&files[..], &peers[..]].concat();
        some.remove(missing);
        let error = with(&some).unwrap_err();
        assert!(error.starts_with(&format!("internal.tls_{key} ")), "{error}");
    }
    let error = with(&peers).unwrap_err();
    assert!(error.starts_with("peers.storage = https://storage:443"), "{error}");
    let error = with(&[&files[..], &peers[..2]].concat()).unwrap_err();
    assert!(error.starts_with("peers.servers = http://servers:9080"), "{error}");
}

#[test]
fn an_edge_speaks_tls_only_with_a_certificate_and_plainly_with_or_without() {
    let secret = "s".repeat(32);
    let with = |more: &[(&str, &str)]| {
        let edge = [
            ("BEEP_TARGET", "edge"),
            ("BEEP_INTERNAL__EVENTS", "nats://nats:4222"),
            ("BEEP_INTERNAL__EDGE_SECRET", &*secret),
        ];
        load(&[], &[&edge[..], more].concat(), None).map(|_| ())
    };
    let certificate = [
        ("BEEP_INTERNAL__TLS_CERTIFICATE", "tls.crt"),
        ("BEEP_INTERNAL__TLS_KEY", "tls.key"),
        ("BEEP_INTERNAL__TLS_AUTHORITIES", "ca.crt"),
        ("BEEP_PEERS__STORAGE", "https://storage"),
        ("BEEP_PEERS__USERS", "https://users"),
        ("BEEP_PEERS__SERVERS", "https://servers"),
        ("BEEP_PEERS__MESSAGES", "https://messages"),
    ];
    let secure = [("BEEP_EDGE__GATEWAY", "https://gateway")];
    assert_eq!(with(&[]), Ok(()));
    assert_eq!(with(&certificate), Ok(()));
    assert_eq!(with(&[&certificate[..], &secure[..]].concat()), Ok(()));
    let error = with(&secure).unwrap_err();
    assert!(error.starts_with("edge.gateway = https://gateway:443 "), "{error}");
}

#[test]
fn the_public_listener_needs_a_certificate_and_its_key() {
    let with = |set: &[(&str, &str)]| load(&[], set, None).map(|loaded| loaded.config);
    let (certificate, key, authorities) = (
        ("BEEP_HTTP__TLS_CERTIFICATE", "tls.crt"),
        ("BEEP_HTTP__TLS_KEY", "tls.key"),
        ("BEEP_HTTP__TLS_AUTHORITIES", "ca.crt"),
    );
    assert!(with(&[]).unwrap().tls_files(Encryption::Public).is_none());
    let config = with(&[certificate, key]).unwrap();
    let files = config.tls_files(Encryption::Public).unwrap();
    assert_eq!((files.certificate.to_str(), files.authorities), (Some("tls.crt"), None));
    assert_eq!(config.general.public_url.as_str(), "https://localhost:8080");
    let files = with(&[certificate, key, authorities])
        .unwrap()
        .tls_files(Encryption::Public);
    assert_eq!(files.unwrap().authorities.as_deref(), Some(Path::new("ca.crt")));
    for (some, missing) in [
        (vec![certificate], "key"),
        (vec![key], "certificate"),
        (vec![authorities], "certificate"),
    ] {
        let error = with(&some).unwrap_err();
        assert!(error.starts_with(&format!("http.tls_{missing} ")), "{error}");
    }
}

#[test]
fn the_command_line_wins_over_the_environment_and_that_over_the_file() {
    let file = "listen = '127.0.0.1:1'\n[database]\npool_size = 1\n[identity]\naccess_token_seconds = 100\n";
    let environment = [("BEEP_LISTEN", "127.0.0.1:2"), ("BEEP_DATABASE__POOL_SIZE", "2")];
    let loaded = load(&[("--listen", "listen", "127.0.0.1:3")], &environment, Some(file)).unwrap();
    assert_eq!(loaded.config.general.listen.port(), 3);
    assert_eq!(loaded.config.database.pool_size, 2);
    assert_eq!(loaded.config.identity.access_token_seconds, 100);
    let sources = [
        "listen",
        "database.pool_size",
        "identity.access_token_seconds",
        "gateway.max_connections",
    ]
    .map(|key| layers::source(&loaded.figment, key));
    assert_eq!(sources[0], "option --listen");
    assert_eq!(sources[1], "environment variable BEEP_DATABASE__POOL_SIZE");
    assert!(sources[2].starts_with("file "), "{}", sources[2]);
    assert_eq!(sources[3], "default");
}

#[test]
fn derived_defaults_follow_what_was_set() {
    let config = load(
        &[("--data-dir", "data_dir", "here"), ("--listen", "listen", "0.0.0.0:90")],
        &[],
        None,
    )
    .unwrap()
    .config;
    assert_eq!(config.general.public_url.as_str(), "http://localhost:90");
    assert_eq!(config.database.url.expose(), "sqlite://here/beep.db");
    assert_eq!(config.storage.directory, Path::new("here/files"));
}

#[test]
fn mail_has_a_server_and_a_sender_where_it_is_sent() {
    let url = ("BEEP_MAIL__SMTP_URL", "smtp://localhost");
    let from = ("BEEP_MAIL__FROM", "Beep <beep@example.org>");
    assert!(problem(&[url], None).starts_with("mail.from "));
    assert!(problem(&[from], None).starts_with("mail.smtp_url "));
    let config = load(&[], &[url, from], None).unwrap().config;
    assert!(config.has_mail() && config.mail_sender().unwrap().is_some());
    let config = load(&[], &[], None).unwrap().config;
    assert!(!config.has_mail() && config.mail_sender().unwrap().is_none());
    let told = problem(&[("BEEP_MAIL__SMTP_URL", "smtp://u:s3cret@mail.example"), from], None);
    assert!(told.starts_with("mail.smtp_url ") && !told.contains("s3cret"), "{told}");
    // Whom to believe is asked for with TLS alone, and must be there.
    let authorities = ("BEEP_MAIL__AUTHORITIES", "missing/ca.crt");
    assert!(problem(&[url, from, authorities], None).starts_with("mail.authorities "));
    for url in ["smtps://mail.example", "smtp://mail.example?tls=required"] {
        let set = [("BEEP_MAIL__SMTP_URL", url), from, authorities];
        let config = load(&[], &set, None).unwrap().config;
        let told = config.mail_sender().unwrap_err().to_string();
        assert!(told.starts_with("mail.authorities = missing/ca.crt: "), "{told}");
    }
}

#[test]
fn lists_come_from_text_and_from_toml() {
    let from_text = load(&[], &[("BEEP_HTTP__TRUSTED_PROXIES", "10.0.0.0/8, ::1")], None)
        .unwrap()
        .config;
    let from_toml = load(&[], &[], Some("[http]\ntrusted_proxies = ['10.0.0.0/8', '::1']"))
        .unwrap()
        .config;
    assert_eq!(from_text.http.trusted_proxies, from_toml.http.trusted_proxies);
    assert_eq!(from_text.http.trusted_proxies.len(), 2);
}

#[test]
fn the_database_has_a_short_variable_as_well() {
    let url = load(&[], &[("BEEP_DATABASE_URL", "postgres://db/beep")], None)
        .unwrap()
        .config
        .database
        .url;
    assert_eq!(url.expose(), "postgres://db/beep");
    let both = [
        ("BEEP_DATABASE_URL", "postgres://a/b"),
        ("BEEP_DATABASE__URL", "postgres://c/d"),
    ];
    assert!(problem(&both, None).contains("is set twice"));
}

#[test]
fn what_is_wrong_is_said_in_one_line_with_the_key_and_the_source() {
    for (environment, file, expected) in [
        (
            &[("BEEP_LISTEN", "8080")][..],
            None,
            "listen = \"8080\" (environment variable BEEP_LISTEN): must be an IP address and a port",
        ),
        (
            &[],
            Some("[database]\npool_size = 0"),
            "database.pool_size = 0 (file beep.toml): must be a whole number from 1 to 1000",
        ),
        (
            &[],
            Some("[database]\npool_size = 'many'"),
            "database.pool_size = \"many\" (file beep.toml): must be a whole number",
        ),
        (
            &[("BEEP_DATABASE__POOL_SIZE", "-1")],
            None,
            "database.pool_size = \"-1\" (environment variable BEEP_DATABASE__POOL_SIZE)",
        ),
        (
            &[],
            Some("[database]\npoolsize = 3"),
            "database.poolsize (file beep.toml): there is no such setting, did you mean database.pool_size?",
        ),
        (
            &[("BEEP_FLAVOUR", "mint")],
            None,
            "flavour (environment variable BEEP_FLAVOUR): there is no such setting",
        ),
        (
            &[],
            Some("http = 3"),
            "http (file beep.toml): must be a table: write [http]",
        ),
        (
            &[],
            Some("listen = "),
            "configuration file beep.toml: TOML parse error at line 1",
        ),
        (
            &[("BEEP_TELEMETRY__LOG_LEVEL", "loud")],
            None,
            "telemetry.log_level = \"loud\"",
        ),
        (
            &[("BEEP_IDENTITY__REGISTRATION_OPEN", "yes")],
            None,
            "identity.registration_open = \"yes\"",
        ),
        (
            &[("BEEP_RATE_LIMIT__BURST_PER_USER", "5")],
            None,
            "rate_limit.burst_per_user = 5 (environment variable",
        ),
        (
            &[("BEEP_GATEWAY__RESUME_WINDOW_SECONDS", "5")],
            None,
            "gateway.resume_window_seconds = 5",
        ),
        (
            &[("BEEP_PUBLIC_URL", "https://beep.example.org/chat")],
            None,
            "public_url = \"https://beep.example.org/chat\"",
        ),
    ] {
        let found = problem(environment, file);
        assert!(
            found.starts_with(expected),
            "{found:?} does not start with {expected:?}"
        );
        assert!(!found.contains('\n'), "{found:?} has several lines");
    }
    let missing = CommandLine {
        file: Some("/nowhere/beep.toml".into()),
        ..CommandLine::default()
    };
    let error = Config::load(&missing, &Environment::default()).unwrap_err().to_string();
    assert!(
        error.starts_with("configuration file /nowhere/beep.toml: No such file"),
        "{error}"
    );
}

#[test]
fn secrets_are_never_shown() {
    let wrong = problem(&[("BEEP_DATABASE_URL", "mysql://beep:s3cret@db/beep")], None);
    assert!(
        wrong.starts_with("database.url (environment variable BEEP_DATABASE_URL): must be"),
        "{wrong}"
    );
    let loaded = load(
        &[("--database-url", "database.url", "postgres://beep:s3cret@db/beep")],
        &[],
        None,
    )
    .unwrap();
    let explanation = explain(&loaded);
    assert!(explanation.contains("postgres://beep:…@db/beep"), "{explanation}");
    assert!(!format!("{explanation}{:?}", loaded.config).contains("s3cret"));
}

#[test]
fn the_explanation_says_every_setting_and_its_source() {
    let explanation = explain(&load(&[("--listen", "listen", "0.0.0.0:90")], &[], None).unwrap());
    for setting in settings() {
        assert!(explanation.contains(setting.key), "{} is missing", setting.key);
    }
    assert!(explanation.contains("option --listen"));
    assert!(explanation.contains("without encryption"));
}

#[test]
fn no_two_settings_share_a_variable() {
    let names: BTreeSet<_> = settings().iter().map(Setting::variable).collect();
    assert_eq!(names.len(), settings().len());
}

#[test]
fn the_committed_reference_is_fresh() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/configuration.md");
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == reference(),
        "docs/configuration.md differs from the settings: cargo run -p beep -- config docs > docs/configuration.md"
    );
}

#[test]
fn a_process_that_is_one_of_several_knows_how_to_reach_and_show_itself_to_the_others() {
    const SECRET: &str = "0123456789abcdef0123456789abcdef";
    let nats = ("BEEP_INTERNAL__EVENTS", "nats://beep:s3cret@nats:4222");
    let gateway = ("BEEP_TARGET", "gateway");
    let alone = problem(&[gateway], None);
    assert!(alone.contains("internal.events"), "{alone}");
    let nameless = problem(&[gateway, nats], None);
    assert!(nameless.contains("internal.gateway_secret"), "{nameless}");
    let short = problem(&[gateway, nats, ("BEEP_INTERNAL__GATEWAY_SECRET", "too-short")], None);
    assert!(
        short.contains("internal.gateway_secret") && !short.contains("too-short"),
        "{short}"
    );
    let nobody = problem(&[("BEEP_TARGET", "nobody")], None);
    assert!(nobody.contains("target"), "{nobody}");

    let loaded = load(&[], &[gateway, nats, ("BEEP_INTERNAL__GATEWAY_SECRET", SECRET)], None).unwrap();
    assert_eq!(loaded.config.services(), [Service::Gateway]);
    let shown = format!("{:?}{}", loaded.config, explain(&loaded));
    assert!(!shown.contains(SECRET) && !shown.contains("s3cret"), "{shown}");
    let issuer = load(&[], &[("BEEP_TARGET", "users,storage"), nats], None).unwrap();
    assert_eq!(issuer.config.services(), [Service::Storage, Service::Users]);
}

const S3: [(&str, &str); 4] = [
    ("BEEP_STORAGE__OBJECTS", "s3"),
    ("BEEP_STORAGE__S3__BUCKET", "files"),
    ("BEEP_STORAGE__S3__ACCESS_KEY_ID", "1234567890"),
    ("BEEP_STORAGE__S3__SECRET_ACCESS_KEY", "s3cret/+s3cret"),
];

#[test]
fn a_bucket_is_named_whole_and_its_secret_never_shown() {
    let loaded = load(&[], &S3, None).unwrap();
    let settings = loaded.config.s3.settings();
    assert_eq!((&*settings.bucket, &*settings.region), ("files", "us-east-1"));
    assert_eq!(settings.secret_access_key.expose(), "s3cret/+s3cret");
    let shown = format!("{:?}{}", loaded.config, explain(&loaded));
    assert!(
        shown.contains("in the bucket files at Amazon, in us-east-1") && !shown.contains("s3cret"),
        "{shown}"
    );
    for missing in 1..S3.len() {
        let mut some = S3.to_vec();
        let (variable, _) = some.remove(missing);
        let key = variable.trim_start_matches("BEEP_").to_lowercase().replace("__", ".");
        let error = problem(&some, None);
        assert!(error.starts_with(&format!("{key} ")), "{error}");
        assert!(error.contains("must be set, because storage.objects is s3"), "{error}");
    }
    // What is in a file is the same.
    let file = "[storage]\nobjects = 's3'\n[storage.s3]\nbucket = 'files'\nendpoint = 'http://minio:9000'\n\
                access_key_id = 'a'\nsecret_access_key = 's3cret'\nprefix = 'beep/prod/'\naddressing = 'virtual_hosted'";
    let loaded = load(&[], &[], Some(file)).unwrap();
    let settings = loaded.config.s3.settings();
    assert_eq!(settings.prefix.unwrap().as_str(), "beep/prod");
    assert_eq!(settings.addressing, platform::objects::Addressing::VirtualHosted);
    let explanation = explain(&loaded);
    assert!(
        explanation.contains("in the bucket files at http://minio:9000"),
        "{explanation}"
    );
    assert!(
        explanation.contains("storage.s3.endpoint is not https"),
        "{explanation}"
    );
}

#[test]
fn a_bucket_that_cannot_be_is_refused_with_its_key() {
    for (variable, value, key) in [
        ("BEEP_STORAGE__OBJECTS", "S4", "storage.objects = \"S4\""),
        (
            "BEEP_STORAGE__S3__ENDPOINT",
            "minio:9000",
            "storage.s3.endpoint = \"minio:9000\"",
        ),
        (
            "BEEP_STORAGE__S3__ENDPOINT",
            "http://minio/files",
            "storage.s3.endpoint = ",
        ),
        (
            "BEEP_STORAGE__S3__ENDPOINT",
            "http://ada:secret@minio",
            "storage.s3.endpoint = ",
        ),
        ("BEEP_STORAGE__S3__BUCKET", "a/b", "storage.s3.bucket = \"a/b\""),
        ("BEEP_STORAGE__S3__PREFIX", "../up", "storage.s3.prefix = \"../up\""),
        (
            "BEEP_STORAGE__S3__ADDRESSING",
            "host",
            "storage.s3.addressing = \"host\"",
        ),
        (
            "BEEP_STORAGE__ATTACHMENT_BYTES",
            "68719476737",
            "storage.attachment_bytes = 68719476737",
        ),
    ] {
        let mut all = S3.to_vec();
        all.retain(|(name, _)| *name != variable);
        all.push((variable, value));
        let error = problem(&all, None);
        assert!(error.starts_with(key), "{error}");
        assert!(!error.contains("s3cret"), "{error}");
    }
    // A file may be as large as ever where there is no bucket, and a bucket is nothing to who has no files.
    assert!(load(&[], &[("BEEP_STORAGE__ATTACHMENT_BYTES", "68719476737")], None).is_ok());
    let secret = "s".repeat(32);
    let apart = [
        ("BEEP_STORAGE__OBJECTS", "s3"),
        ("BEEP_TARGET", "messages"),
        ("BEEP_INTERNAL__EVENTS", "nats://nats:4222"),
        ("BEEP_INTERNAL__MESSAGES_SECRET", &*secret),
    ];
    assert!(load(&[], &apart, None).is_ok());
}
