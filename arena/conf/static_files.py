"""Static files under names that carry a hash of their content, so that browsers may keep them for ever; compressed."""

from servestatic.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # it has no types
    # The modules import each other by relative path: these imports are rewritten to the hashed names too.
    support_js_module_import_aggregation = True
