//! The ledger in memory that every scenario is played on, whatever else it is played on:
//! signers are chosen, mutants tried and balances looked up here.

use fundtrail_kernel::{Admitted, Desk, Kernel, Memory, Rejection, Staged, Verdict};
use fundtrail_model::checkpoint::Checkpoint;
use fundtrail_model::tag::TagKey;
use fundtrail_model::{Fault, Moment, Submission};
use fundtrail_regulation::state::View;

use crate::answer::{Answer, Target};
use crate::site::Site;

/// A whole ledger in memory.
pub struct Shadow {
    desk: Desk,
    kernel: Kernel,
    memory: Memory,
    site: Site,
}

impl Shadow {
    /// An empty ledger.
    ///
    /// # Errors
    /// [`Fault`], of the kernel.
    pub fn new(site: &Site) -> Result<Shadow, Fault> {
        let memory = Memory::default();
        Ok(Shadow {
            desk: desk(site),
            kernel: Kernel::open(&memory)?,
            memory,
            site: site.clone(),
        })
    }

    /// The same ledger again, to try something on.
    #[must_use]
    pub fn copy(&self) -> Shadow {
        Shadow {
            desk: desk(&self.site),
            kernel: self.kernel.clone(),
            memory: self.memory.clone(),
            site: self.site.clone(),
        }
    }

    /// The verdict on a submission, without recording it.
    ///
    /// # Errors
    /// [`Fault`], of the kernel.
    pub fn check(&self, submission: &Submission, clock: Moment) -> Result<Answer, Fault> {
        match self.admit(submission)? {
            Ok(admitted) => {
                let staged = self.kernel.stage(&self.memory, clock, vec![admitted])?;
                Ok(only(staged.verdicts)?.into())
            }
            Err(malformed) => Ok(malformed),
        }
    }

    /// Number of entries.
    pub fn size(&self) -> u64 {
        self.kernel.size()
    }

    /// Root of the tree over them, in hex.
    pub fn root(&self) -> String {
        self.kernel.root().to_hex().to_string()
    }

    /// The ledger it stands for.
    pub fn site(&self) -> &Site {
        &self.site
    }

    /// The stored tables.
    pub fn memory(&self) -> &Memory {
        &self.memory
    }

    /// The state.
    pub fn view(&self) -> View<'_> {
        View::new(&self.memory)
    }

    /// Admits a submission as a node does: from its bytes.
    fn admit(&self, submission: &Submission) -> Result<Result<Admitted, Answer>, Fault> {
        let submission = match Submission::parse(submission.to_json().as_bytes()) {
            Ok(submission) => submission,
            Err(malformed) => return Ok(Err(malformed.into())),
        };
        match self.desk.admit(submission, &self.memory) {
            Ok(admitted) => Ok(Ok(admitted)),
            Err(Rejection::Malformed(malformed)) => Ok(Err(malformed.into())),
            Err(Rejection::Fault(fault)) => Err(fault),
        }
    }

    /// The signed checkpoint over a staged tree; unsigned where the log's key is not here.
    fn checkpoint(&self, staged: &Staged) -> Result<String, Fault> {
        let (size, root) = (staged.size(), staged.root());
        let fault = |error: &dyn core::fmt::Display| Fault(format!("checkpoint {size}: {error}"));
        let checkpoint =
            Checkpoint::new(&self.site.origin, size, root).map_err(|error| fault(&error))?;
        Ok(match self.site.signer()? {
            Some(signer) => checkpoint
                .sign(&signer)
                .map_err(|error| fault(&error))?
                .to_text(),
            None => checkpoint.to_text(),
        })
    }
}

impl Target for Shadow {
    fn submit(&mut self, submission: &Submission, clock: Moment) -> Result<Answer, Fault> {
        let admitted = match self.admit(submission)? {
            Ok(admitted) => admitted,
            Err(malformed) => return Ok(malformed),
        };
        let staged = self.kernel.stage(&self.memory, clock, vec![admitted])?;
        let checkpoint = self.checkpoint(&staged)?;
        let verdicts = self.kernel.commit(staged, &checkpoint, &mut self.memory)?;
        Ok(only(verdicts)?.into())
    }
}

fn desk(site: &Site) -> Desk {
    Desk {
        origin: site.origin.clone(),
        log_key: site.log_key.clone(),
        tag_key: TagKey::new(&site.tag_key),
    }
}

fn only(verdicts: Vec<Verdict>) -> Result<Verdict, Fault> {
    verdicts
        .into_iter()
        .next()
        .ok_or_else(|| Fault("a batch of one without a verdict".to_owned()))
}
