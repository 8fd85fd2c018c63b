"""The whole service on one machine: servers, migrations, worker, relay and API under one supervisor."""
