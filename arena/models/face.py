"""What this arena looks like and says of itself: each published version, and the pictures that they show."""

from django.db import models

from arena.models.append_only import AppendOnly, AppendOnlyQuerySet


class FaceImageQuerySet(AppendOnlyQuerySet["FaceImage"]):
    pass


class FaceImage(AppendOnly):
    """A logo as it is sent to browsers: cleaned or drawn anew, and never what somebody sent."""

    name = models.CharField(max_length=80, unique=True, help_text="The digest of its content, and its ending")
    content = models.BinaryField()
    at = models.DateTimeField()

    objects = FaceImageQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


class ArenaFaceQuerySet(AppendOnlyQuerySet["ArenaFace"]):
    def newest(self) -> "ArenaFace | None":
        """Return the version that holds; None where nothing was published."""
        return self.order_by("-pk").first()

    def of_consent(self, version: str) -> "ArenaFace | None":
        """Return the newest version whose terms and privacy notice go by this name."""
        return self.filter(consent_version=version).order_by("-pk").first()


class ArenaFace(AppendOnly):
    """One published version of this arena's face. The newest holds; an old one that is restored is a new version."""

    content = models.JSONField(help_text="As arena.face.current.Face has it")
    consent_version = models.CharField(
        max_length=20, blank=True, db_index=True, help_text="Of its terms and privacy; empty: those that ship"
    )
    restores = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    by = models.CharField(max_length=150)
    at = models.DateTimeField()

    objects = ArenaFaceQuerySet.as_manager()

    def __str__(self) -> str:
        return f"version {self.pk}"
