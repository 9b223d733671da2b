"""The admin of Django: operators test, pause and retire entries there, and exclude votes; facts can only be read."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet, URLField
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils import timezone

from arena import models
from arena.answers.cost import cost_of
from arena.answers.test_run import DEFAULT_PROMPT
from arena.answers.test_run_report import read_test_run, request_test_run
from arena.battles.forms import PromptForm
from arena.entries.states import pause_entry, resume_entry, retire_entry
from arena.models import ApiToken, LanguageModel, Vote
from arena.models.audit import Action
from arena.models.catalog import Kind, State
from arena.people.audit import record
from arena.people.tokens import revoke_token
from arena.queues import QueueUnavailable, host_queue
from arena.votes.exclude import exclude_votes

REDIS_UNREACHABLE = "Redis does not answer, so no worker can be asked. Nothing is lost; try again in a moment."
#: What an import knows little of. Of other entries the catalogue's file says it, and every start would undo a change.
CARD = {"display_name", "organisation", "licence", "description", "link"}

admin.site.site_url = settings.BASE_PATH


class ReadOnlyAdmin(admin.ModelAdmin):
    """A list that nobody adds to, changes or deletes from."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class ModelAliasInline(admin.TabularInline):
    model = models.ModelAlias
    extra = 1


@admin.register(models.LanguageModel)
class LanguageModelAdmin(admin.ModelAdmin):
    """An entry's settings come from the catalogue: here an operator tests, pauses, resumes or retires it."""

    list_display = [
        "display_name",
        "slug",
        "state",
        "why_broken",
        "kind",
        "backend",
        "weights",
        "organisation",
        "licence",
    ]
    list_filter = ["state", "kind", "backend"]
    search_fields = ["display_name", "slug"]
    actions = ["pause", "resume", "retire"]
    inlines = [ModelAliasInline]
    formfield_overrides = {URLField: {"assume_scheme": "https"}}

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: LanguageModel | None = None) -> list[str]:
        editable = {"state", *(CARD if obj is not None and obj.kind == Kind.RECORDED else ())}
        return [field.name for field in LanguageModel._meta.fields if field.name not in editable]

    @admin.display(description="broken because")
    def why_broken(self, entry: LanguageModel) -> str:
        return entry.broken_because if entry.state == State.BROKEN else ""

    @admin.action(description="Pause: draw them no more for a while", permissions=["change"])
    def pause(self, request: HttpRequest, entries: "QuerySet[LanguageModel]") -> None:
        self._change_each(request, entries, pause_entry, "paused")

    @admin.action(description="Resume: draw them again", permissions=["change"])
    def resume(self, request: HttpRequest, entries: "QuerySet[LanguageModel]") -> None:
        self._change_each(request, entries, resume_entry, "resumed")

    @admin.action(description="Retire: draw them no more; battles and ratings stay", permissions=["change"])
    def retire(self, request: HttpRequest, entries: "QuerySet[LanguageModel]") -> None:
        self._change_each(request, entries, retire_entry, "retired")

    def _change_each(
        self,
        request: HttpRequest,
        entries: "QuerySet[LanguageModel]",
        change: Callable[[LanguageModel], bool],
        done: str,
    ) -> None:
        changed = [entry for entry in entries if change(entry)]
        for entry in changed:
            self.log_change(request, entry, done.capitalize())
            record(request, Action.ENTRY_CHANGED, entry.slug, change=done)
        same = entries.count() - len(changed)
        self.message_user(request, f"{len(changed)} {done}{f', {same} left as they are' if same else ''}.")

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<int:entry_id>/test-runs/", wrap(self.request_test_run), name="arena_languagemodel_request_test_run"),
            path(
                "<int:entry_id>/test-runs/<uuid:run_id>/", wrap(self.show_test_run), name="arena_languagemodel_test_run"
            ),
            *super().get_urls(),
        ]

    def request_test_run(self, request: HttpRequest, entry_id: int) -> HttpResponse:
        """Ask the entry's worker for one answer, and go to the page that shows it."""
        entry = self._entry(request, entry_id)
        if not self.has_change_permission(request, entry):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        form = PromptForm({"prompt": DEFAULT_PROMPT} | request.POST.dict())
        if not form.is_valid():
            return self._back(request, entry, str(form.errors["prompt"][0]))
        try:
            run_id = request_test_run(entry, form.cleaned_data["prompt"])
        except QueueUnavailable:
            return self._back(request, entry, REDIS_UNREACHABLE)
        return redirect("admin:arena_languagemodel_test_run", entry.pk, run_id)

    def show_test_run(self, request: HttpRequest, entry_id: int, run_id: UUID) -> HttpResponse:
        """Show how the run stands. The page comes again by itself until it is over."""
        entry = self._entry(request, entry_id)
        try:
            report = read_test_run(str(run_id))
        except QueueUnavailable:
            return self._back(request, entry, REDIS_UNREACHABLE)
        if report is not None and report.entry_id != entry.pk:
            raise Http404
        shown: dict[str, Any] = {"title": f"Test of {entry}", "opts": self.opts, "original": entry}
        shown |= {"report": report, "prompt": report.prompt if report else DEFAULT_PROMPT}
        shown |= {"queue": host_queue(entry.weights), "host": entry.weights or "remote"}
        context = {**self.admin_site.each_context(request), **shown}
        return render(request, "admin/arena/languagemodel/test_run.html", context)

    def _entry(self, request: HttpRequest, entry_id: int) -> LanguageModel:
        entry: LanguageModel | None = self.get_object(request, str(entry_id))
        if entry is None:
            raise Http404
        if not self.has_view_permission(request, entry):
            raise PermissionDenied
        return entry

    def _back(self, request: HttpRequest, entry: LanguageModel, sentence: str) -> HttpResponse:
        self.message_user(request, sentence, messages.ERROR)
        return redirect("admin:arena_languagemodel_change", entry.pk)


@admin.register(models.Vote)
class VoteAdmin(ReadOnlyAdmin):
    list_display = ["battle", "choice", "source", "cast_at", "dwell_seconds", "turns_seen"]
    list_filter = ["choice", "source"]
    list_select_related = ["battle"]
    date_hierarchy = "cast_at"
    search_fields = ["=battle__id", "=voter__id"]
    actions = ["exclude_chosen", "restore_chosen"]

    def has_exclude_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("arena.add_voteexclusion")

    @admin.action(description="Exclude: they count no more, for a reason", permissions=["exclude"])
    def exclude_chosen(self, request: HttpRequest, votes: "QuerySet[Vote]") -> HttpResponse | None:
        return self._weigh(request, votes, weight=0.0, title="Exclude votes")

    @admin.action(description="Restore: they count again, for a reason", permissions=["exclude"])
    def restore_chosen(self, request: HttpRequest, votes: "QuerySet[Vote]") -> HttpResponse | None:
        return self._weigh(request, votes, weight=1.0, title="Restore votes")

    def _weigh(
        self, request: HttpRequest, votes: "QuerySet[Vote]", *, weight: float, title: str
    ) -> HttpResponse | None:
        """Show what the board would become and ask for the reason; with a reason, do it."""
        reason = request.POST.get("reason", "").strip()[:500]
        if reason and "confirmed" in request.POST:
            by = request.user.get_username()
            changed = exclude_votes(votes, reason=reason, by=by, now=timezone.now(), weight=weight)
            record(request, Action.VOTES_WEIGHED, reason, weight=weight, votes=changed)
            self.message_user(request, f"{changed} votes weigh {weight:g} from the next board on.")
            return None
        from arena.scoring.preview import preview_board  # with SciPy, which not every command is to wait for

        context = self.admin_site.each_context(request) | {
            "title": title,
            "opts": self.opts,
            "action": request.POST["action"],
            "select_across": request.POST.get("select_across", "0"),
            "chosen": request.POST.getlist("_selected_action"),
            "count": votes.count(),
            "weight": weight,
            "changes": preview_board(votes, weight=weight),
            "reason": reason,
            "error": "Write a reason first." if "confirmed" in request.POST else "",
        }
        return render(request, "admin/arena/vote/exclude.html", context)


@admin.register(models.VoteExclusion)
class VoteExclusionAdmin(ReadOnlyAdmin):
    list_display = ["vote", "rule", "rule_version", "weight", "by", "at", "evidence"]
    list_filter = ["rule"]


@admin.register(models.Battle)
class BattleAdmin(ReadOnlyAdmin):
    list_display = ["id", "kind", "model_a", "model_b", "pair_probability", "created", "left_at"]
    list_filter = ["kind"]
    list_select_related = ["model_a", "model_b"]


@admin.register(models.Answer)
class AnswerAdmin(ReadOnlyAdmin):
    list_display = ["turn", "slot", "state", "attempt", "tokens", "cost", "finish_reason", "claimed_at", "finished_at"]
    list_filter = ["state"]
    list_select_related = ["turn__battle__model_a", "turn__battle__model_b"]

    @admin.display(description="US dollars", empty_value="-")
    def cost(self, answer: models.Answer) -> str | None:
        dollars = cost_of(answer)
        return None if dollars is None else f"{dollars:.6f}"


@admin.register(models.RatingSnapshot)
class RatingSnapshotAdmin(ReadOnlyAdmin):
    list_display = ["id", "category", "votes", "published", "policy", "code_version", "digest"]


@admin.register(models.ImportedSet)
class ImportedSetAdmin(ReadOnlyAdmin):
    list_display = ["name", "format", "created"]


@admin.register(models.BenchmarkSource)
class BenchmarkSourceAdmin(admin.ModelAdmin):
    """The sources of benchmark scores: a licence can be stated; deleting a source deletes its scores."""

    list_display = ["name", "licence"]
    readonly_fields = ["name"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(models.BenchmarkScore)
class BenchmarkScoreAdmin(ReadOnlyAdmin):
    list_display = ["entry", "benchmark", "score", "unit", "source", "imported_at"]
    list_filter = ["source", "benchmark"]
    list_select_related = ["entry", "source"]

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return request.user.has_perm("arena.delete_benchmarkscore")


@admin.register(models.PromptSet)
class PromptSetAdmin(ReadOnlyAdmin):
    list_display = ["name", "slug", "version", "licence", "is_recorded", "is_offered"]


@admin.register(models.ApiToken)
class ApiTokenAdmin(ReadOnlyAdmin):
    """The tokens of programs. `manage.py api_token create` makes one and prints it once; here it can be revoked."""

    list_display = ["name", "account", "scopes", "is_staff", "created", "expires", "last_used", "revoked_at"]
    list_select_related = ["account"]
    fields = ["name", "account", "voter", "scopes", "is_staff", "created", "expires", "last_used", "revoked_at"]
    actions = ["revoke"]

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("arena.change_apitoken")

    @admin.action(description="Revoke: these programs get in no more; their votes stay", permissions=["revoke"])
    def revoke(self, request: HttpRequest, tokens: "QuerySet[ApiToken]") -> None:
        revoked = [token for token in tokens if revoke_token(token, request=request, now=timezone.now())]
        for token in revoked:
            self.log_change(request, token, "Revoked")
        self.message_user(request, f"{len(revoked)} revoked.")
