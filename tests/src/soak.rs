//! Whether a test takes the short way, or the long one of `cargo xtask soak`.

/// Which of two counts, times or sizes to use: `short` in `cargo xtask test`, `long` when the
/// environment has `FUNDTRAIL_SOAK=1`, as `cargo xtask soak` sets it.
pub fn choose<T>(short: T, long: T) -> T {
    if std::env::var_os("FUNDTRAIL_SOAK").is_some_and(|value| value == "1") {
        long
    } else {
        short
    }
}
