from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from arena.history.forget import forget_voter
from arena.models import Voter
from arena.models.audit import Action
from arena.people.audit import record


class Command(BaseCommand):
    help = "Delete a voter's key and texts, as the page /history/delete/ does. Votes stay as numbers."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("voter", type=UUID, help="the voter's id, as the admin shows it beside a battle")

    def handle(self, *, voter: UUID, **options: Any) -> None:
        row = Voter.objects.filter(pk=voter).first()
        if row is None:
            raise CommandError(f"There is no voter {voter}.")
        battles = forget_voter(row, now=timezone.now())
        record(None, Action.ERASED, "a voter, by command")
        self.stdout.write(f"Forgotten: the texts of {battles} battles and the key.")
