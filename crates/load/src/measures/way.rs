//! Where the time of a message goes between services, from the traces.

use std::time::Duration;

use anyhow::ensure;
use load::collector::{Span, Traces};

use crate::{
    latency::Latencies,
    report::{Report, number},
};

const SENDING: &str = "POST /api/v1/servers/{server_id}/channels/{channel_id}/messages";

/// Parts of the way of a message, in their order.
const PARTS: [&str; 8] = [
    "edge to messages",
    "read and allowed",
    "waiting for a group",
    "written",
    "of it, the commit",
    "NATS to a gateway",
    "handed on to its sessions",
    "written into the journal",
];

/// Tells how long each part of the way took, and how often a service asked another on it.
pub(crate) fn report(traces: &Traces, messages: u64, report: &mut Report) -> anyhow::Result<()> {
    let mut parts: Vec<Latencies> = PARTS.iter().map(|_| Latencies::new()).collect::<Result<_, _>>()?;
    let mut ways: Vec<(Way<'_>, &[Span])> = traces
        .values()
        .filter_map(|spans| Some((Way::of(spans)?, &**spans)))
        .collect();
    // What services remember of each other, they have learnt when the first messages were sent.
    ways.sort_by_key(|(way, _)| way.edge.begun);
    let warm = ways.len() / 10;
    let calls_of = |spans: &[Span]| spans.iter().filter(|span| span.name.starts_with("beep.")).count();
    let calls: usize = ways.iter().skip(warm).map(|(_, spans)| calls_of(spans)).sum();
    for (way, _) in &ways {
        way.add_to(&mut parts);
    }
    let ways = u64::try_from(ways.len())?;
    ensure!(ways * 10 >= messages * 9, "{ways} traces of {messages} messages");
    for (name, latencies) in PARTS.iter().zip(&parts) {
        report.add_latencies(name, "services apart", latencies);
    }
    report.add(
        "calls between services after the first tenth",
        "services apart",
        number(u64::try_from(calls)?),
        "",
    );
    Ok(())
}

/// The spans of one message.
struct Way<'a> {
    edge: &'a Span,
    messages: &'a Span,
    storing: &'a Span,
    writing: &'a Span,
    commit: &'a Span,
    /// What each gateway did with it.
    handed_on: Vec<&'a Span>,
    journals: Vec<&'a Span>,
}

impl<'a> Way<'a> {
    /// `None` for the trace of something else, or of a message whose group others began.
    fn of(spans: &'a [Span]) -> Option<Self> {
        let all = |service: &'static str, name: &'static str| {
            spans
                .iter()
                .filter(move |span| &*span.service == service && span.name == name)
        };
        let one = |service, name| all(service, name).next();
        Some(Self {
            edge: spans
                .iter()
                .find(|span| &*span.service == "edge" && span.name.starts_with("POST "))?,
            messages: one("messages", SENDING)?,
            storing: one("messages", "store message")?,
            writing: one("messages", "write group")?,
            commit: one("messages", "commit")?,
            handed_on: all("gateway", "message.created").collect(),
            journals: all("gateway", "write journal").collect(),
        })
    }

    fn add_to(&self, parts: &mut [Latencies]) {
        let between = |from: u64, to: u64| Duration::from_nanos(to.saturating_sub(from));
        let length = |span: &Span| between(span.begun, span.ended);
        let [edge, read, waited, written, commit, nats, handed_on, journal] = parts else {
            return;
        };
        edge.add(between(self.edge.begun, self.messages.begun));
        read.add(between(self.messages.begun, self.storing.begun));
        waited.add(between(self.storing.begun, self.writing.begun));
        written.add(between(self.writing.begun, self.commit.ended));
        commit.add(length(self.commit));
        for span in &self.handed_on {
            nats.add(between(self.commit.ended, span.begun));
            handed_on.add(length(span));
        }
        for span in &self.journals {
            journal.add(length(span));
        }
    }
}
