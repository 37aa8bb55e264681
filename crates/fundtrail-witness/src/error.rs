//! Why a witness cannot be made, opened or served.

use std::io;
use std::path::{Path, PathBuf};

/// What keeps a witness from being made, opened or served.
#[derive(Debug, thiserror::Error)]
pub enum WitnessError {
    /// The directory holds no witness.
    #[error("WITNESS_NONE: {} holds no witness; `witness init` makes one", .0.display())]
    None(PathBuf),
    /// The directory holds a witness already.
    #[error("WITNESS_EXISTS: {} holds a witness already", .0.display())]
    Exists(PathBuf),
    /// Another process has the directory.
    #[error("WITNESS_IN_USE: another process uses {}; stop it first", .0.display())]
    InUse(PathBuf),
    /// The name, or the key of the witness.
    #[error("WITNESS_KEY: {}: {why}", .place.display())]
    Key {
        /// The file.
        place: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The key or origin of a log.
    #[error("WITNESS_LOG: {}: {why}", .place.display())]
    Log {
        /// The file.
        place: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// What was cosigned last cannot be known.
    #[error(
        "WITNESS_STATE: {}: {why}; a witness that forgot what it cosigned must not go on: \
         restore the file, or retire the witness's key",
        .place.display()
    )]
    State {
        /// The file.
        place: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The disk or the network.
    #[error("WITNESS_IO: {place}: {error}")]
    Io {
        /// The file or address.
        place: String,
        /// What went wrong.
        error: io::Error,
    },
}

impl WitnessError {
    pub(crate) fn io(place: &Path) -> impl FnOnce(io::Error) -> WitnessError + '_ {
        |error| WitnessError::Io {
            place: place.display().to_string(),
            error,
        }
    }

    /// The stable code, as in the first word of the message.
    pub const fn code(&self) -> &'static str {
        match self {
            WitnessError::None(_) => "WITNESS_NONE",
            WitnessError::Exists(_) => "WITNESS_EXISTS",
            WitnessError::InUse(_) => "WITNESS_IN_USE",
            WitnessError::Key { .. } => "WITNESS_KEY",
            WitnessError::Log { .. } => "WITNESS_LOG",
            WitnessError::State { .. } => "WITNESS_STATE",
            WitnessError::Io { .. } => "WITNESS_IO",
        }
    }
}
