#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]
use serde_json::Value;

use super::*;
use crate::telemetry::{LogFormat, SpanId, TelemetrySettings, TraceId, captured::Captured, start::subscriber};

fn logged(format: LogFormat, log: impl FnOnce()) -> String {
    let (captured, _recording) = Captured::record(format);
    log();
    captured.text()
}

#[test]
fn every_line_is_one_json_object() {
    let text = logged(LogFormat::Json, || {
        tracing::info!(
            kind = "access",
            status = 200,
            ok = true,
            ms = 1.5,
            nan = f64::NAN,
            text = "a\"b\\c\nd\u{7f}é",
            "done"
        );
        tracing::debug!("below the level");
        tracing::error!(reason = ?Some(1), r#type = %"x", "failed");
    });
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2, "{text}");
    let first = &lines[0];
    assert_eq!(
        (&first["service"], &first["kind"], &first["level"]),
        (&"be\"ep".into(), &"access".into(), &"INFO".into())
    );
    assert_eq!(
        (&first["status"], &first["ok"], &first["ms"]),
        (&200.into(), &true.into(), &1.5.into())
    );
    assert_eq!(
        (&first["nan"], &first["text"]),
        (&Value::Null, &"a\"b\\c\nd\u{7f}é".into())
    );
    assert_eq!((&first["message"], first.get("trace_id")), (&"done".into(), None));
    assert_eq!(
        (&lines[1]["kind"], &lines[1]["reason"], &lines[1]["type"]),
        (&"error".into(), &"Some(1)".into(), &"x".into())
    );
}

#[tokio::test]
async fn lines_carry_the_ids_of_their_request() {
    let context = RequestContext::new(TraceId::new([10; 16]), SpanId::new([2; 8]), "request-1".into());
    let text = context
        .scope(async { logged(LogFormat::Json, || tracing::info!("x")) })
        .await;
    let line: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        (&line["trace_id"], &line["request_id"]),
        (&"0a".repeat(16).into(), &"request-1".into())
    );
    assert_eq!(line["kind"], "application");
}

#[test]
fn text_for_people() {
    let text = logged(LogFormat::Text, || tracing::info!(status = 200, "done"));
    assert!(
        text.contains("done") && text.contains("status=200") && !text.starts_with('{'),
        "{text}"
    );
}

#[test]
fn a_wrong_level_is_told() {
    let settings = TelemetrySettings {
        level: "loud=loud=loud".into(),
        format: LogFormat::Json,
        service: "x".into(),
    };
    assert!(subscriber(&settings, std::io::sink).is_err());
}
