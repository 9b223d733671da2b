"""Static files under names that carry a hash of their content, so that browsers may keep them for ever."""

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage


class HashedStaticFiles(ManifestStaticFilesStorage):
    # The modules import each other by relative path: these imports are rewritten to the hashed names too.
    support_js_module_import_aggregation = True
