"""Moderation: what a prompt or an answer says is judged by rules, by models and by servers that judge texts."""
