"""Downloads documents and checks every address. Nothing else in Dateline goes online."""
