"""Tests of the verifier: vectors, mutations, worked figures. Run from the repository's root."""
