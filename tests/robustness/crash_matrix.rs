//! Every write and sync of a commit, failed in turn.
