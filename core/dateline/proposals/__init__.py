"""Proposals: facts that a tool suggests, and that no one has accepted yet.

A proposal is a row of a table of its own. No event, view, export or proof knows it; once a person
accepts it, the fact is recorded like any other. `proposer` is what plugins implement, `line` makes a
line of the import format of what they yield, `judging` applies the rules of recording, and `queue`
keeps the rows.
"""
