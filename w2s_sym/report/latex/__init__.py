"""Documents and macros."""
