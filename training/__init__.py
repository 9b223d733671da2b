"""How the arena's own models were made: anybody can make them again from what lies here."""
