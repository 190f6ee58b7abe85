//! One SQL text on SQLite and PostgreSQL: connections, migrations, transactions
