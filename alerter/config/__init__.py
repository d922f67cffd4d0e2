"""The settings: one TOML file made into frozen values, or refused with all its faults at once."""
