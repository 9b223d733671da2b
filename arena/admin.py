"""The admin: entries can be paused and retired; facts can only be read."""

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from arena import models


class ReadOnlyAdmin(admin.ModelAdmin):
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(models.LanguageModel)
class LanguageModelAdmin(admin.ModelAdmin):
    """All of an entry comes from the catalogue, but its state: here an operator pauses or retires it."""

    list_display = ["display_name", "slug", "kind", "organisation", "licence", "backend", "state"]
    list_filter = ["state", "kind", "backend"]
    search_fields = ["display_name", "slug"]
    readonly_fields = [field.name for field in models.LanguageModel._meta.fields if field.name != "state"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(models.Vote)
class VoteAdmin(ReadOnlyAdmin):
    list_display = ["battle", "choice", "source", "cast_at", "dwell_seconds", "turns_seen"]
    list_filter = ["choice", "source"]
    list_select_related = ["battle"]
    date_hierarchy = "cast_at"


@admin.register(models.VoteExclusion)
class VoteExclusionAdmin(ReadOnlyAdmin):
    list_display = ["vote", "rule", "rule_version", "weight", "by", "at"]
    list_filter = ["rule"]


@admin.register(models.Battle)
class BattleAdmin(ReadOnlyAdmin):
    list_display = ["id", "kind", "model_a", "model_b", "pair_probability", "created", "left_at"]
    list_filter = ["kind"]
    list_select_related = ["model_a", "model_b"]


@admin.register(models.Answer)
class AnswerAdmin(ReadOnlyAdmin):
    list_display = ["turn", "slot", "state", "attempt", "tokens", "finish_reason", "claimed_at", "finished_at"]
    list_filter = ["state"]


@admin.register(models.RatingSnapshot)
class RatingSnapshotAdmin(ReadOnlyAdmin):
    list_display = ["id", "category", "votes", "published", "policy", "code_version", "digest"]


@admin.register(models.PromptSet)
class PromptSetAdmin(ReadOnlyAdmin):
    list_display = ["name", "slug", "version", "licence", "is_recorded"]
