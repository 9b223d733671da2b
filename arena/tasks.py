"""Celery doors to the actions."""
