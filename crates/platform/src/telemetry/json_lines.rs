//! Log events as JSON, one per line: `timestamp`, `level`, `service`, `kind`, `target`, `message`, the event's own fields,
//! and the ids of the request or the trace that the task works for.

use std::fmt::{self, Write};

use tracing::{
    Event, Level, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{
    fmt::{FmtContext, FormatEvent, FormatFields, format::Writer},
    registry::LookupSpan,
};

use super::RequestContext;
use crate::clock::Clock;

/// Formats events for one service.
pub(super) struct JsonLines {
    /// The service's name as a JSON string.
    service: String,
    clock: Clock,
}

impl JsonLines {
    pub(super) fn new(service: &str) -> Self {
        let mut quoted = String::new();
        // Writing to a string does not fail.
        let _ = write_string(&mut quoted, service);
        Self {
            service: quoted,
            clock: Clock::system(),
        }
    }
}

impl<S, N> FormatEvent<S, N> for JsonLines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, _: &FmtContext<'_, S, N>, mut out: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let metadata = event.metadata();
        let (now, level, service) = (self.clock.now(), metadata.level(), &self.service);
        write!(
            out,
            r#"{{"timestamp":"{now}","level":"{level}","service":{service},"target":"#
        )?;
        write_string(&mut out, metadata.target())?;
        let mut fields = Fields {
            out: &mut out,
            has_kind: false,
            result: Ok(()),
        };
        event.record(&mut fields);
        let has_kind = fields.has_kind;
        fields.result?;
        if !has_kind {
            let kind = if *level == Level::ERROR { "error" } else { "application" };
            write!(out, r#","kind":"{kind}""#)?;
        }
        RequestContext::current(|context| {
            write!(out, r#","trace_id":"{}""#, context.trace_id)?;
            if context.request_id.is_empty() {
                return Ok(());
            }
            out.write_str(r#","request_id":"#)?;
            write_string(&mut out, &context.request_id)
        })
        .unwrap_or(Ok(()))?;
        out.write_str("}\n")
    }
}

/// Writes each field of an event as `,"name":value`.
struct Fields<'a, W> {
    out: &'a mut W,
    has_kind: bool,
    result: fmt::Result,
}

impl<W: Write> Fields<'_, W> {
    fn raw(&mut self, field: &Field, value: fmt::Arguments<'_>) {
        self.result = self.result.and_then(|()| {
            self.name(field)?;
            self.out.write_fmt(value)
        });
    }

    fn text(&mut self, field: &Field, value: &str) {
        self.has_kind |= field.name() == "kind";
        self.result = self.result.and_then(|()| {
            self.name(field)?;
            write_string(self.out, value)
        });
    }

    fn name(&mut self, field: &Field) -> fmt::Result {
        self.out.write_char(',')?;
        write_string(self.out, field.name().trim_start_matches("r#"))?;
        self.out.write_char(':')
    }
}

impl<W: Write> Visit for Fields<'_, W> {
    fn record_i64(&mut self, field: &Field, value: i64) {
        self.raw(field, format_args!("{value}"));
    }
    fn record_u64(&mut self, field: &Field, value: u64) {
        self.raw(field, format_args!("{value}"));
    }
    fn record_bool(&mut self, field: &Field, value: bool) {
        self.raw(field, format_args!("{value}"));
    }
    fn record_f64(&mut self, field: &Field, value: f64) {
        if value.is_finite() {
            self.raw(field, format_args!("{value}"));
        } else {
            self.raw(field, format_args!("null"));
        }
    }
    fn record_str(&mut self, field: &Field, value: &str) {
        self.text(field, value);
    }
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.text(field, &format!("{value:?}"));
    }
}

/// Writes a JSON string: quotes, backslashes and control characters are escaped.
fn write_string(out: &mut impl Write, text: &str) -> fmt::Result {
    out.write_char('"')?;
    let mut plain = 0;
    for (at, byte) in text
        .bytes()
        .enumerate()
        .filter(|(_, byte)| *byte < 0x20 || matches!(*byte, b'"' | b'\\' | 0x7f))
    {
        out.write_str(&text[plain..at])?;
        match byte {
            b'"' | b'\\' => write!(out, "\\{}", char::from(byte))?,
            _ => write!(out, "\\u{byte:04x}")?,
        }
        plain = at + 1;
    }
    out.write_str(&text[plain..])?;
    out.write_char('"')
}

#[cfg(test)]
#[path = "json_lines_tests.rs"]
mod tests;
