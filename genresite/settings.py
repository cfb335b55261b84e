"""Every setting of the site, read once from the environment. Runs on SQLite with no variable set."""

import json
from pathlib import Path

import environ
from csp.constants import NONE, SELF

from genresite.environment import default_redis_url, load_or_create_secret_key, redis_urls
from genresite.schedule import beat_schedule

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))
VAR_DIR.mkdir(parents=True, exist_ok=True)
env.read_env(str(BASE_DIR / ".env"))

# --- safety -----------------------------------------------------------------------------------
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="") or load_or_create_secret_key(VAR_DIR / "secret-key")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# One switch for a site behind TLS; off for `make run`, where a secure cookie would never be sent.
HTTPS = env.bool("HTTPS", default=False)
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "genresite.views.csrf_failure"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    },
}

# --- application ------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "rest_framework",
    "knox",
    "django_filters",
    "drf_spectacular",
    "django_htmx",
    "lucide",
    "csp",
    "genresite",
    "genresite.accounts",
    "genresite.idempotency",
    "genresite.hooks",
    "movies",
    "predictor",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "genresite.compression.PageCompressionMiddleware",
    "csp.middleware.CSPMiddleware",
    "genresite.middleware.ApiConditionalGetMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    # Before any view or the CSRF check reads the body, after request.user is there for the error page.
    "genresite.middleware.RequestSizeMiddleware",
    "genresite.middleware.DomainErrorMiddleware",
]
ROOT_URLCONF = "genresite.urls"
WSGI_APPLICATION = "genresite.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- database ---------------------------------------------------------------------------------
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'db.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # WAL lets pages read while a worker writes. IMMEDIATE takes the write lock when a transaction
    # starts, so that two writers wait for each other instead of failing halfway.
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-32000;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

# --- Redis: cache and queue -------------------------------------------------------------------
REDIS_URL = env.str("REDIS_URL", default=default_redis_url(VAR_DIR))
CACHE_URL, BROKER_URL = redis_urls(REDIS_URL)
CACHES = {
    "default": {"BACKEND": "genresite.cache.ForgivingRedisCache", "LOCATION": CACHE_URL, "KEY_PREFIX": "genresite"}
}
CELERY_BROKER_URL = BROKER_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_DEFAULT_QUEUE = "inference"
CELERY_TASK_ROUTES = {
    "predictor.tasks.train": {"queue": "training"},
    # Short chores have a queue of their own, lest they wait behind the very work that they look after.
    "predictor.tasks.reap_jobs": {"queue": "chores"},
    "predictor.tasks.rescue_batches": {"queue": "chores"},
    "predictor.tasks.train_on_schedule": {"queue": "chores"},
    "predictor.tasks.train_on_new_labels": {"queue": "chores"},
    "predictor.tasks.make_films_comparable": {"queue": "chores"},
    "genresite.hooks.tasks.deliver_due": {"queue": "chores"},
    "genresite.hooks.tasks.tidy": {"queue": "chores"},
    # Receivers are other people's: one that answers slowly holds up nothing but webhooks.
    "genresite.hooks.tasks.deliver": {"queue": "hooks"},
}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 20
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A press of a button must answer soon when the queue is down: one more try, then a clear message. Kombu's own default
# keeps the person waiting for six seconds.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 6 * 3600,
    "socket_connect_timeout": 3,
    "socket_timeout": 30,
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.2,
    "connect_retries_timeout": 1,
}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TIMEZONE = "UTC"
# A worker that gives no sign of life for so long is lost; its job is taken up again.
JOB_LOST_SECONDS = env.float("JOB_LOST_SECONDS", default=30)
# Training on its own account, both off by default: at these times ("0 3 * * 0" is Sunday, 03:00 UTC), and as soon as so
# many corrections were accepted since the last training.
TRAIN_SCHEDULE = env.str("TRAIN_SCHEDULE", default="")
TRAIN_AFTER_LABELS = env.int("TRAIN_AFTER_LABELS", default=0)
# Data that a training worker may hold at most; 0 for no limit.
TRAINING_MEMORY_MB = env.int("TRAINING_MEMORY_MB", default=6144)
CELERY_BEAT_SCHEDULE = beat_schedule(TRAIN_SCHEDULE, watch_labels=TRAIN_AFTER_LABELS > 0)
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")

# --- accounts ---------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = env.str("ACCOUNT_EMAIL_VERIFICATION", default="optional")
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_ADAPTER = "genresite.accounts.adapter.AccountAdapter"
SIGNUP_OPEN = env.bool("SIGNUP_OPEN", default=True)
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="GenreSite <genresite@localhost>")

# --- API --------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "genresite.accounts.authentication.ApiTokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser", "rest_framework.parsers.MultiPartParser"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "genresite.api.NewestFirstPagination",
    "DEFAULT_SCHEMA_CLASS": "genresite.api_schema.SiteSchema",
    "DEFAULT_THROTTLE_CLASSES": ["genresite.throttles.UserThrottle", "genresite.throttles.TokenThrottle"],
    "DEFAULT_THROTTLE_RATES": {
        "user": env.str("API_RATE", default="600/min"),
        "token": env.str("API_TOKEN_RATE", default="300/min"),
    },
    # What an endpoint takes stands in the description; an OPTIONS of a picture had no renderer to answer with.
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "genresite.api.handle_exception",
    "PAGE_SIZE": 50,
}
REST_KNOX = {
    "AUTH_HEADER_PREFIX": "Token",
    "TOKEN_MODEL": "accounts.ApiToken",
    "TOKEN_TTL": None,
    "TOKEN_PREFIX": "gs_",
}
KNOX_TOKEN_MODEL = "accounts.ApiToken"  # noqa: S105 - a model, not a token
# knox makes a table for its own token even so. It would stay empty, and its reference to the users forbids PostgreSQL
# to empty theirs (`manage.py flush`, and what tests with threads leave behind).
MIGRATION_MODULES = {"knox": None}
SPECTACULAR_SETTINGS = {
    "TITLE": "GenreSite API",
    "DESCRIPTION": "Genres of films from their plots and posters, and the corrections that people make.",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    # Fields called "kind" and "state" mean different things in different places.
    "ENUM_NAME_OVERRIDES": {
        "PredictionKindEnum": "predictor.models.Kind",
        "JobKindEnum": "predictor.models.Job.Kind",
        "JobStateEnum": "predictor.models.Job.State",
        "BatchFormEnum": "predictor.models.Batch.Form",
        "ExportFormEnum": "predictor.models.Export.Form",
        "ExportSubjectEnum": "predictor.models.Export.Subject",
        "FeedbackStateEnum": "predictor.models.Feedback.State",
        "FeedbackVerdictEnum": "predictor.serializers.feedback.VERDICTS",
        "ReviewVerdictEnum": "predictor.models.Review.Verdict",
        "ReviewOrderEnum": "predictor.models.Review.Order",
        "QueueOrderEnum": "predictor.serializers.review.ORDERS",
        "ReviewWishEnum": "predictor.serializers.review.REVIEW_WISHES",
        "DeliveryStateEnum": "genresite.hooks.models.Delivery.State",
        "ModelVersionStateEnum": "predictor.models.ModelVersion.State",
        "MovieKindEnum": "movies.models.Movie.Kind",
    },
}

# --- webhooks ---------------------------------------------------------------------------------
# Hosts that webhooks may be sent to though their addresses are private: for programs beside the site.
WEBHOOK_PRIVATE_HOSTS = env.list("WEBHOOK_PRIVATE_HOSTS", default=[])

# --- files ------------------------------------------------------------------------------------
STATIC_URL = "static/"
# An image of a container brings its own, which the volume with the data must not hide.
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(VAR_DIR / "static")))
# The pictures of the shipped models, drawn by `plot_model`, stand in the docs and on the About page.
MODEL_PLOTS_DIR = BASE_DIR / "docs" / "images" / "models"
STATICFILES_DIRS = [BASE_DIR / "static", ("models", MODEL_PLOTS_DIR)]
MEDIA_ROOT = env.str("MEDIA_ROOT", default=str(VAR_DIR / "media"))
STORAGES = {
    "default": {
        "BACKEND": env.str("MEDIA_STORAGE", default="django.core.files.storage.FileSystemStorage"),
        "OPTIONS": json.loads(env.str("MEDIA_OPTIONS", default="") or "{}"),
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# One poster of 10 MB, a plot of 20,000 characters and the form around them.
MAX_REQUEST_BYTES = env.int("MAX_REQUEST_BYTES", default=12 * 1024 * 1024)
# Files of a batch have a limit of their own. They are written to a folder beside the data, not into memory.
MAX_BATCH_BYTES = env.int("MAX_BATCH_BYTES", default=2 * 1024**3)
BATCH_MAX_ROWS = env.int("BATCH_MAX_ROWS", default=100_000)
# What one person may have waiting, and keep for another try.
BATCHES_UNFINISHED = env.int("BATCHES_UNFINISHED", default=5)
BATCH_QUOTA_BYTES = env.int("BATCH_QUOTA_BYTES", default=10 * 1024**3)
FILE_UPLOAD_TEMP_DIR = env.str("FILE_UPLOAD_TEMP_DIR", default=str(VAR_DIR / "uploads"))
Path(FILE_UPLOAD_TEMP_DIR).mkdir(parents=True, exist_ok=True)
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "genresite.idempotency.uploads.DigestingUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# --- models -----------------------------------------------------------------------------------
# The shipped bundles, and where versions trained on this site are kept.
PRETRAINED_DIR = BASE_DIR / "predictor" / "pretrained"
MODELS_DIR = Path(env.str("MODELS_DIR", default=str(VAR_DIR / "models")))
INFERENCE_THREADS = env.int("INFERENCE_THREADS", default=1)
# Whose habit of listing genres plots are answered in: imdb, tmdb, …; empty to let the model judge by the plot's manner.
GENRE_CUSTOM = env.str("GENRE_CUSTOM", default="")
# How often one network address may try the models without an account.
TRIALS_AN_HOUR = env.int("TRIALS_AN_HOUR", default=20)
# How often one network address may open share links with their pictures, and have the models asked why.
SHARE_VIEWS_AN_HOUR = env.int("SHARE_VIEWS_AN_HOUR", default=600)
SHARE_REASONS_AN_HOUR = env.int("SHARE_REASONS_AN_HOUR", default=60)
# Films that a process holds in memory to find similar ones, some 430 bytes each; of more, the latest are searched.
SIMILAR_FILMS = env.int("SIMILAR_FILMS", default=300_000)

# --- review -----------------------------------------------------------------------------------
# Every so many items a reviewer gets one that another has decided on, or one without the models' proposal; 0 for never.
REVIEW_SECOND_EVERY = env.int("REVIEW_SECOND_EVERY", default=10)
REVIEW_BLIND_EVERY = env.int("REVIEW_BLIND_EVERY", default=10)

# --- language, time, log ----------------------------------------------------------------------
LANGUAGE_CODE = "en"
# Each in its own words: whoever looks for a language reads that one.
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LOCALE_PATHS = [BASE_DIR / "locale"]
# How each language writes dates, where Django's own way is ambiguous or too long.
FORMAT_MODULE_PATH = ["genresite.formats"]
USE_TZ = True
TIME_ZONE = env.str("TIME_ZONE", default="UTC")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
}
