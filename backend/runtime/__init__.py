"""The shell around the engine: functions declared, validated and run against the database."""
