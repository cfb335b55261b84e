"""The site's settings, made quick and self-contained for tests."""

import os
import tempfile

# Before the site's settings are read: tests write to a folder of their own and never to the site's data.
os.environ["VAR_DIR"] = tempfile.mkdtemp(prefix="genresite-tests-")

from genresite.settings import *  # noqa: F403
from genresite.settings import DATABASES, REST_FRAMEWORK, STORAGES, VAR_DIR

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {"default": {"BACKEND": "tests.cache.CountingLocMemCache"}}
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
REST_FRAMEWORK = {**REST_FRAMEWORK, "DEFAULT_THROTTLE_RATES": {"user": "1000000/min", "token": "1000000/min"}}
ACCOUNT_RATE_LIMITS = False
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
WHITENOISE_AUTOREFRESH = True
# Browser tests serve pages from a thread: a file, not the in-memory database, so that both see each other's writes.
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["TEST"] = {"NAME": VAR_DIR / "test.sqlite3"}
