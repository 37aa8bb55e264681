//! Key files locked with a passphrase: PKCS#8 under PBES2 (RFC 5958, RFC 8018).
//!
//! One encryption, which OpenSSL and browsers have too: PBKDF2 with HMAC-SHA256, and
//! AES-256-CBC. Others are refused by name. What is decrypted is wiped when dropped.

use alloc::string::String;

use pkcs8::der::{self, Decode as _, pem::LineEnding};
use pkcs8::pkcs5::pbes2::{self, EncryptionScheme, Kdf, Pbkdf2Prf};
use pkcs8::{EncryptedPrivateKeyInfoRef, PrivateKeyInfoRef, SecretDocument};

use super::{KeyError, PRIVATE_KEY_BYTES_MAX, SigningKey, Zeroizing};

#[cfg(test)]
mod tests;

/// What an encrypted key file begins with.
const LABEL: &str = "ENCRYPTED PRIVATE KEY";

/// How often a passphrase is hashed for a new file: what OWASP asks of PBKDF2-HMAC-SHA256.
pub const ITERATIONS: u32 = 600_000;

/// More than this would take minutes.
const ITERATIONS_MAX: u32 = 10_000_000;

/// Why an encrypted key was not read or written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EncryptedKeyError {
    /// The passphrase is another one, or the file was changed.
    #[error("WRONG_PASSPHRASE: the passphrase does not open the key")]
    Passphrase,
    /// Not PBES2 with PBKDF2-HMAC-SHA256 and AES-256-CBC.
    #[error(
        "UNSUPPORTED_ENCRYPTION: an encrypted key is under PBES2 with PBKDF2, HMAC-SHA256 and AES-256-CBC"
    )]
    Unsupported,
    /// No hashing at all, or far too much.
    #[error("ITERATIONS: a passphrase is hashed 1 to 10,000,000 times")]
    Iterations,
    /// Not such a file, or what it holds is no key.
    #[error(transparent)]
    Key(#[from] KeyError),
}

impl EncryptedKeyError {
    /// The stable code, as in the first word of the message.
    pub const fn code(self) -> &'static str {
        match self {
            EncryptedKeyError::Passphrase => "WRONG_PASSPHRASE",
            EncryptedKeyError::Unsupported => "UNSUPPORTED_ENCRYPTION",
            EncryptedKeyError::Iterations => "ITERATIONS",
            EncryptedKeyError::Key(error) => error.code(),
        }
    }
}

/// Whether a text is an encrypted key file, by its beginning.
pub fn is_encrypted(pem: &str) -> bool {
    pem.contains("-----BEGIN ENCRYPTED PRIVATE KEY-----")
}

impl SigningKey {
    /// Reads encrypted PKCS#8 PEM, as `openssl pkcs8 -topk8` writes it. The passphrase is
    /// its bytes, in UTF-8 where people type it.
    ///
    /// # Errors
    /// [`EncryptedKeyError`].
    pub fn from_encrypted_pem(
        pem: &str,
        passphrase: &[u8],
    ) -> Result<SigningKey, EncryptedKeyError> {
        let form = EncryptedKeyError::Key(KeyError::PrivateForm);
        if pem.len() > PRIVATE_KEY_BYTES_MAX {
            return Err(form);
        }
        let (label, file) = SecretDocument::from_pem(pem).map_err(|_| form)?;
        if label != LABEL {
            return Err(form);
        }
        let info = EncryptedPrivateKeyInfoRef::try_from(file.as_bytes()).map_err(unreadable)?;
        check(&info)?;
        let plain = info
            .decrypt(passphrase)
            .map_err(|_| EncryptedKeyError::Passphrase)?;
        // One wrong passphrase in 256 leaves a good padding behind, and nonsense before it.
        PrivateKeyInfoRef::from_der(plain.as_bytes()).map_err(|_| EncryptedKeyError::Passphrase)?;
        Ok(SigningKey::from_pkcs8_der(plain.as_bytes())?)
    }

    /// Writes encrypted PKCS#8 PEM, which OpenSSL and browsers read. Salt and initial block
    /// are fresh and random for each file. Wiped when dropped.
    ///
    /// # Errors
    /// [`EncryptedKeyError::Key`]; cannot happen with these parameters.
    pub fn to_encrypted_pem(
        &self,
        passphrase: &[u8],
        salt: &[u8; 16],
        initial: [u8; 16],
    ) -> Result<Zeroizing<String>, EncryptedKeyError> {
        let form = EncryptedKeyError::Key(KeyError::PrivateForm);
        let (_, plain) = SecretDocument::from_pem(&self.to_pkcs8_pem()).map_err(|_| form)?;
        let key = PrivateKeyInfoRef::from_der(plain.as_bytes()).map_err(|_| form)?;
        let parameters =
            pbes2::Parameters::generate_pbkdf2_sha256_aes256cbc(ITERATIONS, salt, initial)
                .map_err(|_| form)?;
        let file = key
            .encrypt_with_params(parameters, passphrase)
            .map_err(|_| form)?;
        file.to_pem(LABEL, LineEnding::LF).map_err(|_| form)
    }
}

/// Whether a file asks for what is done here, and for no more of it than is bearable.
fn check(info: &EncryptedPrivateKeyInfoRef<'_>) -> Result<(), EncryptedKeyError> {
    let Some(parameters) = info.encryption_algorithm.pbes2() else {
        return Err(EncryptedKeyError::Unsupported);
    };
    let (Kdf::Pbkdf2(kdf), EncryptionScheme::Aes256Cbc { .. }) =
        (&parameters.kdf, &parameters.encryption)
    else {
        return Err(EncryptedKeyError::Unsupported);
    };
    if kdf.prf != Pbkdf2Prf::HmacWithSha256 {
        return Err(EncryptedKeyError::Unsupported);
    }
    if !(1..=ITERATIONS_MAX).contains(&kdf.iteration_count) {
        return Err(EncryptedKeyError::Iterations);
    }
    match kdf.key_length {
        None | Some(32) => Ok(()),
        Some(_) => Err(KeyError::PrivateForm.into()),
    }
}

/// What is not understood is another encryption, or nothing at all.
fn unreadable(error: pkcs8::Error) -> EncryptedKeyError {
    let is_other = match error {
        pkcs8::Error::Asn1(error) => matches!(
            error.kind(),
            der::ErrorKind::OidUnknown { .. } | der::ErrorKind::OidMalformed
        ),
        _ => true,
    };
    match is_other {
        true => EncryptedKeyError::Unsupported,
        false => KeyError::PrivateForm.into(),
    }
}
