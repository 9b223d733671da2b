from typing import Any

from django.core.management.base import BaseCommand

from arena.actions.load_prompts import load_prompts


class Command(BaseCommand):
    help = "Load the prompts that the arena suggests; run it as often as you like"

    def handle(self, **options: Any) -> None:
        loaded = load_prompts()
        if loaded.added or loaded.removed:
            self.stdout.write(f"{loaded.slug}: {loaded.added} prompts added, {loaded.removed} removed")
        else:
            self.stdout.write(f"{loaded.slug}: nothing new")
