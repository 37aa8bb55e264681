//! Bytes of a data directory that were changed, and what start and fsck say of them.
