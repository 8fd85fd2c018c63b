"""From a file to records: rows with named cells, whatever the file's form, spelling or order of columns."""
