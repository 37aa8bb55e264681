"""An independent verifier of Fundtrail ledgers, written from docs/FORMAT.md alone."""

__version__ = "0.1.0"
