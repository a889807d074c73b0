"""Static files named by their content, ES modules included.

Django renames every file by its hash. Our modules import each other and nhsuk-frontend by relative path, so those
paths have to be renamed with them: whitenoise keeps only the renamed copies.
"""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class PortalStaticFiles(CompressedManifestStaticFilesStorage):
    """Whitenoise's manifest storage that follows imports between modules."""

    support_js_module_import_aggregation = True
