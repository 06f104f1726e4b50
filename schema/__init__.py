"""What the data is: the language tables are declared in, the tables, and their compilation to SQL."""
