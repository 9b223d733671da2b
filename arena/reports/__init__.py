"""Reports: a visitor says that a conversation should not be shown, and an operator decides on it."""
