//! Connections and floods that mean harm.
