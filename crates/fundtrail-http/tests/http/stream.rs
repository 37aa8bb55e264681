//! A client of server-sent events.

use std::io::{BufRead, BufReader};
use std::time::Duration;

use serde_json::Value;
use ureq::{Agent, BodyReader};

use crate::client::{Reply, Server};

/// A stream of events that is read as it comes.
pub(crate) struct Stream {
    pub(crate) headers: ureq::http::HeaderMap,
    lines: BufReader<BodyReader<'static>>,
}

/// What a stream says.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Heard {
    /// An entry: the event's id, and what it says.
    Entry(u64, Value),
    /// Nothing happened.
    Beat,
    /// When to come again, in milliseconds.
    Retry(u64),
}

impl Stream {
    /// Listens; or the answer, where it is no stream. `last` are values of `Last-Event-ID`.
    pub(crate) fn open(
        server: &Server,
        query: &str,
        last: &[&str],
        token: &str,
    ) -> Result<Stream, Box<Reply>> {
        let agent: Agent = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(30)))
            .build()
            .into();
        let url = format!("http://{}/v1/events{query}", server.address);
        let mut request = agent
            .get(url)
            .header("authorization", format!("Bearer {token}"))
            .header("accept-encoding", "gzip");
        for last in last {
            request = request.header("last-event-id", *last);
        }
        let response = request.call();
        if response
            .as_ref()
            .is_ok_and(|response| response.status() != 200)
        {
            return Err(Box::new(Reply::of(response)));
        }
        let (head, body) = response.unwrap().into_parts();
        Ok(Stream {
            headers: head.headers,
            lines: BufReader::new(body.into_reader()),
        })
    }

    /// The next thing said; nothing at the end.
    pub(crate) fn hear(&mut self) -> Option<Heard> {
        let (mut id, mut name, mut data) = (None, None, None);
        loop {
            let mut line = String::new();
            if self.lines.read_line(&mut line).unwrap() == 0 {
                assert_eq!((id, name, data), (None, None, None), "cut in an event");
                return None;
            }
            let line = line.strip_suffix('\n').unwrap();
            let (field, value) = line.split_once(':').unwrap_or((line, ""));
            let value = value.strip_prefix(' ').unwrap_or(value).to_owned();
            let empty = match field {
                "id" => id.replace(value),
                "event" => name.replace(value),
                "data" => data.replace(value),
                "retry" => {
                    assert_eq!(self.blank(), "");
                    return Some(Heard::Retry(value.parse().unwrap()));
                }
                "" if line.starts_with(':') => {
                    assert_eq!(self.blank(), "");
                    return Some(Heard::Beat);
                }
                "" => {
                    assert_eq!(name.as_deref(), Some("entry"));
                    let value = serde_json::from_str(&data.unwrap()).unwrap();
                    return Some(Heard::Entry(id.unwrap().parse().unwrap(), value));
                }
                other => panic!("a field {other:?}"),
            };
            assert_eq!(empty, None, "{field} twice");
        }
    }

    fn blank(&mut self) -> String {
        let mut line = String::new();
        self.lines.read_line(&mut line).unwrap();
        line.trim_end_matches('\n').to_owned()
    }

    /// The next entry, whatever is said before; nothing at the end.
    pub(crate) fn entry(&mut self) -> Option<(u64, Value)> {
        loop {
            if let Heard::Entry(id, value) = self.hear()? {
                return Some((id, value));
            }
        }
    }

    /// So many entries' ids.
    pub(crate) fn ids(&mut self, count: usize) -> Vec<u64> {
        (0..count).map(|_| self.entry().unwrap().0).collect()
    }

    /// The ids of entries until nothing comes twice in turn.
    pub(crate) fn ids_until_quiet(&mut self) -> Vec<u64> {
        let (mut ids, mut quiet) = (Vec::new(), 0);
        while quiet < 2 {
            match self.hear().unwrap() {
                Heard::Entry(id, _) => {
                    ids.push(id);
                    quiet = 0;
                }
                Heard::Beat => quiet += 1,
                Heard::Retry(_) => {}
            }
        }
        ids
    }
}
