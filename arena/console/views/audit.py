"""Read the audit log, and take it out as a table."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from arena.conf.branding import name_in_files
from arena.console.audit import AuditFilter, AuditRow, as_csv
from arena.console.permissions import asks, frame
from arena.console.tables import AUDIT
from arena.models.audit import Action
from arena.models.voters import MayDo
from arena.people.audit import days_kept, record

A_PAGE = 50


@require_safe
@asks(MayDo.OWN)
def audit_page(request: HttpRequest) -> HttpResponse:
    form = AuditFilter(request.GET)
    page = Paginator(form.entries(), A_PAGE).get_page(request.GET.get("page"))
    context = {
        "here": "console_audit",
        "form": form,
        "table": AUDIT,
        "page": page,
        "rows": [AuditRow(entry) for entry in page.object_list],
        "days": days_kept(),
        "filters": request.GET.urlencode(),
        "is_narrowed": any(request.GET.get(name) for name in form.fields),
    }
    return render(request, "console/audit.html", context | frame(request), status=200 if form.is_valid() else 422)


@require_safe
@asks(MayDo.OWN)
def audit_table(request: HttpRequest) -> HttpResponse:
    """Return what the filter finds as CSV. That it was taken out is a line too."""
    form = AuditFilter(request.GET)
    record(request, Action.EXPORTED, "audit log")
    response = HttpResponse("".join(as_csv(form.entries())), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name_in_files()}-audit-{timezone.now():%Y-%m-%d}.csv"'
    return response
