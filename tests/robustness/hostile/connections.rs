//! Connections that say nothing, or say it slowly, in great numbers.

use std::fs;
use std::io::Write as _;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use fundtrail_tests::soak;

use super::victim::{Victim, rest};

/// What slow clients may make the node grow by, in bytes.
const MORE: u64 = 64 * 1024 * 1024;
/// What one open connection may take, in bytes: the buffer of its head and what a task needs.
const PER_CONNECTION: u64 = 24 * 1024;
/// Files that this process and the node have open besides connections.
const OTHER_FILES: usize = 700;

/// Heads and bodies that come byte by byte: nobody else waits for them, they are given up in
/// the end, and nothing of them is recorded.
#[test]
fn who_is_slow_holds_up_nobody() {
    let victim = Victim::start("[limits]\nidle_seconds = 2\nbody_seconds = 2");
    let body = super::floods::transfer("t-slow", "2022-01-10");
    let head = format!(
        "POST /v1/transactions HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let count = 100;
    let mut heads: Vec<TcpStream> = (0..count).map(|_| victim.connect()).collect();
    let mut bodies: Vec<TcpStream> = (0..count).map(|_| victim.connect()).collect();
    let mut chunks: Vec<TcpStream> = (0..count / 2).map(|_| victim.connect()).collect();
    for stream in &mut bodies {
        stream.write_all(head.as_bytes()).unwrap();
    }
    for stream in &mut chunks {
        let head =
            "POST /v1/transactions HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n";
        stream.write_all(head.as_bytes()).unwrap();
    }
    let began = Instant::now();
    let (mut at, mut slowest) = (0, Duration::ZERO);
    // Longer than a head may take; a body that comes on is not given up.
    while began.elapsed() < Duration::from_secs(5) {
        for stream in &mut heads {
            let _ = stream.write_all(if at == 0 {
                b"GET / HTTP/1.1\r\nx: y"
            } else {
                b"y"
            });
        }
        for stream in &mut bodies {
            let _ = stream.write_all(body.get(at..=at).unwrap_or_default());
        }
        for stream in &mut chunks {
            let _ = stream.write_all(b"1\r\n{\r\n");
        }
        at += 1;
        let asked = Instant::now();
        victim.is_well("slow clients", MORE);
        slowest = slowest.max(asked.elapsed());
        std::thread::sleep(Duration::from_millis(100));
    }
    for stream in &mut heads {
        stream
            .set_read_timeout(Some(Duration::from_secs(10)))
            .unwrap();
        let answer = rest(stream);
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1.1 408 "),
            "{answer}"
        );
    }
    // The bodies stop here, and are told so or cut.
    for stream in bodies.iter_mut().chain(&mut chunks) {
        let answer = rest(stream);
        assert!(!answer.starts_with("HTTP/1.1 2"), "{answer}");
    }
    victim.is_well("they were given up", MORE);
    println!(
        "slow clients: {} at once, {at} bytes each; others waited {} ms at most",
        2 * count + count / 2,
        slowest.as_millis()
    );
}

/// Thousands of connections stay open at once, half of them in the middle of a head.
#[test]
fn thousands_of_idle_connections_are_held() {
    let wanted = soak::choose(2_000, 10_000);
    let may_open = open_files_max().unwrap_or(usize::MAX);
    let count = wanted.min(may_open.saturating_sub(OTHER_FILES));
    if count < wanted {
        println!("this machine lets a process open {may_open} files: {count} connections");
    }
    let configuration = format!("[limits]\nconnections = {}\nidle_seconds = 600", count + 64);
    let victim = Victim::start(&configuration);
    let mut open: Vec<TcpStream> = Vec::with_capacity(count);
    let began = Instant::now();
    for number in 0..count {
        let mut stream = victim.connect();
        if number % 2 == 0 {
            stream
                .write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\n")
                .unwrap();
        }
        open.push(stream);
        if number % 1_000 == 0 {
            victim.is_well("idle connections", u64::MAX);
        }
    }
    let took = began.elapsed();
    victim.is_well("all of them are open", MORE + count as u64 * PER_CONNECTION);
    let held = victim.grown_mib();
    // Every one that was kept waiting is served when it goes on; none was closed.
    let mut served = 0;
    for (number, stream) in open.iter_mut().enumerate() {
        let rest_of_head: &[u8] = if number % 2 == 0 {
            b"connection: close\r\n\r\n"
        } else {
            b"GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"
        };
        let _ = stream.write_all(rest_of_head);
        served += usize::from(rest(stream).starts_with("HTTP/1.1 200 "));
    }
    drop(open);
    victim.is_well("all of them went on", MORE + count as u64 * PER_CONNECTION);
    println!(
        "idle connections: {count} opened in {} ms, {held} MiB more, {served} served afterwards",
        took.as_millis()
    );
    assert_eq!(served, count);
}

/// More than the node has room for: it is others it answers, not those that are silent.
#[test]
fn more_idle_connections_than_there_is_room_for() {
    let victim = Victim::start("");
    let count = soak::choose(2_000, 10_000);
    let may_open = open_files_max().unwrap_or(usize::MAX);
    let count = count.min(may_open.saturating_sub(OTHER_FILES));
    let mut open: Vec<TcpStream> = Vec::with_capacity(count);
    for number in 0..count {
        let mut stream = victim.connect();
        if number % 2 == 0 {
            let _ = stream.write_all(b"GET /heal");
        }
        open.push(stream);
        if number % 500 == 0 {
            victim.is_well("more than there is room for", MORE);
        }
    }
    victim.is_well("many more than there is room for", MORE);
    println!(
        "idle connections beyond the bound: {count}, {} MiB more",
        victim.grown_mib()
    );
    drop(open);
    victim.is_well("they are gone", MORE);
}

/// How many files this process may have open, where the system says so.
fn open_files_max() -> Option<usize> {
    let limits = fs::read_to_string("/proc/self/limits").ok()?;
    let mut lines = limits.lines();
    let line = lines.find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}
