"""A group for each permission of the console, under its name, so that an account gets one by joining."""

from typing import Any

from django.apps import apps as all_models
from django.apps.registry import Apps

from arena.models.voters import MayDo


def make_groups(*, using: str, apps: Apps = all_models, **_: Any) -> None:
    """Make the groups that are missing; called after each migration. Whoever is in `own` may do everything.

    apps: the models as they are at this point of the migrations; without those of accounts there is nothing to make.
    """
    try:
        Group, Permission = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    except LookupError:
        return
    codenames = {permission.value: permission for permission in MayDo}
    known = Permission.objects.using(using).filter(content_type__app_label="arena", codename__in=codenames)
    by_name = {permission.codename: permission for permission in known}
    for name in codenames.keys() & by_name.keys():
        group, is_new = Group.objects.using(using).get_or_create(name=name)
        # An operator's own choice for a group stays.
        if is_new:
            group.permissions.set(_of_owners(by_name) if name == MayDo.OWN else [by_name[name]])


def _of_owners(by_name: dict[str, Any]) -> list[Any]:
    """Return all permissions but one: who runs an arena need not know who its voters are."""
    return [permission for name, permission in by_name.items() if name != MayDo.SEE_PEOPLE]
