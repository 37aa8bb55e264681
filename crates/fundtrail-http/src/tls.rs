//! A certificate with its key, for TLS (1.2 and 1.3, by rustls) beyond the machine.
//!
//! Both are checked before anything listens. What does not finish its handshake in time, or
//! speaks no TLS, is dropped without an answer. Absent on purpose: client certificates
//! (readers show tokens), HTTP/2, and plain HTTP on the same port.

use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

#[cfg(test)]
mod tests;

/// The only protocol spoken inside (RFC 7301).
const ALPN: &[u8] = b"http/1.1";
/// How long a handshake may take.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

/// A certificate chain with its key.
#[derive(Clone, Debug)]
pub struct Tls {
    pub(crate) config: Arc<ServerConfig>,
    pub(crate) handshake_timeout: Duration,
}

/// Why a certificate and a key are not served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TlsError {
    /// No certificate, or something else, in PEM.
    Certificate(String),
    /// No private key, or an encrypted one, in PEM.
    Key(String),
    /// The key is not the certificate's, or neither is of a sort that is served.
    Pair(String),
}

impl TlsError {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            TlsError::Certificate(_) => "TLS_CERTIFICATE",
            TlsError::Key(_) => "TLS_KEY",
            TlsError::Pair(_) => "TLS_PAIR",
        }
    }
}

impl std::fmt::Display for TlsError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (TlsError::Certificate(why) | TlsError::Key(why) | TlsError::Pair(why)) = self;
        write!(f, "{}: {why}", self.code())
    }
}

impl std::error::Error for TlsError {}

impl Tls {
    /// From the chain in PEM, the server's own certificate first, and its key in PEM
    /// (PKCS#8, PKCS#1 or SEC1, not encrypted).
    ///
    /// # Errors
    /// [`TlsError`]: what cannot be read, or does not belong together.
    pub fn from_pem(chain: &[u8], key: &[u8]) -> Result<Tls, TlsError> {
        let unreadable = |error: &dyn std::fmt::Display| TlsError::Certificate(error.to_string());
        let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(chain)
            .collect::<Result<_, _>>()
            .map_err(|error| unreadable(&error))?;
        if chain.is_empty() {
            return Err(unreadable(&"there is no certificate in the PEM"));
        }
        // Nothing of a key goes into a message: the library's say what was expected only.
        let key = PrivateKeyDer::from_pem_slice(key)
            .map_err(|_| TlsError::Key("there is no unencrypted private key in the PEM".into()))?;
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| TlsError::Pair(error.to_string()))?
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .map_err(|error| TlsError::Pair(error.to_string()))?;
        config.alpn_protocols = vec![ALPN.to_vec()];
        Ok(Tls {
            config: Arc::new(config),
            handshake_timeout: HANDSHAKE_TIMEOUT,
        })
    }

    /// The same with another bound on the handshake.
    #[must_use]
    pub fn with_handshake_timeout(mut self, timeout: Duration) -> Tls {
        self.handshake_timeout = timeout;
        self
    }
}
