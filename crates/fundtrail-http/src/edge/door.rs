//! The door: every connection passes it before anything of it is read.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum_server::accept::Accept;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tower_http::add_extension::AddExtension;

use super::connections::{Connections, Line};
use super::finish::refusal;
use super::stream::Watched;

/// Connections that are told at a time that there is no room; others are dropped untold.
const TOLD_MAX: usize = 32;
/// How long one is given to take that answer.
const TELLING: Duration = Duration::from_secs(1);
/// What is read of its request meanwhile, in bytes: closing over unread bytes would take
/// the answer away.
const HEARD_MAX: usize = 64 * 1024;

/// Lets connections in while there is room.
#[derive(Clone)]
pub(crate) struct Door {
    pub(crate) connections: Arc<Connections>,
    /// How long a client may take none of an answer.
    pub(crate) patience: Duration,
    /// Whether an answer in clear would be understood.
    pub(crate) is_plain: bool,
    telling: Arc<Semaphore>,
}

impl Door {
    pub(crate) fn new(connections: Arc<Connections>, patience: Duration, is_plain: bool) -> Door {
        Door {
            connections,
            patience,
            is_plain,
            telling: Arc::new(Semaphore::new(TOLD_MAX)),
        }
    }

    /// Says that there is no room, if that can be said.
    async fn turn_away(&self, mut stream: TcpStream) {
        let Ok(_permit) = self.telling.try_acquire() else {
            return;
        };
        if !self.is_plain {
            return;
        }
        let tell = async {
            stream.write_all(&refusal()).await?;
            stream.shutdown().await?;
            let (mut heard, mut buffer) = (0, [0; 4096]);
            while heard < HEARD_MAX {
                match stream.read(&mut buffer).await? {
                    0 => break,
                    count => heard += count,
                }
            }
            io::Result::Ok(())
        };
        // Whoever does not take it goes without.
        let _ = tokio::time::timeout(TELLING, tell).await;
    }
}

impl<S: Send + 'static> Accept<TcpStream, S> for Door {
    type Stream = Watched;
    type Service = AddExtension<S, Arc<Line>>;
    type Future = Pin<Box<dyn Future<Output = io::Result<(Self::Stream, Self::Service)>> + Send>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let door = self.clone();
        Box::pin(async move {
            // Answers are small and waited for: send them at once.
            stream.set_nodelay(true)?;
            let Some(place) = door.connections.enter() else {
                door.turn_away(stream).await;
                return Err(io::Error::other("too many connections"));
            };
            let service = AddExtension::new(service, place.line());
            Ok((Watched::new(stream, place, door.patience), service))
        })
    }
}
