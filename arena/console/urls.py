"""Addresses of the operator's pages."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from arena.console.views import entries, face, groups, invitations, jobs, overview, people, voters, votes

urlpatterns = [
    path("", overview.overview_page, name="console"),
    path("votes/", votes.votes_page, name="console_votes"),
    path("votes/weigh/", votes.weigh, name="console_weigh"),
    path("voters/", voters.voters_page, name="console_voters"),
    path("voters/link/", voters.link, name="console_link_voters"),
    path("voters/unlink/", voters.unlink, name="console_unlink_voter"),
    path("entries/", entries.entries_page, name="console_entries"),
    path("entries/add/", entries.draft_page, name="console_add_entry"),
    path("entries/tests/<uuid:run_id>/", entries.run_page, name="console_run"),
    path("entries/tests/<uuid:run_id>/save/", entries.save, name="console_save_entry"),
    path("entries/<slug:slug>/", entries.entry_page, name="console_entry"),
    path("entries/<slug:slug>/edit/", entries.draft_page, name="console_edit_entry"),
    path("entries/<slug:slug>/state/", entries.change_state, name="console_change_state"),
    path("entries/<slug:slug>/test/", entries.test, name="console_test_entry"),
    path("prompts/", jobs.prompts_page, name="console_prompts"),
    path("prompts/<slug:slug>/", jobs.offer, name="console_offer_prompts"),
    path("imports/", jobs.imports_page, name="console_imports"),
    path("imports/<uuid:job_id>/", jobs.import_page, name="console_import"),
    path("exports/", jobs.exports_page, name="console_exports"),
    path("exports/<uuid:job_id>/", jobs.export_page, name="console_export"),
    path("exports/<uuid:job_id>/archive/", jobs.archive, name="console_archive"),
    path("groups/", groups.groups_page, name="console_groups"),
    path("groups/add/", groups.add, name="console_add_group"),
    path("groups/rooms/", groups.open_one, name="console_open_room"),
    path("groups/close/", groups.close, name="console_close_room"),
    path("face/", face.face_page, name="console_face"),
    path("face/preview/", face.preview, name="console_face_preview"),
    path("face/publish/", face.publish, name="console_publish_face"),
    path("face/drop/", face.drop, name="console_drop_face"),
    path("face/<int:pk>/", face.version_page, name="console_face_version"),
    path("face/<int:pk>/restore/", face.restore, name="console_restore_face"),
    path("people/", people.people_page, name="console_people"),
    path("people/<int:pk>/", people.person_page, name="console_person"),
    path("people/<int:pk>/lock/", people.lock, name="console_person_lock"),
    path("people/<int:pk>/link/", people.link, name="console_person_link"),
    path("invitations/", invitations.invitations_page, name="console_invitations"),
    path("invitations/<int:pk>/revoke/", invitations.revoke, name="console_revoke_invitation"),
    path("password/<uidb64>/<token>/", people.SetPassword.as_view(), name="console_password"),
    path("login/", overview.LogIn.as_view(), name="console_login"),
    path("logout/", LogoutView.as_view(next_page="console_login"), name="console_logout"),
]
