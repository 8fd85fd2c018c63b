"""What the service decides, as pure functions: no clock, no network, no database, no Temporal."""
