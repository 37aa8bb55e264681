//! A node that says what it is told to say, for one test.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

/// What was asked of the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    /// Method and path.
    pub(crate) line: String,
    pub(crate) body: Vec<u8>,
}

/// An answer: status, more header lines, body.
pub(crate) type Said = (u16, &'static str, Vec<u8>);

/// A server on a port of its own, ended when it is dropped.
pub(crate) struct Server {
    pub(crate) url: String,
    asked: Receiver<Asked>,
    address: std::net::SocketAddr,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Answers every request with `answer`.
    pub(crate) fn new(answer: impl FnMut(&Asked) -> Said + Send + 'static) -> Server {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, asked) = channel();
        let thread = Some(std::thread::spawn(move || {
            serve(&listener, answer, &sender)
        }));
        Server {
            url: format!("http://{address}"),
            asked,
            address,
            thread,
        }
    }

    /// Everything asked so far.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.try_iter().collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // A connection without a request is the signal to end.
        drop(TcpStream::connect(self.address));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn serve(listener: &TcpListener, mut answer: impl FnMut(&Asked) -> Said, sender: &Sender<Asked>) {
    for stream in listener.incoming() {
        let mut stream = stream.unwrap();
        let Some(asked) = read(&stream) else { return };
        let (status, headers, body) = answer(&asked);
        let _ = sender.send(asked);
        let head = format!(
            "HTTP/1.1 {status} X\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(&body).unwrap();
    }
}

fn read(stream: &TcpStream) -> Option<Asked> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
    let mut length = 0;
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).unwrap();
        let header = header.trim_end().to_ascii_lowercase();
        if header.is_empty() {
            break;
        }
        if let Some(value) = header.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let line = line.trim_end().trim_end_matches(" HTTP/1.1").to_string();
    Some(Asked { line, body })
}
