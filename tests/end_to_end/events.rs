//! Somebody who listens to the real node, is cut off, comes again, and misses nothing.

use std::io::{BufRead, BufReader, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use fundtrail_tests::{READY, Scratch};
use serde_json::Value;

/// A stream of events over a plain connection.
struct Stream(BufReader<TcpStream>);

impl Stream {
    /// Listens from the entry after `last`, or from the first.
    fn open(url: &str, token: &str, last: Option<u64>) -> Stream {
        let address = url.strip_prefix("http://").unwrap();
        let mut connection = TcpStream::connect(address).unwrap();
        let patience = Some(Duration::from_secs(30));
        connection.set_read_timeout(patience).unwrap();
        let last = last.map_or(String::new(), |last| format!("Last-Event-ID: {last}\r\n"));
        let request = format!(
            "GET /v1/events?from=0 HTTP/1.1\r\nHost: {address}\r\n\
             Authorization: Bearer {token}\r\n{last}\r\n"
        );
        connection.write_all(request.as_bytes()).unwrap();
        let mut stream = Stream(BufReader::new(connection));
        assert_eq!(stream.line().as_deref(), Some("HTTP/1.1 200 OK"));
        stream
    }

    /// A line; nothing at the end. The sizes of chunks are lines of their own.
    fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        let read = self.0.read_line(&mut line).unwrap();
        (read > 0).then(|| line.trim_end().to_owned())
    }

    /// The next entry's index, once its line of data has come too; nothing at the end.
    fn index(&mut self) -> Option<u64> {
        let mut id = None;
        loop {
            let line = self.line()?;
            if let Some(found) = line.strip_prefix("id: ") {
                id = Some(found.parse().unwrap());
            } else if let Some(data) = line.strip_prefix("data: ") {
                let data: Value = serde_json::from_str(data).unwrap();
                assert_eq!(data["index"].as_u64(), id, "{data}");
                return id;
            }
        }
    }
}

#[test]
fn who_is_cut_off_again_and_again_misses_nothing() {
    let mut scratch = Scratch::start();
    let token = scratch.token();
    let mut heard = Vec::new();
    std::thread::scope(|scope| {
        let playing = scope.spawn(|| scratch.play(READY));
        // The reader's key is enrolled by the first entry.
        let until = Instant::now() + Duration::from_secs(30);
        let reader = || scratch.client().get("/v1/reader", "application/json");
        while reader().unwrap().0 != 200 {
            assert!(Instant::now() < until, "no genesis");
        }
        // Cut off after one, two and three entries, in turn.
        for round in 0..6 {
            let mut stream = Stream::open(&scratch.node.url, &token, heard.last().copied());
            heard.extend((0..round % 3 + 1).map(|_| stream.index().unwrap()));
        }
        playing.join().unwrap();
    });
    let size = |scratch: &Scratch| {
        let (status, text) = scratch
            .client()
            .get("/v1/fund", "application/json")
            .unwrap();
        assert_eq!(status, 200, "{text}");
        let fund: Value = serde_json::from_str(&text).unwrap();
        fund["size"].as_u64().unwrap()
    };
    // Killed, and started over the same directory: the stream goes on where it was.
    let cut = Stream::open(&scratch.node.url, &token, heard.last().copied());
    scratch.restart();
    drop(cut);
    let mut stream = Stream::open(&scratch.node.url, &token, heard.last().copied());
    let size = size(&scratch);
    assert!(size > 12, "{size}");
    while (heard.len() as u64) < size {
        heard.push(stream.index().unwrap());
    }
    assert_eq!(heard, (0..size).collect::<Vec<_>>());

    // Told to stop, the node ends streams and does not wait for who listens.
    let began = Instant::now();
    assert!(scratch.node.stop().unwrap().success());
    assert!(
        began.elapsed() < Duration::from_secs(10),
        "{:?}",
        began.elapsed()
    );
    assert_eq!(stream.index(), None);
}
