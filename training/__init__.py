"""The making of the arena's own models: everything here lets anybody make them again."""
