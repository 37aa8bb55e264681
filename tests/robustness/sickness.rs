//! A machine with a full disk, too few handles, a wrong clock.
