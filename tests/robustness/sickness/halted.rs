//! A ledger that a witness halted, on a machine that then fails: it stays halted.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering::SeqCst};

use fundtrail_model::key::SigningKey;
use fundtrail_model::note::{SignatureType, VerifierKey};

use super::patient::Patient;

/// A witness that gives one answer at a time, without a body, to all that it is asked.
struct Mute {
    address: SocketAddr,
    status: Arc<AtomicU16>,
}

impl Mute {
    fn saying(status: u16) -> Mute {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let status = Arc::new(AtomicU16::new(status));
        let now = Arc::clone(&status);
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                take(&mut stream);
                let status = now.load(SeqCst);
                let _ = write!(
                    stream,
                    "HTTP/1.1 {status} So\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                );
            }
        });
        Mute { address, status }
    }

    fn says(&self, status: u16) {
        self.status.store(status, SeqCst);
    }
}

/// Takes a request with its body, or what there is of it.
fn take(stream: &mut TcpStream) {
    let (mut taken, mut piece) = (Vec::new(), [0; 4096]);
    while let Ok(length @ 1..) = stream.read(&mut piece) {
        taken.extend_from_slice(&piece[..length]);
        let text = String::from_utf8_lossy(&taken).to_lowercase();
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let mut lengths = head
            .lines()
            .filter_map(|line| line.strip_prefix("content-length: "));
        let whole: usize = lengths.next().unwrap().parse().unwrap();
        if body.len() >= whole {
            return;
        }
    }
}

#[test]
fn what_a_witness_said_holds_after_the_storage_failed() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("node");
    let mut patient = Patient::found(&data, "");
    patient.record();
    let witness = Mute::saying(503);
    let public = SigningKey::from_seed(&[7; 32]).public();
    let key = VerifierKey::new("mute.example", SignatureType::Cosignature, public).unwrap();
    let policy = format!(
        "log {}\nwitness w {key} http://{}\nquorum none\n",
        patient.node.log_key().unwrap(),
        witness.address
    );
    let path = folder.path().join("policy");
    fs::write(&path, policy).unwrap();
    let lines = format!("export FUNDTRAILD_WITNESS_POLICY='{}'", path.display());
    patient.restart(&lines).unwrap();
    patient.await_ready(200, "");
    witness.says(422);
    patient.await_ready(503, "DIFFERS_FROM_KNOWN");
    patient.refused("DIFFERS_FROM_KNOWN");

    // It does not say it again, and the ledger is opened again: what is kept beside the log
    // is still written.
    witness.says(503);
    let failing = patient.tamper("fsync,fdatasync", "error=EIO");
    let draft = patient.draft();
    assert_eq!(draft, (500, "FAULT".to_owned()));
    patient.await_ready(503, "STORAGE_FAILED");
    drop(failing);
    patient.await_ready(503, "DIFFERS_FROM_KNOWN");
    assert!(patient.log().contains("the ledger is served again"));
    patient.refused("DIFFERS_FROM_KNOWN");

    // Somebody starts it again.
    patient.restart(&lines).unwrap();
    patient.await_ready(200, "");
    patient.record();
    patient.check_receipts();
}
