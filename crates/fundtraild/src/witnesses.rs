//! The witnesses as the node reaches them: a policy file, and HTTP, over TLS too.

use std::fmt::Display;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use fundtrail_model::add_checkpoint::WITNESS_ANSWER_BYTES_MAX;
use fundtrail_model::log_policy::LogPolicy;
use fundtrail_model::note::VerifierKey;
use fundtrail_node::Witnesses;
use fundtrail_node::witnesses::{Link, Reply};
use ureq::Agent;
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};

use crate::Complaint;

/// How long a witness may take to answer.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Reads the policy file of the log with this key, and who vouches for its witnesses.
pub(crate) fn read(
    path: &Path,
    ca: Option<&Path>,
    log_key: &VerifierKey,
) -> Result<Witnesses, Complaint> {
    let complain = |what: String| Complaint(format!("{}: {what}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| complain(error.to_string()))?;
    let policy = LogPolicy::parse(&text).map_err(|error| complain(error.to_string()))?;
    Witnesses::new(policy, log_key, Arc::new(Http::new(roots(ca)?)))
        .map_err(|error| complain(error.to_string()))
}

fn roots(ca: Option<&Path>) -> Result<RootCerts, Complaint> {
    let Some(path) = ca else {
        return Ok(RootCerts::WebPki);
    };
    let complain = |what: &dyn Display| Complaint(format!("{}: {what}", path.display()));
    let pem = std::fs::read(path).map_err(|error| complain(&error))?;
    let mut roots = Vec::new();
    for item in parse_pem(&pem) {
        if let PemItem::Certificate(root) = item.map_err(|error| complain(&error))? {
            roots.push(root);
        }
    }
    if roots.is_empty() {
        return Err(complain(&"there is no certificate in it"));
    }
    Ok(RootCerts::new_with_certs(&roots))
}

/// HTTP to witnesses. Nothing a witness says is believed here: the node verifies it.
struct Http(Agent);

impl Http {
    fn new(roots: RootCerts) -> Http {
        // A redirect would lead to somebody whose address the operator did not choose.
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(TIMEOUT))
            .tls_config(TlsConfig::builder().root_certs(roots).build())
            .build();
        Http(config.into())
    }
}

impl Link for Http {
    fn add_checkpoint(&self, _: &str, url: &str, body: &[u8]) -> Result<Reply, String> {
        let request = self.0.post(url).content_type("text/plain; charset=utf-8");
        let mut response = request.send(body).map_err(|error| error.to_string())?;
        let content_type = response
            .headers()
            .get("content-type")
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned);
        let body = response
            .body_mut()
            .with_config()
            .limit(WITNESS_ANSWER_BYTES_MAX as u64)
            .read_to_vec()
            .map_err(|error| error.to_string())?;
        Ok(Reply {
            status: response.status().as_u16(),
            content_type,
            body,
        })
    }
}
